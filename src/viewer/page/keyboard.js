// Keys, and the sheet that lists them.
// SPDX-License-Identifier: MIT
import { byId, make } from "./format.js";

// `act` has what they do: see main.js.
export function keyBindings(act, profile) {
  const metrics = ["time", ...(profile.tree ? ["calls"] : []), ...(profile.before ? ["before"] : [])];
  const colours = ["origin", "self", ...(profile.before ? ["change"] : [])];
  const cycle = (name, values) => () => act.cycle(name, values);
  return [
    { keys: ["↓", "↑", "←", "→"], events: { ArrowDown: () => act.step("down"), ArrowUp: () => act.step("up"), ArrowLeft: () => act.step("previous"), ArrowRight: () => act.step("next") }, text: "move from box to box" },
    { keys: ["Enter"], events: { Enter: act.zoomIn }, text: "zoom into the box", onChart: true },
    { keys: ["Esc", "Backspace"], events: { Escape: act.zoomOut, Backspace: act.zoomOut }, text: "zoom out by one" },
    { keys: ["Alt ←", "Alt →"], events: {}, text: "back and forward, as everywhere in the browser" },
    { keys: ["f"], events: { f: act.focus }, text: "focus on the function: its callers above, its callees below" },
    { keys: ["/"], events: { "/": act.search }, text: "search" },
    { keys: ["n", "N"], events: { n: () => act.match(1), N: () => act.match(-1) }, text: "next and previous match" },
    { keys: ["v"], events: { v: cycle("view", ["icicle", "flame", "sunburst"]) }, text: "icicle, flame, sunburst" },
    { keys: ["i"], events: { i: cycle("invert", [false, true]) }, text: "invert: from where the time was spent to the callers" },
    { keys: ["o"], events: { o: cycle("order", ["heavy", "first", "name"]) }, text: "order: heaviest first, as called, by name" },
    { keys: ["m"], events: { m: cycle("metric", metrics) }, text: `width: ${metrics.join(", ")}` },
    { keys: ["c"], events: { c: cycle("colour", colours) }, text: `colour: ${colours.join(", ")}` },
    { keys: ["r"], events: { r: cycle("recursion", [false, true]) }, text: "merge recursion" },
    { keys: ["l"], events: { l: cycle("libraries", [false, true]) }, text: "merge what libraries do by themselves" },
    { keys: ["h"], events: { h: cycle("hide", [0, 0.1, 1, 5]) }, text: "hide what is below 0.1, 1, 5 % of all time" },
    { keys: ["t"], events: { t: act.toTable }, text: "go to the table" },
    { keys: ["0"], events: { 0: act.reset }, text: "show everything, as at first" },
    { keys: ["?"], events: { "?": act.help }, text: "this sheet" },
  ];
}

function isTyping(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

export function listenToKeys(bindings, chart) {
  const arrows = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Enter"]);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    // Elsewhere these scroll, and press buttons.
    if (arrows.has(event.key) && event.target !== chart && event.target !== document.body) return;
    const binding = bindings.find(({ events }) => Object.hasOwn(events, event.key));
    if (!binding) return;
    event.preventDefault();
    binding.events[event.key]();
  });
}

export function fillHelp(element, bindings) {
  element.replaceChildren(...bindings.map(({ keys, text }) =>
    make("div", {}, make("dt", {}, ...keys.flatMap((key, i) => [i ? " " : "", make("kbd", {}, key)])), make("dd", {}, text))));
}
