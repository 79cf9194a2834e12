// Draws boxes in rows: an icicle downwards, a flame upwards.
// SPDX-License-Identifier: MIT
import { ROW } from "./layout.js";

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const PADDING = 5;
const widths = new Map(); // of texts, in pixels

export function textWidth(context, text) {
  let width = widths.get(text);
  if (width === undefined) widths.set(text, (width = context.measureText(text).width));
  return width;
}

// The text, or as much of it as there is room for, or nothing.
export function fitText(context, text, room) {
  const width = textWidth(context, text);
  if (width <= room) return text;
  const length = Math.floor((text.length * room) / width) - 1;
  return length < 2 ? "" : `${text.slice(0, length)}…`;
}

function drawRowLabel(context, text, x, y, width, limit) {
  const from = Math.max(x, 0) + PADDING;
  const room = Math.min(x + width, limit) - from - PADDING;
  if (room < 14) return;
  const shown = fitText(context, text, room);
  // How much of it fits was estimated; a few wide letters may be squeezed.
  if (shown) context.fillText(shown, from, y + ROW / 2 + 0.5, room);
}

// `laid`: boxes with their y; `look`: what decides about colours (see chart.js).
export function drawRows(context, laid, size, look) {
  context.font = FONT;
  context.textBaseline = "middle";
  for (const place of laid) {
    const gap = place.width > 3 ? 1 : 0;
    const x = Math.max(place.x, -2);
    const width = Math.min(place.x + place.width, size.width + 2) - x - gap;
    context.globalAlpha = look.alpha(place);
    context.fillStyle = look.fill(place);
    context.fillRect(x, place.y, Math.max(width, 0.5), ROW - 1);
  }
  context.fillStyle = look.ink;
  for (const place of laid) {
    if (!place.box || place.width < 22) continue;
    context.globalAlpha = Math.max(look.alpha(place), 0.6);
    drawRowLabel(context, look.label(place), place.x, place.y, place.width, size.width);
  }
  context.globalAlpha = 1;
  for (const place of laid) {
    const line = look.outline(place);
    if (!line || place.width < 1) continue;
    context.strokeStyle = line.colour;
    context.lineWidth = line.width;
    const x = Math.max(place.x, 0) + line.width / 2;
    const right = Math.min(place.x + place.width, size.width) - line.width / 2;
    context.strokeRect(x, place.y + line.width / 2, Math.max(right - x - 1, 0.5), ROW - 1 - line.width);
  }
}
