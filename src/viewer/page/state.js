// What is shown, kept in the URL's fragment: a copied address shows the same, and the browser's
// buttons go back and forth.
//
// SPDX-License-Identifier: MIT

// Every setting and what it is when the fragment does not name it.
export const DEFAULTS = {
  view: "icicle", // icicle, flame, sunburst
  invert: false, // from the functions that took the time to their callers
  focus: -1, // item: its callers above it, its callees below
  zoom: "", // items on the way to the box that fills the width: "3.17.4"
  order: "heavy", // heavy, first, name
  metric: "time", // time, calls; of compared profiles also before
  colour: "", // origin, self, change; "" until one is chosen: what suits the profile
  thread: "apart", // apart, merged, a thread's number, or "process" and a process's
  hide: 0, // percent of the whole below which boxes are left out
  recursion: false, // merged
  libraries: false, // merged
  search: "",
  select: -1, // item
  sort: "cumulative",
  reverse: false,
  filter: "",
};

function parseAs(value, like) {
  if (typeof like === "boolean") return value === "1";
  if (typeof like === "number") return Number.isFinite(Number(value)) ? Number(value) : like;
  return value;
}

export function stateOfFragment(fragment) {
  const state = { ...DEFAULTS };
  for (const [name, value] of new URLSearchParams(fragment.replace(/^#/, "")))
    if (Object.hasOwn(DEFAULTS, name)) state[name] = parseAs(value, DEFAULTS[name]);
  return state;
}

export function fragmentOfState(state) {
  const parameters = new URLSearchParams();
  for (const [name, usual] of Object.entries(DEFAULTS))
    if (state[name] !== usual) parameters.set(name, state[name] === true ? "1" : state[name] === false ? "0" : state[name]);
  const text = parameters.toString();
  return text ? `#${text}` : "#";
}

// Settings whose every change is a step of its own for the browser's back button.
export const STEPS = new Set(["view", "invert", "focus", "zoom", "thread", "recursion", "libraries", "metric"]);
