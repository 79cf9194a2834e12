// What is known about a function: beside the pointer, and in the pane of the selected one.
// SPDX-License-Identifier: MIT
import { formatCalls, formatChange, formatCount, formatShare, formatTime, make } from "./format.js";
import { ORIGIN_NAMES } from "./model.js";
import { shortPlace } from "./table.js";

const FIRST_EDGES = 10;

function figureItem(name, value, note) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value, note ? make("small", {}, ` ${note}`) : null));
}

// ---- Beside the pointer ----

export class Tooltip {
  constructor(element, profile) {
    this.element = element;
    this.profile = profile;
  }

  hide() {
    this.element.hidden = true;
  }

  show(place, event, estimated) {
    const { box, of, part } = place;
    const whole = part.tree.root;
    if (box) this.fill(this.profile.items[box.item], part.tree.figures(box), part.tree.figures(whole).inclusive, box, whole, estimated);
    else this.element.replaceChildren(make("strong", {}, "Callees too small to be drawn"), make("p", {}, `of ${this.profile.items[of.item].label}; zoom in to see them`));
    this.element.hidden = false;
    this.move(event);
  }

  fill(item, sums, whole, box, root, estimated) {
    const about = estimated ? "≈ " : "";
    const value = whole > 0 ? formatShare(sums.inclusive, whole) : formatShare(box.value, root.value);
    const calls = Math.round(sums.calls);
    const isCaller = sums.through !== undefined && sums.through !== box.item;
    const suffix = isCaller ? ` of ${this.profile.items[sums.through].label}` : "";
    const list = make("dl", {},
      figureItem(isCaller ? `time${suffix}` : sums.own ? "self" : "inclusive", about + formatTime(sums.inclusive), value),
      isCaller || sums.own ? null : figureItem("self", about + formatTime(sums.self), formatShare(sums.self, whole)),
      calls > 0 ? figureItem(`calls${suffix}`, about + formatCount(calls)) : null,
      calls > 0 ? figureItem("per call", about + formatTime(sums.inclusive / calls)) : null,
      sums.before === undefined ? null : figureItem("before", formatTime(sums.before)),
      sums.before === undefined ? null : figureItem("change", formatChange(sums.inclusive - sums.before)),
      sums.elsewhere > 0 ? figureItem("not in the tree", formatTime(sums.elsewhere)) : null);
    this.element.replaceChildren(make("strong", {}, item.title), item.place ? make("p", {}, item.place) : "", list);
  }

  move(event) {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const x = Math.min(event.clientX + 14, innerWidth - width - 8);
    const y = event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18;
    this.element.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`;
  }
}

// ---- The selected function ----

export class Details {
  // `on`: {pick(item), focus(item), hover(item)}
  constructor(element, profile, on) {
    this.element = element;
    this.profile = profile;
    this.on = on;
  }

  show(id, focus) {
    const item = this.profile.items[id];
    if (!item) {
      this.element.replaceChildren(make("p", { class: "hint" }, "Select a function to see its callers, its callees and its source."));
      return;
    }
    const { linesAlone } = this.profile;
    const focused = focus === id;
    const button = make("button", { type: "button", class: "action", onclick: () => this.on.focus(focused ? -1 : id) },
      focused ? "Show everything again" : "Focus: callers above, callees below");
    this.element.replaceChildren(
      make("h2", {}, item.title),
      make("p", { class: "place" }, make("bdi", {}, item.place || ORIGIN_NAMES[item.origin])),
      item.row ? this.figures(item) : "",
      linesAlone ? "" : button,
      ...(item.row && !linesAlone ? [
        this.edges("Called by", item.row.callers, (edge) => edge.caller),
        this.edges("Calls", item.row.callees, (edge) => edge.callee),
      ] : []));
  }

  figures(item) {
    const { row } = item;
    const total = this.profile.totalSelf;
    if (!this.profile.callsKnown) return make("dl", { class: "figures" }, figureItem("inclusive", formatTime(row.cumulative)));
    const { spread } = row;
    return make("dl", { class: "figures" },
      figureItem("inclusive", formatTime(row.cumulative), formatShare(row.cumulative, total)),
      figureItem("self", formatTime(row.self), formatShare(row.self, total)),
      figureItem("calls", formatCalls(row.calls, row.primitive)),
      figureItem("per call", formatTime(row.cumulative / (row.primitive || 1))),
      item.before ? figureItem("before", formatTime(item.before.cumulative), `self ${formatTime(item.before.self)}`) : null,
      spread ? figureItem("median call", formatTime(spread.median)) : null,
      spread ? figureItem("95 % below", formatTime(spread.high)) : null,
      spread ? figureItem("longest", formatTime(spread.longest)) : null);
  }

  edges(title, edges, other) {
    const sorted = edges.slice().sort((a, b) => b.cumulative - a.cumulative);
    const most = sorted.length ? sorted[0].cumulative : 0;
    const list = make("ul", { class: "edges" });
    const put = (some) => list.append(...some.map((edge) => this.edge(edge, this.profile.items[other(edge)], most)));
    put(sorted.slice(0, FIRST_EDGES));
    const section = make("section", {}, make("h3", {}, `${title} `, make("span", { class: "count" }, String(sorted.length))), list);
    if (sorted.length > FIRST_EDGES)
      section.append(make("button", { type: "button", class: "link", onclick: (event) => {
        put(sorted.slice(FIRST_EDGES));
        event.target.remove();
      } }, `${sorted.length - FIRST_EDGES} more`));
    return section;
  }

  edge(edge, item, most) {
    const row = make("li", { onpointerenter: () => this.on.hover(item.id), onpointerleave: () => this.on.hover(-1) },
      make("button", { type: "button", class: "function", title: item.title, onclick: () => this.on.pick(item.id) }, item.label),
      make("span", { class: "where" }, shortPlace(item)),
      make("span", { class: "amount", title: `${edge.cumulative.toFixed(9)} s` }, formatTime(edge.cumulative)),
      make("span", { class: "times" }, `${formatCalls(edge.calls, edge.primitive)}×`));
    row.style.setProperty("--share", `${most > 0 ? ((100 * edge.cumulative) / most).toFixed(1) : 0}%`);
    return row;
  }
}
