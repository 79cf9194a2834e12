// All functions with the figures of the report.
// SPDX-License-Identifier: MIT
import { formatCalls, formatChange, formatShare, formatTime, make } from "./format.js";
import { compile } from "./search.js";

const FIRST_ROWS = 100; // more are put in when asked for

// Extra columns are left out where there is little room, those that need calls where calls and
// what functions took themselves are not known.
const COLUMNS = [
  { key: "calls", title: "Calls", of: (row) => row.calls, needsCalls: true },
  { key: "self", title: "Self", of: (row) => row.self, needsCalls: true },
  { key: "selfShare", title: "%", of: (row) => row.self, label: "Self %", isExtra: true, needsCalls: true },
  { key: "selfPerCall", title: "per call", of: (row) => row.self / (row.calls || 1), label: "Self per call", isExtra: true, needsCalls: true },
  { key: "cumulative", title: "Inclusive", of: (row) => row.cumulative },
  { key: "cumulativeShare", title: "%", of: (row) => row.cumulative, label: "Inclusive %", needsCalls: true },
  { key: "perCall", title: "per call", of: (row) => row.cumulative / (row.primitive || 1), label: "Inclusive per call", isExtra: true, needsCalls: true },
  { key: "name", title: "Function", of: (row, item) => item.label.toLowerCase(), isText: true },
  { key: "place", title: "File", of: (row, item) => `${item.file}\n${String(item.line).padStart(9)}`, isText: true, isExtra: true },
];

const MAIN_COLUMN = COLUMNS.find((column) => column.key === "cumulative");

// What a function took more than before.
const NEVER = { self: 0, cumulative: 0 };
const CHANGES = [
  { key: "selfChange", title: "± self", of: (row, item) => row.self - (item.before || NEVER).self },
  { key: "change", title: "± inclusive", of: (row, item) => row.cumulative - (item.before || NEVER).cumulative },
];

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

export class FunctionTable {
  // `on`: {pick(item), sort(key), hover(item)}
  constructor(table, more, profile, on) {
    this.body = table.tBodies[0];
    this.head = table.tHead.rows[0];
    this.more = more;
    this.profile = profile;
    this.on = on;
    this.limit = FIRST_ROWS;
    this.items = profile.items.filter((item) => item.row && !item.name.startsWith("<program "));
    this.total = profile.totalSelf;
    const columns = profile.compared ? [...COLUMNS.slice(0, 7), ...CHANGES, ...COLUMNS.slice(7)] : COLUMNS;
    this.columns = profile.callsKnown ? columns : columns.filter((column) => !column.needsCalls);
    this.makeHead();
    more.addEventListener("click", () => {
      this.limit = Infinity;
      this.fill();
    });
  }

  makeHead() {
    for (const column of this.columns) {
      const button = make("button", { type: "button", "aria-label": column.label, onclick: () => this.on.sort(column.key) }, column.title);
      this.head.append(make("th", { scope: "col", class: (column.isText ? "text" : "number") + (column.isExtra ? " extra" : ""), "data-key": column.key }, button));
    }
  }

  chosen() {
    const { sort, reverse, filter } = this.state;
    const { expression } = compile(filter);
    const column = this.columns.find((one) => one.key === sort) || MAIN_COLUMN;
    const kept = expression ? this.items.filter((item) => expression.test(item.searched)) : this.items.slice();
    const sign = (column.isText ? 1 : -1) * (reverse ? -1 : 1);
    const keys = new Map(kept.map((item) => [item, column.of(item.row, item)]));
    return kept.sort((a, b) => sign * compare(keys.get(a), keys.get(b)) || b.row.cumulative - a.row.cumulative);
  }

  show(state) {
    const same = this.state && ["sort", "reverse", "filter"].every((key) => this.state[key] === state[key]);
    this.state = { ...state };
    if (!same) this.fill();
    for (const row of this.body.rows) this.mark(row, Number(row.dataset.item) === state.select);
  }

  fill() {
    const items = this.chosen();
    const { sort, reverse } = this.state;
    for (const cell of this.head.cells) {
      const isText = cell.classList.contains("text");
      const ascending = isText !== reverse;
      cell.setAttribute("aria-sort", cell.dataset.key === sort ? (ascending ? "ascending" : "descending") : "none");
    }
    this.body.replaceChildren(...items.slice(0, this.limit).map((item) => this.row(item)));
    const left = items.length - this.limit;
    this.more.hidden = !(left > 0);
    if (left > 0) this.more.textContent = `Show ${left.toLocaleString("en")} more`;
  }

  mark(row, selected) {
    if (selected) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  change(seconds) {
    const kind = seconds > 0 ? "longer" : seconds < 0 ? "shorter" : "";
    return make("td", { class: `number ${kind}`, title: `${seconds.toFixed(9)} s` }, formatChange(seconds));
  }

  row(item) {
    const { row } = item;
    const time = (seconds, kind = "") => make("td", { class: `number ${kind}`, title: `${seconds.toFixed(9)} s` }, formatTime(seconds));
    const share = (seconds, kind = "") => {
      const cell = make("td", { class: `number share ${kind}` }, formatShare(seconds, this.total));
      cell.style.setProperty("--share", `${Math.min(100, (100 * seconds) / (this.total || 1)).toFixed(2)}%`);
      return cell;
    };
    const name = make("button", { type: "button", class: "function", title: item.title, onclick: (event) => {
      event.stopPropagation();
      this.on.pick(item.id);
    } }, item.label);
    const file = item.file === "~" ? "" : item.file;
    const cells = {
      calls: () => make("td", { class: "number" }, formatCalls(row.calls, row.primitive)),
      self: () => time(row.self),
      selfShare: () => share(row.self, "extra"),
      selfPerCall: () => time(row.self / (row.calls || 1), "extra"),
      cumulative: () => time(row.cumulative),
      cumulativeShare: () => share(row.cumulative),
      perCall: () => time(row.cumulative / (row.primitive || 1), "extra"),
      name: () => make("th", { scope: "row", class: `text origin-${item.origin}` }, name),
      place: () => make("td", { class: "text place extra", title: item.place }, make("bdi", {}, file ? shortPlace(item) : "built-in")),
    };
    for (const column of CHANGES) cells[column.key] = () => this.change(column.of(row, item));
    return make("tr", { "data-item": item.id,
      onclick: () => this.on.pick(item.id), onpointerenter: () => this.on.hover(item.id), onpointerleave: () => this.on.hover(-1) },
      ...this.columns.map((column) => cells[column.key]()));
  }
}

// The end of the path, which tells most.
export function shortPlace(item) {
  if (!item.file || item.file === "~") return "";
  const parts = item.file.split(/[\\/]/);
  const short = parts.slice(-2).join("/");
  return item.line ? `${short}:${item.line}` : short;
}
