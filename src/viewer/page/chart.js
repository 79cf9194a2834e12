// The canvas: what is drawn on it, how it moves, and what the pointer and the keys find there.
//
// A scene: {view, parts, colour, hide, matches, estimated}. Parts are trees with a direction, 1
// for downwards and -1 for upwards; a function in focus has its callees in one and its callers in
// the other, with the root in common.
//
// SPDX-License-Identifier: MIT
import { Colours } from "./colours.js";
import { drawRows } from "./flame.js";
import { layOut, rangeOf, ROW } from "./layout.js";
import { drawRings, MOST_RINGS, placeRings, ringAt } from "./sunburst.js";

const DURATION = 180; // milliseconds from one view to the next

export class Chart {
  // `on`: {zoom(place), hover(place, event), move()}.
  constructor(canvas, profile, on) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.profile = profile;
    this.colours = new Colours(profile);
    this.on = on;
    this.window = { from: 0, to: 1 };
    this.scroll = 0;
    this.places = [];
    this.hovered = -1; // item
    this.cursor = null; // {part, box}: where the keys are
    this.darkness = matchMedia("(prefers-color-scheme: dark)");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.darkness.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    this.listen();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    const ratio = devicePixelRatio || 1;
    this.size = { width: Math.max(width, 50), height: Math.max(height, 50) };
    this.canvas.width = Math.round(this.size.width * ratio);
    this.canvas.height = Math.round(this.size.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!this.scene) return;
    if (!this.frame) this.scroll = this.scrollOf(this.zoom);
    this.draw();
  }

  // Shows a scene, zoomed to {part, box}; moves there if the boxes are those shown before.
  show(scene, zoom) {
    const moves = this.scene && this.scene.parts === scene.parts && this.scene.view === scene.view;
    this.scene = scene;
    this.zoom = zoom;
    if (!moves) this.cursor = null;
    if (!this.size) return;
    const target = rangeOf(zoom.part.tree, zoom.box);
    const stays = target.from === this.window.from && target.to === this.window.to && this.scroll === this.scrollOf(zoom);
    if (moves && !stays && scene.view !== "sunburst" && !this.still.matches) this.animate(target, this.scrollOf(zoom));
    else this.jump(target, this.scrollOf(zoom));
  }

  jump(window, scroll) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.window = window;
    this.scroll = scroll;
    this.draw();
  }

  animate(target, scroll) {
    cancelAnimationFrame(this.frame);
    const from = { ...this.window, scroll: this.scroll };
    let began = 0;
    const step = (now) => {
      began ||= now;
      const part = Math.min((now - began) / DURATION, 1);
      const ease = 1 - (1 - part) ** 3;
      this.window = { from: from.from + (target.from - from.from) * ease, to: from.to + (target.to - from.to) * ease };
      this.scroll = from.scroll + (scroll - from.scroll) * ease;
      this.frame = part < 1 ? requestAnimationFrame(step) : 0;
      this.draw();
    };
    this.frame = requestAnimationFrame(step);
  }

  // ---- Where rows are ----

  scrollOf(zoom) {
    return zoom.part.direction * zoom.box.depth * ROW;
  }

  // The y of the roots, such that callers above them have room.
  base() {
    const { parts } = this.scene;
    if (parts.length === 1) return parts[0].direction > 0 ? 0 : this.size.height - ROW;
    const callers = (this.extents && this.extents.above) || 0;
    const callees = (this.extents && this.extents.below) || 0;
    const room = this.size.height - ROW;
    const balanced = Math.floor(room * 0.45);
    if (callers * ROW <= balanced) return callers * ROW;
    return Math.max(balanced, room - callees * ROW);
  }

  leastValue(part) {
    return (part.tree.root.value * this.scene.hide) / 100;
  }

  // The rows on the screen and one more; extents are how far that goes, so scrolling ends where
  // nothing follows.
  lay() {
    const laid = [];
    const deepest = Math.ceil((this.size.height + Math.abs(this.scroll)) / ROW) + 1;
    this.extents = { above: 0, below: 0 };
    for (const part of this.scene.parts)
      for (const place of layOut(part.tree, this.window, this.size.width, { least: this.leastValue(part), deepest })) {
        if (part !== this.scene.parts[0] && place.depth === 0) continue;
        place.part = part;
        laid.push(place);
        const side = part.direction > 0 ? "below" : "above";
        this.extents[side] = Math.max(this.extents[side], place.depth);
      }
    return laid;
  }

  draw() {
    if (!this.scene || !this.size) return;
    this.context.clearRect(0, 0, this.size.width, this.size.height);
    const look = this.look();
    if (this.scene.view === "sunburst") {
      const { part, box } = this.zoom;
      const laid = layOut(part.tree, this.window, this.size.width, { least: this.leastValue(part), deepest: box.depth + MOST_RINGS, top: box, begin: this.window.from });
      for (const place of laid) place.part = part;
      this.places = placeRings(laid, box.depth, this.size);
      drawRings(this.context, this.places, this.size, look);
      return;
    }
    const laid = this.lay();
    const base = this.base();
    this.places = laid.filter((place) => {
      place.y = base + place.part.direction * place.depth * ROW - this.scroll;
      return place.y > -ROW && place.y < this.size.height;
    });
    drawRows(this.context, this.places, this.size, look);
  }

  // ---- What boxes look like ----

  look() {
    const dark = this.darkness.matches;
    const { matches, colour } = this.scene;
    const { items } = this.profile;
    const style = getComputedStyle(this.canvas);
    const match = style.getPropertyValue("--match");
    const rest = style.getPropertyValue("--rest");
    const accent = style.getPropertyValue("--accent");
    const strong = style.getPropertyValue("--ink");
    const { cursor, hovered } = this;
    return {
      ink: "#16181d",
      paper: style.getPropertyValue("--paper"),
      label: (place) => items[place.box.item].label,
      alpha: (place) => (matches && !(place.box && matches[place.box.item]) ? 0.38 : 1),
      fill: (place) => {
        if (!place.box) return rest;
        if (matches && matches[place.box.item]) return match;
        if (colour === "change" && place.box.nodesBefore) return this.colours.ofChange(this.sums(place).before, this.sums(place).inclusive, dark);
        if (colour !== "self") return this.colours.ofItem(place.box.item, dark);
        return this.colours.ofShare(this.selfShare(place), dark);
      },
      outline: (place) => {
        if (!place.box) return null;
        if (cursor && cursor.box === place.box) return { colour: accent, width: 2.5 };
        return place.box.item === hovered ? { colour: strong, width: 1.5 } : null;
      },
    };
  }

  sums({ part, box }) {
    box.sums ||= part.tree.figures(box);
    return box.sums;
  }

  selfShare(place) {
    const { self, inclusive } = this.sums(place);
    return inclusive > 0 ? self / inclusive : 0;
  }

  hover(item) {
    if (item === this.hovered) return;
    this.hovered = item;
    if (!this.frame) this.draw();
  }

  // ---- The pointer ----

  placeAt(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const x = event.clientX - bounds.left;
    const y = event.clientY - bounds.top;
    if (this.scene && this.scene.view === "sunburst") return ringAt(this.places, this.size, x, y);
    return this.places.find((place) => x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + ROW);
  }

  listen() {
    let drag = null;
    this.canvas.addEventListener("pointermove", (event) => {
      if (drag && event.buttons) {
        drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 5;
        if (drag.moved && event.pointerType === "mouse") this.pan(event.movementX, event.movementY);
        return;
      }
      const place = this.placeAt(event);
      this.hover(place && place.box ? place.box.item : -1);
      this.on.hover(place, event);
    });
    this.canvas.addEventListener("pointerleave", () => {
      this.hover(-1);
      this.on.hover(null);
    });
    this.canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX, y: event.clientY, moved: false };
    });
    this.canvas.addEventListener("click", (event) => {
      const dragged = drag && drag.moved;
      drag = null;
      const place = dragged ? null : this.placeAt(event);
      if (place && place.box) this.on.zoom(place);
    });
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  pan(dx, dy) {
    const width = this.window.to - this.window.from;
    const by = Math.max(-this.window.from, Math.min(1 - this.window.to, (-dx / this.size.width) * width));
    this.window = { from: this.window.from + by, to: this.window.to + by };
    this.scrollBy(-dy);
    this.draw();
  }

  // Whether there was anything left to scroll to.
  scrollBy(pixels) {
    if (this.scene.view === "sunburst") return false;
    const base = this.base();
    const zoomed = this.scrollOf(this.zoom);
    const least = Math.min(0, base - this.extents.above * ROW, zoomed);
    const most = Math.max(0, base + (this.extents.below + 1) * ROW - this.size.height, zoomed);
    const before = this.scroll;
    this.scroll = Math.max(least, Math.min(most, before + pixels));
    return this.scroll !== before;
  }

  // Scrolls; with Ctrl (or pinching) zooms freely around the pointer.
  wheel(event) {
    if (!this.scene || this.scene.view === "sunburst") return;
    if (!event.ctrlKey) {
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        this.pan(-(event.deltaX || event.deltaY), 0);
        event.preventDefault();
      } else if (this.scrollBy(event.deltaY)) {
        this.draw();
        event.preventDefault();
      }
      return;
    }
    event.preventDefault();
    const bounds = this.canvas.getBoundingClientRect();
    const at = this.window.from + ((event.clientX - bounds.left) / this.size.width) * (this.window.to - this.window.from);
    const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.01);
    const from = Math.max(0, at - (at - this.window.from) * factor);
    const to = Math.min(1, at + (this.window.to - at) * factor);
    if (to - from < 1e-9) return;
    this.jump({ from, to }, this.scroll);
  }

  // ---- The keys ----

  // Moves the cursor: "in" to the widest below, "out" to the box above, "next", "previous".
  step(way) {
    const at = this.cursor || this.zoom;
    const { tree } = at.part;
    let box = at.box;
    if (!this.cursor && way !== "in") return this.place(at);
    if (way === "in") box = tree.children(box)[0] || box;
    else if (way === "out") box = box.parent || box;
    else if (box.parent) {
      const siblings = tree.children(box.parent);
      box = siblings[siblings.indexOf(box) + (way === "next" ? 1 : -1)] || box;
    }
    return this.place({ part: at.part, box });
  }

  place(cursor) {
    this.cursor = cursor;
    this.draw();
    return cursor;
  }
}
