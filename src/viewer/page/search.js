// Finding functions by regular expression, and how much time they took together.
// SPDX-License-Identifier: MIT

// A case-insensitive expression, unless it has capitals in it. {expression} or {problem}.
export function compile(text) {
  if (!text) return { expression: null };
  try {
    return { expression: new RegExp(text, /[A-Z]/.test(text.replace(/\\./g, "")) ? "m" : "im") };
  } catch (error) {
    return { expression: null, problem: error.message };
  }
}

// By item: 1 where it matches. Threads are no functions.
export function matchItems(items, expression) {
  const matches = new Uint8Array(items.length);
  for (const item of items)
    if (item.origin !== "thread" && expression.test(item.searched)) matches[item.id] = 1;
  return matches;
}

// Seconds in matching functions and what they called: a match below another adds nothing.
export function matchedTime(tree, roots, matches) {
  const state = new Uint8Array(tree.count); // 1: wanted, 2: counted already
  for (const root of roots) state[root] = 1;
  let seconds = 0;
  for (let i = 0; i < tree.count; i++) {
    if (tree.parent[i] >= 0) state[i] = state[tree.parent[i]];
    if (state[i] !== 1 || !matches[tree.item[i]]) continue;
    state[i] = 2;
    seconds += tree.inclusive[i];
  }
  return seconds;
}

// The same from the boxes of an estimated tree, down to what is too small to matter.
export function matchedEstimate(tree, matches) {
  const least = tree.root.value / 10000;
  const open = [tree.root];
  let seconds = 0;
  while (open.length) {
    const box = open.pop();
    if (matches[box.item]) seconds += box.value;
    else for (const kid of tree.children(box)) if (kid.value >= least) open.push(kid);
  }
  return seconds;
}
