// The source text of a function, with what its lines took where lines were recorded.
// SPDX-License-Identifier: MIT
import { formatCount, formatShare, formatTime, make } from "./format.js";

const MOST_LINES = 1500;

function indentOf(text) {
  return text.length - text.trimStart().length;
}

// First and last line number of the function that begins at `first`: up to the next line that
// is not indented further, closing brackets of its head aside.
export function extentOf(lines, first) {
  let head = first - 1;
  while (head < lines.length && !/^\s*(?:async\s+)?(?:def|class)\b/.test(lines[head])) {
    if (!lines[head].trim().startsWith("@") && head - first > 20) break;
    head++;
  }
  if (head >= lines.length || !/^\s*(?:async\s+)?(?:def|class)\b/.test(lines[head])) return { first, last: first };
  const indent = indentOf(lines[head]);
  let last = head;
  for (let i = head + 1; i < lines.length; i++) {
    const text = lines[i].trim();
    if (!text || text.startsWith("#")) continue;
    if (indentOf(lines[i]) <= indent && !/^[)\]}]/.test(text)) break;
    last = i;
  }
  return { first, last: last + 1 };
}

function extent(item, texts, lines) {
  const found = item.name === "<module>" ? { first: 1, last: texts.length } : extentOf(texts, item.line);
  for (const number of lines ? lines.numbers.keys() : []) found.last = Math.max(found.last, number);
  return { first: found.first, last: Math.min(found.last, texts.length, found.first + MOST_LINES) };
}

const LISTED = ["line", "hits", "time", "%", "source"];

function makeHead(lines) {
  if (!lines) return null;
  return make("thead", {}, make("tr", {}, ...LISTED.map((name) => make("th", { scope: "col" }, name))));
}

// What there is no column for.
function describeLine({ hits, inclusive, callees }) {
  const own = callees > 0 ? `, ${formatTime(inclusive - callees)} of it the line itself` : "";
  return hits ? `${formatTime(inclusive)}, ${formatTime(inclusive / hits)} per hit${own}` : "never reached";
}

function figuresOf(line, whole) {
  const texts = line && line.hits ? [formatCount(line.hits), formatTime(line.inclusive), formatShare(line.inclusive, whole)] : ["", "", ""];
  return texts.map((text) => make("td", { class: "number" }, text));
}

// Its shade is the root of its share of the line with most: small shares are seen as well.
function makeRow(number, text, lines) {
  const line = lines && lines.numbers.get(number);
  const row = make("tr", { title: line ? describeLine(line) : undefined },
    make("td", { class: "number" }, String(number)),
    ...(lines ? figuresOf(line, lines.inclusive) : []),
    make("td", { class: "code" }, text || " "));
  if (line) row.style.setProperty("--heat", lines.most > 0 ? Math.sqrt(line.inclusive / lines.most).toFixed(3) : 0);
  if (line && !line.hits) row.className = "unreached";
  return row;
}

// Without source text the lines are those that have figures.
function makeRows(item, texts, lines) {
  if (!texts) return Array.from(lines.numbers.keys(), (number) => makeRow(number, "", lines));
  const { first, last } = extent(item, texts, lines);
  return Array.from({ length: last - first + 1 }, (_, i) => makeRow(first + i, texts[first + i - 1], lines));
}

export class SourcePane {
  constructor(element, profile) {
    this.element = element;
    this.profile = profile;
  }

  show(id) {
    const item = this.profile.items[id];
    const source = item && item.line ? this.profile.sources.get(item.file) : null;
    const lines = this.profile.lines.get(id);
    this.element.hidden = !source && !lines;
    if (this.element.hidden) return;
    const rows = makeRows(item, source && source.text.split("\n"), lines);
    this.element.replaceChildren(
      make("h3", {}, source ? "Source" : "Lines"),
      source && source.changed ? make("p", { class: "warning" }, "The file was changed after the program had started.") : "",
      make("div", { class: "listing", tabindex: 0, role: "region", "aria-label": "Source" }, make("table", {}, makeHead(lines), make("tbody", {}, ...rows))));
  }
}
