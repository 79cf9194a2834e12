// The source text of a function, with what its lines took where lines were recorded.
// SPDX-License-Identifier: MIT
import { formatCount, formatTime, make } from "./format.js";

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

function extent(item, texts, figures) {
  if (item.name === "<module>") return { first: 1, last: Math.min(texts.length, MOST_LINES) };
  const found = extentOf(texts, item.line);
  for (const number of figures ? figures.keys() : []) found.last = Math.max(found.last, number);
  return { first: found.first, last: Math.min(found.last, texts.length, found.first + MOST_LINES) };
}

function lineRow(number, text, figures, most) {
  const line = figures && figures.get(number);
  const cells = [make("td", { class: "number" }, String(number))];
  if (figures)
    cells.push(make("td", { class: "number" }, line && line.hits ? formatCount(line.hits) : ""),
      make("td", { class: "number" }, line && line.hits ? formatTime(line.inclusive) : ""));
  const row = make("tr", {}, ...cells, make("td", { class: "code" }, text || " "));
  if (line) row.style.setProperty("--heat", most > 0 ? Math.sqrt(line.inclusive / most).toFixed(3) : 0);
  if (line && !line.hits) row.className = "unreached";
  return row;
}

export class SourcePane {
  constructor(element, profile) {
    this.element = element;
    this.profile = profile;
  }

  show(id) {
    const item = this.profile.items[id];
    const source = item && item.line ? this.profile.sources.get(item.file) : null;
    this.element.hidden = !source;
    if (!source) return;
    const texts = source.text.split("\n");
    const figures = this.profile.lines.get(id);
    const { first, last } = extent(item, texts, figures);
    let most = 0;
    for (const line of figures ? figures.values() : []) most = Math.max(most, line.inclusive);
    const head = figures ? make("thead", {}, make("tr", {}, ...["line", "hits", "time", "source"].map((name) => make("th", { scope: "col" }, name)))) : null;
    const body = make("tbody", {});
    for (let number = first; number <= last; number++) body.append(lineRow(number, texts[number - 1] || "", figures, most));
    this.element.replaceChildren(
      make("h3", {}, "Source"),
      source.changed ? make("p", { class: "warning" }, "The file changed while the program ran.") : "",
      make("div", { class: "listing", tabindex: 0, role: "region", "aria-label": "Source" }, make("table", {}, head, body)));
  }
}
