// What colour a box has. SPDX-License-Identifier: MIT
import { ORIGIN_NAMES } from "./model.js";

// Hues that tell where code comes from; within one, modules differ in shade.
const PALETTE = {
  own: { hue: 26, spread: 18, saturation: 88, light: 66 },
  library: { hue: 172, spread: 26, saturation: 42, light: 62 },
  standard: { hue: 212, spread: 28, saturation: 52, light: 70 },
  import: { hue: 262, spread: 12, saturation: 30, light: 74 },
  builtin: { hue: 222, spread: 8, saturation: 13, light: 76 },
  thread: { hue: 40, spread: 4, saturation: 10, light: 80 },
};

function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  value = Math.imul(value ^ (value >>> 15), 2246822507);
  return ((value ^ (value >>> 13)) >>> 0) / 4294967296;
}

function hsl(hue, saturation, light) {
  return `hsl(${hue.toFixed(0)} ${saturation.toFixed(0)}% ${light.toFixed(0)}%)`;
}

export class Colours {
  constructor(profile) {
    this.profile = profile;
    this.cache = { true: [], false: [] };
  }

  ofItem(id, dark) {
    const cache = this.cache[dark];
    if (!cache[id]) {
      const item = this.profile.items[id];
      const { hue, spread, saturation, light } = PALETTE[item.origin];
      const module = hash(item.package || item.file || "");
      const shade = hash(`${item.title}:${item.line}`);
      cache[id] = hsl(hue + (module - 0.5) * 1.6 * spread + (shade - 0.5) * 0.5 * spread, saturation, (dark ? light - 6 : light) + (shade - 0.5) * 12);
    }
    return cache[id];
  }

  // From blue (all of it gone) to red (all of it new) by the change of a time.
  ofChange(before, now, dark) {
    const most = Math.max(before, now);
    const change = most > 0 ? (now - before) / most : 0;
    const strength = Math.sqrt(Math.abs(change));
    const light = dark ? 66 : 90;
    if (strength < 0.1) return hsl(40, 8, light - 2);
    return hsl(change > 0 ? 8 : 214, 25 + 60 * strength, light - 28 * strength);
  }

  // From pale to red by the share of its time that a box spent itself.
  ofShare(share, dark) {
    const heat = Math.sqrt(Math.min(1, Math.max(0, share)));
    return hsl(52 - 44 * heat, 30 + 58 * heat, (dark ? 62 : 88) - (dark ? 4 : 26) * heat);
  }
}

// What the colours mean: {name, colour}.
export function legendEntries(profile, colour, dark) {
  const colours = new Colours(profile);
  if (colour === "self") return [[1, "all its time is its own"], [0.25, ""], [0, "all of it in callees"]].map(([share, name]) => ({ name, colour: colours.ofShare(share, dark) }));
  if (colour === "change") return [[1, 2, "longer, or new"], [1, 1, "as before"], [2, 1, "shorter"]].map(([before, now, name]) => ({ name, colour: colours.ofChange(before, now, dark) }));
  const present = new Set(profile.items.filter((item) => item.row || item.isPackage).map((item) => item.origin));
  return Object.keys(ORIGIN_NAMES).filter((origin) => origin !== "thread" && present.has(origin)).map((origin) => {
    const { hue, saturation, light } = PALETTE[origin];
    return { name: ORIGIN_NAMES[origin], colour: hsl(hue, saturation, dark ? light - 6 : light) };
  });
}
