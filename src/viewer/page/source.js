// The source text of a function.
// SPDX-License-Identifier: MIT
import { make } from "./format.js";

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

function extent(item, texts) {
  const found = item.name === "<module>" ? { first: 1, last: texts.length } : extentOf(texts, item.line);
  return { first: found.first, last: Math.min(found.last, texts.length, found.first + MOST_LINES) };
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
    const { first, last } = extent(item, texts);
    const body = make("tbody", {});
    for (let number = first; number <= last; number++)
      body.append(make("tr", {}, make("td", { class: "number" }, String(number)), make("td", { class: "code" }, texts[number - 1] || " ")));
    this.element.replaceChildren(
      make("h3", {}, "Source"),
      source.changed ? make("p", { class: "warning" }, "The file changed after the program ran.") : "",
      make("div", { class: "listing", tabindex: 0, role: "region", "aria-label": "Source" }, make("table", {}, body)));
  }
}
