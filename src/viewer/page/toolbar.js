// The controls above the chart. Their markup says what they set: data-value is the value of the
// setting in data-set, data-toggle names one that is on or off.
//
// SPDX-License-Identifier: MIT
import { byId, formatShare, formatTime, make, plural } from "./format.js";
import { legendEntries } from "./colours.js";

export class Toolbar {
  constructor(profile, apply) {
    this.profile = profile;
    this.buttons = Array.from(document.querySelectorAll("button[data-set]"));
    this.toggles = Array.from(document.querySelectorAll("button[data-toggle]"));
    this.selects = Array.from(document.querySelectorAll("select[data-set]"));
    this.fillThreads(byId("thread"));
    for (const button of this.buttons)
      button.addEventListener("click", () => apply({ [button.dataset.set]: button.dataset.value }));
    for (const toggle of this.toggles)
      toggle.addEventListener("click", () => apply({ [toggle.dataset.toggle]: toggle.getAttribute("aria-pressed") !== "true" }));
    for (const select of this.selects)
      select.addEventListener("change", () => apply({ [select.dataset.set]: select.dataset.set === "hide" ? Number(select.value) : select.value }));
    if (!profile.tree)
      for (const id of ["recursion", "libraries", "metric", "first-order"]) byId(id).disabled = true;
    if (profile.before) {
      byId("metric").append(make("option", { value: "before" }, "time before"));
      byId("colour").append(make("option", { value: "change" }, "change"));
    }
    this.legend = byId("legend");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.fillLegend());
  }

  fillThreads(select) {
    const { threads, processes } = this.profile;
    select.parentElement.hidden = threads.length < 2;
    if (processes.length > 1)
      processes.forEach((process, index) => select.append(make("option", { value: `process${index}` }, `process ${process.pid}: ${process.command}`)));
    threads.forEach((thread, index) => select.append(make("option", { value: String(index) }, `${thread.title} (${formatTime(thread.seconds)})`)));
  }

  fillLegend() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    this.legend.replaceChildren(...legendEntries(this.profile, this.colour, dark).map(({ name, colour }) => {
      const swatch = make("i", {});
      swatch.style.background = colour;
      return make("span", {}, swatch, name);
    }));
  }

  show(state) {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(state[button.dataset.set] === button.dataset.value));
    for (const toggle of this.toggles) toggle.setAttribute("aria-pressed", String(state[toggle.dataset.toggle]));
    for (const select of this.selects) select.value = String(state[select.dataset.set]);
    if (this.colour === state.colour) return;
    this.colour = state.colour;
    this.fillLegend();
  }
}

// What was run, and what its figures leave out.
export function describeRun(profile) {
  const { run, flags, tree, linesAlone } = profile;
  const facts = [];
  if (run) facts.push(run.wall > 0 ? `${formatTime(run.wall)} on the wall` : null, run.python ? `Python ${run.python}` : null,
    run.startedAt ? new Date(run.startedAt).toLocaleString() : null);
  const functions = plural(profile.rows.length - (run ? 1 : 0), "function");
  facts.push(profile.callsKnown ? `${formatTime(profile.totalSelf)} in ${functions}` : functions);
  if (tree && !linesAlone) facts.push(plural(tree.count - tree.roots.length, "call path"));
  const notes = [];
  if (profile.compared) notes.push(profile.before ? "Compared with a profile made before: red took longer, blue shorter." : "Compared with a profile made before: one of the two has no call tree, so the table alone shows what changed.");
  if (linesAlone) notes.push("Lines were recorded and no calls: times are those of the functions whose lines were recorded.");
  if (!tree) notes.push("This file knows callers and callees only: what is drawn is estimated from them, the table is exact.");
  if (profile.leftOut > 0) notes.push(`Left out of the drawing: ${plural(profile.leftOut, "call path")} with less than ${formatShare(profile.leastShare, 1)} of the time; the table has all of it.`);
  if (profile.folded > 0) notes.push(`Beyond the limit of call paths ${plural(profile.folded, "context")} were folded; the table has them.`);
  if (run && run.lostCalls > 0) notes.push(`${plural(run.lostCalls, "call")} found no room in the recording.`);
  if (flags.cpuTime) notes.push("Times are CPU time.");
  if (flags.running) notes.push("The program still ran when this was written.");
  else if (flags.endUnknown) notes.push("Nobody saw the program's end; its last recorded event stands for it.");
  if (flags.compensated && run.overhead > 0) notes.push(`${formatTime(run.overhead)} of recording overhead are taken off.`);
  return { facts: facts.filter(Boolean), notes };
}
