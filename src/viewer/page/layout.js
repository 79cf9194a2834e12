// Which boxes of a tree can be seen, and where they are.
// SPDX-License-Identifier: MIT

export const ROW = 20; // pixels from one level to the next
const LEAST_WIDTH = 0.7; // pixels; what is narrower becomes part of a grey rest

// Where a box lies in its tree, the root being 0 to 1: {from, to}.
export function rangeOf(tree, box) {
  let from = 0;
  for (let at = box; at.parent; at = at.parent)
    for (const sibling of tree.children(at.parent)) {
      if (sibling === at) break;
      from += sibling.value;
    }
  const whole = tree.root.value || 1;
  return { from: from / whole, to: (from + box.value) / whole };
}

function sumOfKids(tree, box) {
  if (box.kidSum === undefined) box.kidSum = tree.children(box).reduce((sum, kid) => sum + kid.value, 0);
  return box.kidSum;
}

// The boxes that a window of the tree ({from, to}) shows on so many pixels, as {box, x, width,
// depth}; box is null for callees too small to be drawn one by one, in `of`. Boxes of less than
// `least` (of the tree's values) become part of such a rest, and nothing is deeper than `deepest`.
// Begins with the root, or with `top`, which lies at `begin` (0 to 1).
export function layOut(tree, window, pixels, { least, deepest, top = tree.root, begin = 0 }) {
  const whole = tree.root.value;
  const laid = [];
  if (!(whole > 0)) return laid;
  const scale = pixels / ((window.to - window.from) * whole);
  const left = window.from * whole;
  const open = [top];
  const starts = [begin * whole];
  while (open.length) {
    const box = open.pop();
    const start = starts.pop();
    laid.push({ box, x: (start - left) * scale, width: box.value * scale, depth: box.depth });
    if (box.depth >= deepest) continue;
    let at = start;
    const kids = tree.children(box);
    let rest = -1;
    for (const kid of kids) {
      const width = kid.value * scale;
      const x = (at - left) * scale;
      if (width < LEAST_WIDTH || kid.value < least) {
        if (rest < 0) rest = at;
        if (tree.order === "heavy") break;
      } else if (x < pixels && x + width > 0) {
        open.push(kid);
        starts.push(at);
      }
      at += kid.value;
    }
    if (rest < 0 || tree.order !== "heavy") continue;
    const width = (start + sumOfKids(tree, box) - rest) * scale;
    const x = (rest - left) * scale;
    if (width >= LEAST_WIDTH && x < pixels && x + width > 0) laid.push({ box: null, of: box, x, width, depth: box.depth + 1 });
  }
  return laid;
}
