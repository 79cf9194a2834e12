// Draws boxes as rings around the one that is zoomed into.
// SPDX-License-Identifier: MIT
import { fitText } from "./flame.js";

export const MOST_RINGS = 9;
const FULL = 2 * Math.PI;

// Gives each place its ring and angles; `depth` is that of the middle.
export function placeRings(laid, depth, size) {
  const deepest = laid.reduce((most, place) => Math.max(most, place.depth - depth), 1);
  const radius = Math.min(size.width, size.height) / 2 - 6;
  const middle = Math.max(radius * 0.16, 26);
  const ring = (radius - middle) / Math.max(deepest, 4);
  for (const place of laid) {
    const level = place.depth - depth;
    place.inner = level === 0 ? 0 : middle + (level - 1) * ring;
    place.outer = level === 0 ? middle : middle + level * ring;
    place.start = (Math.max(place.x, 0) / size.width) * FULL - Math.PI / 2;
    place.stop = (Math.min(place.x + place.width, size.width) / size.width) * FULL - Math.PI / 2;
  }
  return laid;
}

function trace(context, place, x, y) {
  context.beginPath();
  if (place.inner === 0) {
    context.arc(x, y, place.outer - 1, 0, FULL);
    return;
  }
  context.arc(x, y, place.outer - 0.5, place.start, place.stop);
  context.arc(x, y, place.inner + 0.5, place.stop, place.start, true);
  context.closePath();
}

function drawRingLabel(context, place, label, x, y) {
  const depth = place.outer - place.inner;
  if (place.inner === 0) {
    context.textAlign = "center";
    context.fillText(fitText(context, label, 2 * place.outer - 16), x, y);
    context.textAlign = "start";
    return;
  }
  const radius = (place.outer + place.inner) / 2;
  if ((place.stop - place.start) * radius < 13 || depth < 26) return;
  const angle = (place.start + place.stop) / 2;
  const flipped = Math.cos(angle) < 0;
  context.save();
  context.translate(x, y);
  context.rotate(flipped ? angle + Math.PI : angle);
  context.textAlign = flipped ? "end" : "start";
  const text = fitText(context, label, depth - 8);
  context.fillText(text, flipped ? -place.inner - 4 : place.inner + 4, 0);
  context.restore();
}

export function drawRings(context, rings, size, look) {
  const x = size.width / 2;
  const y = size.height / 2;
  context.font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
  context.textBaseline = "middle";
  for (const place of rings) {
    trace(context, place, x, y);
    context.globalAlpha = look.alpha(place);
    context.fillStyle = look.fill(place);
    context.fill();
    const narrow = (place.stop - place.start) * place.outer < 3;
    if (!narrow) {
      context.strokeStyle = look.paper;
      context.lineWidth = 1;
      context.stroke();
    }
  }
  context.fillStyle = look.ink;
  for (const place of rings) {
    context.globalAlpha = Math.max(look.alpha(place), 0.6);
    if (place.box) drawRingLabel(context, place, look.label(place), x, y);
  }
  context.globalAlpha = 1;
  for (const place of rings) {
    const line = look.outline(place);
    if (!line) continue;
    trace(context, place, x, y);
    context.strokeStyle = line.colour;
    context.lineWidth = line.width;
    context.stroke();
  }
}

export function ringAt(rings, size, x, y) {
  const dx = x - size.width / 2;
  const dy = y - size.height / 2;
  const radius = Math.hypot(dx, dy);
  let angle = Math.atan2(dy, dx);
  if (angle < -Math.PI / 2) angle += FULL;
  return rings.find((place) => radius >= place.inner && radius < place.outer && (place.inner === 0 || (angle >= place.start && angle < place.stop)));
}
