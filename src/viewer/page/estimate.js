// Trees for files that know only who called whom. How a function's time in one call divides among
// its callees is not in them: it is taken to be the same whoever called, as snakeviz does. What is
// drawn is therefore an estimate, and marked as one.
//
// SPDX-License-Identifier: MIT
import { BoxTree } from "./trees.js";

function onPath(box, item) {
  for (let at = box; at; at = at.parent) if (at.item === item) return true;
  return false;
}

class EstimatedTree extends BoxTree {
  constructor(profile, order) {
    super(profile, order);
    this.rows = profile.rows;
  }

  box(item, parent, value) {
    return { item, parent, depth: parent ? parent.depth + 1 : 0, value, kids: null, first: item };
  }

  // Boxes for shares of a box's time; together they never take more than there is.
  divide(box, shares, whole) {
    const sum = shares.reduce((total, [, share]) => total + share, 0);
    const most = Math.max(whole, sum);
    if (!(most > 0)) return [];
    return shares.map(([item, share]) => this.box(item, box, (box.value * share) / most));
  }

  figures(box) {
    const row = this.rows[box.item];
    if (!row) return { inclusive: box.value, self: 0, elsewhere: 0, calls: 0 };
    const share = row.cumulative > 0 ? Math.min(1, box.value / row.cumulative) : 0;
    return { inclusive: box.value, self: row.self * share, elsewhere: 0, calls: row.calls * share };
  }
}

// Rows that nobody called; where everything is called by something, the one with most time.
export function entryRows(rows) {
  const entries = rows.filter((row) => row.callers.length === 0 && row.cumulative > 0);
  if (entries.length || !rows.length) return entries;
  return [rows.reduce((most, row) => (row.cumulative > most.cumulative ? row : most))];
}

export class EstimatedDown extends EstimatedTree {
  constructor(profile, { item, order }) {
    super(profile, order);
    const row = this.rows[item];
    if (row) {
      this.root = this.box(item, null, row.cumulative);
    } else {
      this.root = this.box(item, null, 0);
      this.root.kids = this.arrange(entryRows(this.rows).map((entry) => this.box(entry.id, this.root, entry.cumulative)));
      for (const kid of this.root.kids) this.root.value += kid.value;
    }
  }

  expand(box) {
    const row = this.rows[box.item];
    const edges = row.callees.filter((edge) => !onPath(box, edge.callee));
    return this.divide(box, edges.map((edge) => [edge.callee, edge.cumulative]), row.cumulative);
  }
}

export class EstimatedUp extends EstimatedTree {
  // Leads a row's cumulative time back to its callers, or every row's own time.
  constructor(profile, { item, order }) {
    super(profile, order);
    const row = this.rows[item];
    this.root = this.box(item, null, row ? row.cumulative : 0);
    if (row) return;
    this.root.kids = this.arrange(this.rows.map((one) => this.box(one.id, this.root, one.self)));
    for (const kid of this.root.kids) this.root.value += kid.value;
  }

  expand(box) {
    const row = this.rows[box.item];
    const bySelf = box.depth === 1 && !this.rows[this.root.item];
    const edges = row.callers.filter((edge) => !onPath(box, edge.caller));
    return this.divide(box, edges.map((edge) => [edge.caller, bySelf ? edge.self : edge.cumulative]), 0);
  }
}
