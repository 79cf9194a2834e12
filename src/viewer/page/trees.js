// The trees that are drawn. A box is made when it is wide enough to be seen, so a tree of
// 700,000 nodes costs what is on the screen.
//
// A box: {item, parent, depth, value, kids} and what its tree needs to find the kids. `value` is
// the width, in seconds or calls. kids is null until tree.children(box) makes them.
//
// SPDX-License-Identifier: MIT
import { childLists, sumUp } from "./model.js";

// ---- Merging: a new tree in which some nodes have become part of one above them ----

// Recursion: a call of a function that is active already counts where it was first called.
// Libraries: what a package does by itself is one box, from which only your own code stands out.
export function mergeNodes(tree, profile, { recursion, libraries }) {
  const { count, items } = { count: tree.count, items: profile.items };
  const shown = new Int32Array(count); // where a node is in the new tree
  const made = {
    parent: new Int32Array(count), item: new Uint32Array(count), self: new Float64Array(count),
    elsewhere: new Float64Array(count), calls: new Float64Array(count),
  };
  const active = new Map(); // by item: the new node on the path
  const path = []; // what to put back where a node ends: [end, item, before]
  let size = 0;
  for (let i = 0; i < count; i++) {
    while (path.length && i >= path[path.length - 1][0]) {
      const [, item, before] = path.pop();
      active.set(item, before);
    }
    const above = tree.parent[i] < 0 ? -1 : shown[tree.parent[i]];
    const inPackage = above >= 0 && items[made.item[above]].isPackage === true;
    let item = tree.item[i];
    let into = -1;
    let isCall = true;
    if (libraries) {
      const { origin, package: name } = items[item];
      const foreign = origin === "library" || origin === "standard" || origin === "import";
      if (inPackage && (foreign || origin === "builtin")) {
        into = above;
        isCall = false;
      } else if (foreign) item = profile.packageItem(name, origin);
    }
    if (into < 0 && recursion && active.get(item) >= 0) into = active.get(item);
    if (into < 0) {
      into = size++;
      made.parent[into] = above;
      made.item[into] = item;
      path.push([tree.end[i], item, active.has(item) ? active.get(item) : -1]);
      active.set(item, into);
    }
    shown[i] = into;
    made.self[into] += tree.self[i];
    made.elsewhere[into] += tree.elsewhere[i];
    if (isCall) made.calls[into] += tree.calls[i];
  }
  const own = made.self.map((seconds, i) => seconds + made.elsewhere[i]);
  const inclusive = sumUp(made.parent, size, own);
  return { ...made, count: size, roots: tree.roots.map((root) => shown[root]), inclusive, ...childLists(made.parent, size) };
}

// How many calls were made in a node and below it.
function callsBelow(tree) {
  tree.callsBelow ||= sumUp(tree.parent, tree.count, tree.calls);
  return tree.callsBelow;
}

// ---- What all kinds of trees share ----

const ORDERS = {
  heavy: (a, b) => b.value - a.value,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.value - a.value),
  first: (a, b) => a.first - b.first,
};

export class BoxTree {
  constructor(profile, order) {
    this.profile = profile;
    this.order = order;
  }

  children(box) {
    box.kids ||= this.arrange(this.expand(box));
    return box.kids;
  }

  // What has a width, in the order in which it is drawn.
  arrange(boxes) {
    const kept = boxes.filter((box) => box.value > 0);
    if (this.order === "name") for (const box of kept) box.name = this.profile.items[box.item].title;
    return kept.sort(ORDERS[this.order]);
  }

  // The box below `from` that a list of items leads to, as far as it leads.
  follow(from, items) {
    let box = from;
    for (const item of items) {
      const next = this.children(box).find((kid) => kid.item === item);
      if (!next) break;
      box = next;
    }
    return box;
  }
}

export function pathTo(box) {
  const path = [];
  for (let at = box; at; at = at.parent) path.unshift(at);
  return path;
}

// ---- Callees: from the program's start downwards ----

export class DownTree extends BoxTree {
  // `start`: {item, nodes, apart}: the root's item, the nodes it consists of, and whether their
  // boxes stand side by side below it (threads) instead of being added up.
  // `before`: the tree that this one is compared with; start.before are its nodes of the root.
  constructor(profile, tree, { start, metric, order, before }) {
    super(profile, order);
    this.tree = tree;
    this.before = before;
    this.byBefore = metric === "before" && before;
    this.weights = this.byBefore ? before.inclusive : metric === "calls" ? callsBelow(tree) : tree.inclusive;
    this.root = this.box(start.item, null, start.nodes, start.before);
    if (start.apart) this.root.kids = this.arrange(this.expand(this.root, true));
  }

  box(item, parent, nodes, nodesBefore = []) {
    let value = 0;
    for (const node of this.byBefore ? nodesBefore : nodes) value += this.weights[node];
    return { item, parent, depth: parent ? parent.depth + 1 : 0, value, kids: null, nodes, nodesBefore, first: nodes[0] };
  }

  // The box's callees by item; `itself`: its own nodes by item.
  expand(box, itself = false) {
    const groups = new Map();
    const sort = (tree, nodes, name) => {
      const put = (node) => {
        const kind = tree.item[node];
        if (!groups.has(kind)) groups.set(kind, { now: [], before: [] });
        groups.get(kind)[name].push(node);
      };
      for (const node of nodes) {
        if (itself) put(node);
        else for (let at = tree.start[node]; at < tree.start[node + 1]; at++) put(tree.list[at]);
      }
    };
    sort(this.tree, box.nodes, "now");
    if (this.before) sort(this.before, box.nodesBefore, "before");
    return Array.from(groups, ([kind, { now, before }]) => this.box(kind, box, now, before));
  }

  figures(box) {
    const sums = { inclusive: 0, self: 0, elsewhere: 0, calls: 0 };
    for (const node of box.nodes) {
      sums.inclusive += this.tree.inclusive[node];
      sums.self += this.tree.self[node];
      sums.elsewhere += this.tree.elsewhere[node];
      sums.calls += this.tree.calls[node];
    }
    if (this.before) sums.before = box.nodesBefore.reduce((sum, node) => sum + this.before.inclusive[node], 0);
    return sums;
  }
}

// ---- Callers: from where the time went upwards ----

export class UpTree extends BoxTree {
  // `start`: {item, nodes}: one function's outermost nodes, whose inclusive time is led back to
  // its callers; or {item, roots}: the self time of everything below these.
  constructor(profile, tree, { start, metric, order }) {
    super(profile, order);
    this.tree = tree;
    this.led = start.nodes ? "inclusive" : "self"; // which time is led back to the callers
    if (start.nodes) this.weights = metric === "calls" ? callsBelow(tree) : tree.inclusive;
    else this.weights = metric === "calls" ? tree.calls : tree.self;
    if (start.nodes) {
      this.root = this.box(start.item, null, start.nodes, start.nodes);
    } else {
      this.root = this.box(start.item, null, [], []);
      this.root.kids = this.arrange(this.leaves(start.roots));
      for (const kid of this.root.kids) this.root.value += kid.value;
    }
  }

  // `at`: where on the way up each of the leaves is.
  box(item, parent, leaves, at) {
    let value = 0;
    for (const leaf of leaves) value += this.weights[leaf];
    return { item, parent, depth: parent ? parent.depth + 1 : 0, value, kids: null, leaves, at, first: leaves[0] };
  }

  leaves(roots) {
    const { count, parent, item } = this.tree;
    const wanted = new Uint8Array(count);
    for (const root of roots) wanted[root] = 1;
    const groups = new Map();
    for (let i = 0; i < count; i++) {
      if (parent[i] >= 0) wanted[i] = wanted[parent[i]];
      if (!wanted[i] || !(this.weights[i] > 0)) continue;
      const group = groups.get(item[i]);
      if (group) group.push(i);
      else groups.set(item[i], [i]);
    }
    return Array.from(groups, ([kind, nodes]) => this.box(kind, this.root, nodes, nodes));
  }

  expand(box) {
    const { parent, item } = this.tree;
    const groups = new Map();
    for (let i = 0; i < box.at.length; i++) {
      const caller = parent[box.at[i]];
      if (caller < 0) continue;
      let group = groups.get(item[caller]);
      if (!group) groups.set(item[caller], (group = { leaves: [], at: [] }));
      group.leaves.push(box.leaves[i]);
      group.at.push(caller);
    }
    return Array.from(groups, ([kind, { leaves, at }]) => this.box(kind, box, leaves, at));
  }

  // The time and the calls are those of `through`, the item that the way up began with, as far
  // as they came by this caller; `own` says that the time is its self time.
  figures(box) {
    const times = this.led === "inclusive" ? this.tree.inclusive : this.tree.self;
    const sums = { inclusive: 0, self: 0, elsewhere: 0, calls: 0, through: box.item, own: this.led === "self" && box.depth > 0 };
    if (box.depth === 0 && this.led === "self") {
      for (const kid of box.kids) sums.inclusive += this.figures(kid).inclusive;
      return sums;
    }
    let first = box;
    while (first.parent && (this.led === "inclusive" || first.depth > 1)) first = first.parent;
    sums.through = first.item;
    for (const leaf of box.leaves) {
      sums.inclusive += times[leaf];
      sums.calls += this.tree.calls[leaf];
      if (first === box) sums.self += this.tree.self[leaf];
    }
    return sums;
  }
}

// The nodes of an item below these roots that lie below no other of them.
export function outermost(tree, roots, item) {
  const state = new Uint8Array(tree.count); // 1: below a root, 2: below the item, too
  for (const root of roots) state[root] = 1;
  const found = [];
  for (let i = 0; i < tree.count; i++) {
    if (tree.parent[i] >= 0) state[i] = state[tree.parent[i]];
    if (state[i] === 1 && tree.item[i] === item) {
      state[i] = 2;
      found.push(i);
    }
  }
  return found;
}
