// Opens the data and keeps everything on the page in step with the state.
// SPDX-License-Identifier: MIT
import { Chart } from "./chart.js";
import { addBefore } from "./compare.js";
import { decodePage } from "./decode.js";
import { Details, Tooltip } from "./details.js";
import { EstimatedDown, EstimatedUp } from "./estimate.js";
import { byId, formatShare, formatTime, make, plural } from "./format.js";
import { fillHelp, keyBindings, listenToKeys } from "./keyboard.js";
import { makeProfile } from "./model.js";
import { compile, matchedEstimate, matchedTime, matchItems } from "./search.js";
import { SourcePane } from "./source.js";
import { listenToSplitter } from "./splitter.js";
import { DEFAULTS, fragmentOfState, stateOfFragment, STEPS } from "./state.js";
import { FunctionTable } from "./table.js";
import { describeRun, Toolbar } from "./toolbar.js";
import { DownTree, mergeNodes, outermost, pathTo, UpTree } from "./trees.js";

class App {
  constructor(profile) {
    this.profile = profile;
    this.state = stateOfFragment(location.hash);
    this.trees = new Map();
    this.rootItem = profile.pseudoItem(profile.run ? profile.run.program : "everything");
    this.makeParts();
    addEventListener("popstate", () => {
      this.state = stateOfFragment(location.hash);
      byId("search").value = this.state.search;
      byId("filter").value = this.state.filter;
      this.render();
    });
  }

  makeParts() {
    const pick = (item) => this.apply({ select: item, focus: item, zoom: "" });
    const hover = (item) => this.chart.hover(item);
    this.chart = new Chart(byId("chart"), this.profile, {
      zoom: (place) => this.zoomTo(place),
      hover: (place, event) => this.hovered(place, event),
    });
    this.tooltip = new Tooltip(byId("tooltip"), this.profile);
    this.toolbar = new Toolbar(this.profile, (changes) => this.apply(changes));
    this.table = new FunctionTable(byId("functions"), byId("more"), this.profile, { pick, hover, sort: (key) => this.sort(key) });
    this.details = new Details(byId("details"), this.profile, { pick, hover, focus: (item) => this.apply({ focus: item, zoom: "" }) });
    this.source = new SourcePane(byId("source"), this.profile);
    this.listenToInput(byId("search"), "search");
    this.listenToInput(byId("filter"), "filter");
    const bindings = keyBindings(this.actions(), this.profile);
    listenToKeys(bindings, this.chart.canvas);
    fillHelp(byId("keys"), bindings);
    listenToSplitter(byId("splitter"), document.querySelector("main"));
    byId("help-button").addEventListener("click", () => byId("help").showModal());
    byId("reset").addEventListener("click", () => this.reset());
  }

  listenToInput(input, name) {
    let timer = 0;
    input.value = this.state[name];
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.apply({ [name]: input.value }), 120);
    });
  }

  // ---- Changes ----

  apply(changes) {
    const before = this.state;
    this.state = { ...before, ...changes };
    if (["invert", "focus", "thread"].some((name) => this.state[name] !== before[name]) && !("zoom" in changes)) this.state.zoom = "";
    const step = [...STEPS].some((name) => this.state[name] !== before[name]);
    try {
      history[step ? "pushState" : "replaceState"](null, "", fragmentOfState(this.state));
    } catch {
      // A page inside a sandbox has no history; everything else works.
    }
    this.render();
  }

  sort(key) {
    const same = this.state.sort === key;
    this.apply({ sort: key, reverse: same ? !this.state.reverse : false });
  }

  reset() {
    byId("search").value = byId("filter").value = "";
    this.apply({ ...DEFAULTS });
  }

  // ---- Trees ----

  // Made once for each set of settings; `make` makes it.
  cached(key, make) {
    if (!this.trees.has(key)) {
      if (this.trees.size > 12) this.trees.delete(this.trees.keys().next().value);
      this.trees.set(key, make());
    }
    return this.trees.get(key);
  }

  // The profile's tree, or `before`, with what is to be merged merged.
  nodes(name = "tree") {
    const { recursion, libraries } = this.state;
    const tree = this.profile[name];
    if (!tree || (!recursion && !libraries)) return tree;
    return this.cached(`${name} ${recursion} ${libraries}`, () => mergeNodes(tree, this.profile, this.state));
  }

  // Of the threads that are shown.
  roots(tree) {
    const [, process] = /^process(\d+)$/.exec(this.state.thread) || [];
    const only = this.profile.processes[process];
    if (only) return tree.roots.slice(only.firstThread, only.firstThread + only.threadCount);
    const root = /^\d+$/.test(this.state.thread) ? tree.roots[this.state.thread] : undefined;
    return root === undefined ? tree.roots : [root];
  }

  // Those of the tree before: of the same threads.
  rootsBefore(before, nodes, roots) {
    if (roots.length === nodes.roots.length) return before.roots;
    const wanted = new Set(roots.map((root) => nodes.item[root]));
    return before.roots.filter((root) => wanted.has(before.item[root]));
  }

  parts() {
    const { view, invert, focus, metric, order, thread, recursion, libraries } = this.state;
    const key = ["parts", view === "flame", invert, focus, metric, order, thread, recursion, libraries].join(" ");
    return this.cached(key, () => {
      const down = view === "flame" ? -1 : 1;
      const trees = this.profile.tree ? this.exactTrees(this.nodes()) : this.estimatedTrees();
      return trees.map((tree, i) => ({ tree, direction: i === 0 ? down : -down, index: i }));
    });
  }

  // One tree, or of a function in focus those of its callees and its callers.
  exactTrees(nodes) {
    const { invert, focus, thread } = this.state;
    const { profile } = this;
    const roots = this.roots(nodes);
    const before = this.nodes("before");
    const rootsBefore = before ? this.rootsBefore(before, nodes, roots) : [];
    if (profile.items[focus]) {
      const start = { item: focus, nodes: outermost(nodes, roots, focus), before: before ? outermost(before, rootsBefore, focus) : [] };
      return [new DownTree(profile, nodes, { ...this.state, start, before }), new UpTree(profile, nodes, { ...this.state, start })];
    }
    if (invert) return [new UpTree(profile, nodes, { ...this.state, start: { item: this.rootItem, roots } })];
    const single = roots.length === 1;
    const item = single ? nodes.item[roots[0]] : this.rootItem;
    return [new DownTree(profile, nodes, { ...this.state, before, start: { item, nodes: roots, before: rootsBefore, apart: !single && thread !== "merged" } })];
  }

  estimatedTrees() {
    const { invert, focus, order } = this.state;
    const { profile } = this;
    if (profile.rows[focus]) return [new EstimatedDown(profile, { item: focus, order }), new EstimatedUp(profile, { item: focus, order })];
    const start = { item: this.rootItem, order };
    return [invert ? new EstimatedUp(profile, start) : new EstimatedDown(profile, start)];
  }

  // The zoom is "items on the path", after "u" in the callers of a function in focus.
  zoomOf(parts) {
    const text = this.state.zoom;
    const upwards = text.startsWith("u");
    const part = upwards && parts[1] ? parts[1] : parts[0];
    const items = text.replace(/^u/, "").split(".").filter(Boolean).map(Number);
    return { part, box: part.tree.follow(part.tree.root, items) };
  }

  zoomTo({ part, box }) {
    const target = box === this.zoom.box && box.parent ? box.parent : box;
    const items = pathTo(target).slice(1).map((one) => one.item);
    this.apply({ zoom: (part.index && items.length ? "u" : "") + items.join("."), select: box.item });
  }

  // ---- Showing ----

  // The settings, where none was chosen those that suit the profile.
  settings() {
    const { colour, select } = this.state;
    return {
      ...this.state,
      colour: colour || (this.profile.before ? "change" : "origin"),
      select: select < 0 && this.profile.linesAlone ? this.longest() : select,
    };
  }

  // The function with most time of its own, where that is known.
  longest() {
    const time = ({ row }) => (!row ? -1 : this.profile.callsKnown ? row.self : row.cumulative);
    return this.profile.items.reduce((most, item) => (time(item) > time(most) ? item : most)).id;
  }

  render() {
    const state = this.settings();
    const parts = this.parts();
    this.zoom = this.zoomOf(parts);
    const search = this.search(parts);
    this.chart.show({ ...state, parts, matches: search.matches }, this.zoom);
    this.toolbar.show(state);
    this.table.show(state);
    if (this.shown !== `${state.select} ${state.focus}`) {
      this.shown = `${state.select} ${state.focus}`;
      this.details.show(state.select, state.focus);
      this.source.show(state.select);
    }
    this.showPath();
    this.tooltip.hide();
    const nothing = byId("nothing");
    nothing.hidden = parts[0].tree.root.value > 0;
  }

  // Which items match, and what is said about it.
  search(parts) {
    const output = byId("matched");
    const { expression, problem } = compile(this.state.search);
    byId("search").setAttribute("aria-invalid", String(Boolean(problem)));
    output.textContent = problem ? "not a regular expression" : "";
    output.title = problem || "";
    if (!expression) return { matches: null };
    const matches = matchItems(this.profile.items, expression);
    const count = matches.reduce((sum, one) => sum + one, 0);
    const nodes = this.profile.tree ? this.nodes() : null;
    const whole = nodes ? this.roots(nodes).reduce((sum, root) => sum + nodes.inclusive[root], 0) : parts[0].tree.root.value;
    const seconds = nodes ? matchedTime(nodes, this.roots(nodes), matches) : matchedEstimate(parts[0].tree, matches);
    output.textContent = `${plural(count, "function")}, ${nodes ? "" : "≈ "}${formatTime(seconds)} (${formatShare(seconds, whole)})`;
    output.dataset.seconds = seconds;
    return { matches };
  }

  showPath() {
    const list = byId("path");
    const path = pathTo(this.zoom.box);
    list.replaceChildren(...path.map((box, i) => {
      const item = this.profile.items[box.item];
      const last = i === path.length - 1;
      return make("li", {}, make("button", { type: "button", title: item.title, "aria-current": last ? "location" : undefined,
        onclick: () => last || this.zoomTo({ part: this.zoom.part, box }) }, item.label));
    }));
    list.scrollLeft = list.scrollWidth;
    const chip = byId("unfocus");
    const item = this.profile.items[this.state.focus];
    chip.hidden = !item;
    if (item) chip.textContent = `× focus on ${item.label}`;
  }

  hovered(place, event) {
    if (place) this.tooltip.show(place, event, !this.profile.tree);
    else this.tooltip.hide();
  }

  // ---- What keys do ----

  announce({ part, box }) {
    const { inclusive } = part.tree.figures(box);
    const whole = part.tree.figures(part.tree.root).inclusive || part.tree.root.value;
    byId("announcer").textContent = `${this.profile.items[box.item].label}, ${formatTime(inclusive)}, ${formatShare(inclusive, whole)}`;
    const place = this.chart.places.find((one) => one.box === box);
    if (!place) return this.tooltip.hide();
    const bounds = this.chart.canvas.getBoundingClientRect();
    const x = bounds.left + Math.max(0, Math.min(place.x, bounds.width - 60));
    this.tooltip.show(place, { clientX: x, clientY: bounds.top + (place.y || 0) + 6 }, !this.profile.tree);
  }

  step(way) {
    const part = (this.chart.cursor || this.zoom).part;
    const inwards = part.direction > 0 ? "down" : "up";
    const named = way === "down" || way === "up" ? (way === inwards ? "in" : "out") : way;
    this.announce(this.chart.step(named));
  }

  nextMatch(by) {
    const { matches } = this.chart.scene;
    if (!matches) return;
    const found = this.chart.places.filter((place) => place.box && matches[place.box.item]);
    if (!found.length) return;
    const at = found.findIndex((place) => this.chart.cursor && place.box === this.chart.cursor.box);
    const next = found[(at < 0 ? (by > 0 ? 0 : found.length - 1) : at + by + found.length) % found.length];
    this.announce(this.chart.place({ part: next.part, box: next.box }));
  }

  actions() {
    return {
      step: (way) => this.step(way),
      cycle: (name, values) => this.apply({ [name]: values[(values.indexOf(this.settings()[name]) + 1) % values.length] }),
      zoomIn: () => this.chart.cursor && this.zoomTo(this.chart.cursor),
      zoomOut: () => {
        if (this.zoom.box.parent) this.zoomTo({ part: this.zoom.part, box: this.zoom.box.parent });
        else if (this.state.focus >= 0) this.apply({ focus: -1, zoom: "" });
      },
      focus: () => {
        const item = this.chart.cursor ? this.chart.cursor.box.item : this.state.select;
        if (item >= 0) this.apply({ focus: this.state.focus === item ? -1 : item, select: item, zoom: "" });
      },
      search: () => byId("search").focus(),
      match: (by) => this.nextMatch(by),
      toTable: () => byId("filter").focus(),
      reset: () => this.reset(),
      help: () => byId("help").showModal(),
    };
  }
}

// Our files without a run say it in the name of their root, others not at all.
function programOf(profile) {
  if (profile.run) return profile.run.program;
  const root = profile.items.find((item) => item.row && item.name.startsWith("<program "));
  return root ? root.name.slice("<program ".length, -1) : "";
}

function showRun(profile) {
  const { facts, notes } = describeRun(profile);
  const program = programOf(profile);
  if (program) document.title = `${program} – pyperf`;
  byId("program").textContent = program;
  byId("facts").textContent = facts.join(" · ");
  byId("notes").replaceChildren(...notes.map((note) => make("li", {}, note)));
  byId("estimated").hidden = Boolean(profile.tree);
  document.body.dataset.shows = profile.linesAlone ? "lines" : profile.lines.size ? "both" : "calls";
}

async function open() {
  try {
    const data = byId("data");
    const [now, before] = await Promise.all(data.textContent.trim().split("\n").map(decodePage));
    const profile = makeProfile(now);
    if (before) addBefore(profile, makeProfile(before));
    data.remove();
    showRun(profile);
    const app = new App(profile);
    byId("unfocus").addEventListener("click", () => app.apply({ focus: -1, zoom: "" }));
    app.chart.resize();
    app.render();
    document.body.dataset.state = "open";
    performance.mark("pyperf open");
  } catch (error) {
    byId("facts").textContent = `This page cannot be shown: ${error.message}`;
    document.body.dataset.state = "failed";
    throw error;
  }
}

open();
