// Two profiles, one before the other: which function is which, and what has changed.
// SPDX-License-Identifier: MIT
import { makeItem } from "./model.js";

const NOTHING = { calls: 0, primitive: 0, self: 0, cumulative: 0, callers: [], callees: [] };

// Functions are told by file and name: lines move when programs change. Where several share
// both, they are taken in the order of their lines.
function byName(items) {
  const groups = new Map();
  for (const item of items.slice().sort((a, b) => a.line - b.line)) {
    const key = `${item.origin === "thread" ? "thread" : item.file}\n${item.name}`;
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

// Puts what was before into the profile: item.before is a function's row then, profile.before
// the tree, with the profile's own items. Functions that are no more get an item with no time.
export function addBefore(profile, earlier) {
  const known = byName(profile.items);
  const ids = new Map();
  for (const [key, group] of byName(earlier.items)) {
    const partners = known.get(key) || [];
    group.forEach((item, i) => {
      const { file, name, line, origin, qualified } = item;
      const partner = partners[i] || makeItem(profile.items, { file, name, line, origin, qualified, package: item.package, row: item.row && NOTHING });
      if (item.row) partner.before = item.row;
      ids.set(item.id, partner.id);
    });
  }
  profile.compared = true;
  profile.before = profile.tree && earlier.tree ? { ...earlier.tree, item: earlier.tree.item.map((id) => ids.get(id)) } : null;
}
