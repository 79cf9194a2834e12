// What the lines of functions took: beside the call tree, or all there is.
// SPDX-License-Identifier: MIT

// Were lines recorded and no calls? Then nothing is in the tree but where threads begin.
function areAlone({ tree, lines }) {
  return lines.functions.length > 0 && tree.leftOut + tree.folded === 0 && tree.count <= tree.threads.length;
}

function ownTicks(lines) {
  const own = new Map();
  for (const { func, inclusive, callees } of lines) own.set(func, (own.get(func) || 0) + Math.max(0, inclusive - callees));
  return own;
}

// The row that a function without one gets; functions that share a label share it.
function rowOf(page, func, known) {
  const { file, name, line } = func;
  const key = JSON.stringify([file, line, name]);
  if (!known.has(key)) {
    const row = { id: page.rows.length, file, name, line, calls: 0, primitive: 0, self: 0, cumulative: 0, callers: [], callees: [] };
    known.set(key, row);
    page.rows.push(row);
  }
  func.row = known.get(key).id;
  return known.get(key);
}

// Without calls no function has a row: makes them of what its lines took. Returns null where
// there are calls, else which figures are known: line_profiler's files do not say how often
// functions were called, and which of their lines called others.
export function addRowsOfLines(page) {
  if (!page.lines || !areAlone(page)) return null;
  const { functions, lines } = page.lines;
  const { tick } = page.run;
  const own = ownTicks(lines);
  const known = new Map();
  const callsKnown = functions.some(({ calls }) => calls > 0);
  // The program's, which has the time outside of these functions, too.
  for (const row of page.rows) row.calls = row.primitive = row.self = row.cumulative = 0;
  for (const { func: index, calls, inclusive } of functions) {
    const func = page.functions[index];
    const row = func.row < 0 ? rowOf(page, func, known) : page.rows[func.row];
    row.calls = row.primitive = row.calls + calls;
    row.cumulative += inclusive * tick;
    if (callsKnown) row.self += (own.get(index) || 0) * tick;
    own.delete(index); // its threads have it together
  }
  return { callsKnown };
}

function sumsOf(lines, id) {
  if (!lines.has(id)) lines.set(id, { inclusive: 0, most: 0, numbers: new Map() });
  return lines.get(id);
}

// By item: {inclusive, most, numbers}: its time, that of the line with most, and by number what
// each line took, all threads together, in seconds.
export function linesOfItems(page, itemOf) {
  const sums = new Map();
  if (!page.lines) return sums;
  const { tick } = page.run;
  for (const { func, inclusive } of page.lines.functions) sumsOf(sums, itemOf[func]).inclusive += inclusive * tick;
  for (const { func, number, hits, inclusive, callees } of page.lines.lines) {
    const whole = sumsOf(sums, itemOf[func]);
    const line = whole.numbers.get(number) || { hits: 0, inclusive: 0, callees: 0 };
    line.hits += hits;
    line.inclusive += inclusive * tick;
    line.callees += callees * tick;
    whole.numbers.set(number, line);
    whole.most = Math.max(whole.most, line.inclusive);
  }
  return sums;
}
