// The profile as the page works with it: functions ("items"), and one exact call tree.
// SPDX-License-Identifier: MIT
import { addRowsOfLines, linesOfItems } from "./lines.js";

// Where a function's code comes from.
export const ORIGIN_NAMES = {
  own: "your code",
  library: "installed packages",
  standard: "standard library",
  import: "import machinery",
  builtin: "built-in",
  thread: "thread",
};
const KIND = { builtin: 1, method: 2, root: 3, foldRoot: 4 };

// The origin and, for what is not the program's own, the package: {origin, package}.
export function originOf(file) {
  if (file === "~" || file === "") return { origin: "builtin", package: "" };
  if (file.startsWith("<frozen importlib") || /[\\/]importlib[\\/]_bootstrap/.test(file))
    return { origin: "import", package: "import machinery" };
  const installed = /[\\/](?:site|dist)-packages[\\/]([^\\/]+)/.exec(file);
  if (installed) return { origin: "library", package: installed[1].replace(/\.py$/, "") };
  const standard = /[\\/]lib(?:64)?[\\/]python\d[^\\/]*[\\/]([^\\/]+)|^<frozen ([^>]+)>$/i.exec(file);
  if (standard) return { origin: "standard", package: (standard[1] || standard[2]).replace(/\.py$/, "") };
  return { origin: "own", package: "" };
}

// What stands in a box: "time.sleep" for "<built-in method time.sleep>".
export function labelOf(item) {
  const builtin = /^<built-in method (?:builtins\.)?(.+)>$/.exec(item.name);
  if (builtin) return builtin[1];
  const method = /^<(?:method|slot wrapper) '(.+)' of '(.+)' objects>$/.exec(item.name);
  if (method) return `${method[2]}.${method[1]}`;
  if (item.name === "<module>" && item.file) return `${item.file.split(/[\\/]/).slice(-2).join("/")}`;
  return item.title;
}

export function makeItem(items, fields) {
  const item = { id: items.length, row: null, qualified: "", ...fields };
  item.origin ||= "own";
  item.package ||= "";
  item.title = item.qualified || item.name;
  item.label = labelOf(item);
  item.place = item.file === "~" || !item.file ? "" : item.line ? `${item.file}:${item.line}` : item.file;
  item.searched = `${item.file || ""}:${item.line || 0}(${item.name})\n${item.title}`;
  items.push(item);
  return item;
}

// Rows come first, so that an item's number is that of its row. Functions that share a label
// share an item, as they share a row of the report.
function makeItems(page) {
  const items = [];
  for (const row of page.rows) makeItem(items, { ...originOf(row.file), name: row.name, file: row.file, line: row.line, row });
  const itemOf = page.functions.map((func) => {
    if (func.row < 0) {
      const origin = func.kind === KIND.root || func.kind === KIND.foldRoot ? "thread" : originOf(func.file).origin;
      return makeItem(items, { ...func, row: null, origin }).id;
    }
    const item = items[func.row];
    if (func.qualified && !item.qualified) {
      item.qualified = item.title = func.qualified;
      item.label = labelOf(item);
      item.searched += `\n${func.qualified}`;
    }
    return item.id;
  });
  return { items, itemOf };
}

// Lists of children, in the order of the nodes: those of n are list[start[n]] to list[start[n+1]-1].
export function childLists(parent, count) {
  const start = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) if (parent[i] >= 0) start[parent[i] + 1]++;
  for (let i = 0; i < count; i++) start[i + 1] += start[i];
  const next = start.slice(0, count);
  const list = new Int32Array(start[count]);
  for (let i = 0; i < count; i++) if (parent[i] >= 0) list[next[parent[i]]++] = i;
  return { start, list };
}

// What nodes and all below them took: nodes come after their parents.
export function sumUp(parent, count, amounts) {
  const sums = Float64Array.from(amounts.subarray(0, count));
  for (let i = count - 1; i > 0; i--) if (parent[i] >= 0) sums[parent[i]] += sums[i];
  return sums;
}

function makeTree(raw, itemOf, tick) {
  const count = raw.count;
  const parent = new Int32Array(count);
  const item = new Uint32Array(count);
  const end = new Int32Array(count); // where the nodes below it end
  const { up, func, calls, resumes, self, elsewhere } = raw;
  const items = Uint32Array.from(itemOf);
  const roots = [];
  const own = new Float64Array(count);
  let open = -1; // the node that the next one is below of
  for (let i = 0; i < count; i++) {
    for (let levels = up[i]; levels > 0 && open >= 0; levels--) {
      end[open] = i;
      open = parent[open];
    }
    parent[i] = open;
    if (open < 0) roots.push(i);
    open = i;
    item[i] = items[func[i]];
    self[i] *= tick;
    elsewhere[i] *= tick;
    own[i] = self[i] + elsewhere[i];
    calls[i] += resumes[i];
  }
  for (; open >= 0; open = parent[open]) end[open] = count;
  return { count, parent, end, item, roots, self, elsewhere, calls, inclusive: sumUp(parent, count, own), ...childLists(parent, count) };
}

function nameThreads(page, items, tree) {
  const several = page.tree.processes.length > 1;
  return page.tree.threads.map((thread, index) => {
    const process = page.tree.processes.find((one) => index >= one.firstThread && index < one.firstThread + one.threadCount);
    const name = thread.name || (index === 0 ? "main thread" : `thread ${thread.osId}`);
    const title = several && process ? `${name} of process ${process.pid}` : name;
    const item = makeItem(items, { name: title, file: several && process ? process.command : "", line: 0, origin: "thread" });
    const root = tree.roots[index];
    tree.item[root] = item.id;
    return { title, root, process, seconds: tree.inclusive[root] };
  });
}

export function makeProfile(page) {
  const linesAlone = addRowsOfLines(page);
  const { items, itemOf } = makeItems(page);
  const tick = page.run ? page.run.tick : 1;
  const tree = page.tree ? makeTree(page.tree, itemOf, tick) : null;
  const threads = tree ? nameThreads(page, items, tree) : [];
  const packages = new Map();
  return {
    flags: page.flags,
    run: page.run,
    rows: page.rows,
    items,
    tree,
    threads,
    processes: page.tree ? page.tree.processes : [],
    leastShare: page.tree ? page.tree.leastShare : 0,
    leftOut: page.tree ? page.tree.leftOut : 0,
    folded: page.tree ? page.tree.folded : 0,
    lines: linesOfItems(page, itemOf),
    linesAlone: linesAlone !== null,
    callsKnown: linesAlone === null || linesAlone.callsKnown,
    sources: page.sources,
    totalSelf: page.rows.reduce((sum, row) => sum + row.self, 0),
    // The item that stands for all of a package's functions.
    packageItem(name, origin) {
      const key = `${origin} ${name}`;
      if (!packages.has(key)) packages.set(key, makeItem(items, { name, file: "", line: 0, origin, package: name, isPackage: true }).id);
      return packages.get(key);
    },
    pseudoItem(name) {
      return makeItem(items, { name, file: "", line: 0, origin: "thread" }).id;
    },
  };
}
