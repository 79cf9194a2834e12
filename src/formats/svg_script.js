// Tooltips, zoom and search of a flame graph (see svg.c). Works on what is drawn: each box is a
// group of class "box" with data-x, data-w, data-d, a <title>, a <rect> and a <text>, in the order of a
// walk through the tree. Names are taken from the titles as text and are never markup.
//
// SPDX-License-Identifier: MIT
"use strict";
(function () {
  const svg = document.currentScript.closest("svg");
  const byId = (id) => svg.querySelector("#" + id);
  const total = Number(svg.dataset.total);
  const boxes = Array.from(svg.querySelectorAll(".box"), (group) => ({
    group,
    rect: group.querySelector("rect"),
    text: group.querySelector("text"),
    title: group.querySelector("title").textContent,
    x: Number(group.dataset.x),
    w: Number(group.dataset.w),
    d: Number(group.dataset.d),
  }));
  const boxOf = new Map(boxes.map((box) => [box.group, box]));
  const margin = 10;
  let zoomed = boxes[0];

  function fit(text, pixels) {
    const room = Math.floor((pixels - 6) / 7.25); // of a character at 12 px
    if (room < 3) return "";
    return text.length <= room ? text : text.slice(0, room - 1) + "\u2026";
  }

  function place(box, left, width) {
    box.group.style.display = "";
    box.group.classList.toggle("above", box.d < zoomed.d);
    box.rect.setAttribute("x", left);
    box.rect.setAttribute("width", Math.max(width - 0.5, 0.1));
    box.text.setAttribute("x", left + 3);
    box.text.textContent = fit(box.title.split("\n")[0], width);
  }

  // What is around the zoomed box fills the width, what is in it takes its share.
  function layOut() {
    const width = svg.width.baseVal.value - 2 * margin;
    const end = zoomed.x + zoomed.w;
    for (const box of boxes) {
      const around = box.d < zoomed.d && box.x <= zoomed.x && box.x + box.w >= end;
      const inside = box.d >= zoomed.d && box.x >= zoomed.x && box.x + box.w <= end;
      const scaled = (box.w / zoomed.w) * width;
      if (around) place(box, margin, width);
      else if (inside && scaled >= 0.1)
        place(box, margin + ((box.x - zoomed.x) / zoomed.w) * width, scaled);
      else box.group.style.display = "none";
    }
    byId("reset").style.display = zoomed === boxes[0] ? "none" : "";
  }

  function resize() {
    if (svg === document.documentElement) svg.setAttribute("width", window.innerWidth);
    const width = svg.width.baseVal.value;
    for (const id of ["search", "matched"]) byId(id).setAttribute("x", width - margin);
    layOut();
  }

  function zoom(box) {
    zoomed = box;
    layOut();
  }

  // A match inside of another one is lit, and not counted again.
  function search(pattern) {
    let counted = 0;
    let until = -1;
    for (const box of boxes) {
      const found = pattern !== null && pattern.test(box.title.split("\n")[0]);
      box.group.classList.toggle("match", found);
      if (found && box.x >= until) {
        counted += box.w;
        until = box.x + box.w;
      }
    }
    const share = ((100 * counted) / total).toFixed(2);
    byId("matched").textContent = pattern === null ? "" : "matched: " + share + " %";
  }

  function ask() {
    const text = window.prompt("Search for functions (a regular expression; empty: none)", "");
    if (text === null) return;
    try {
      search(text === "" ? null : new RegExp(text));
    } catch (error) {
      byId("matched").textContent = error.message;
    }
  }

  svg.addEventListener("click", (event) => {
    const group = event.target.closest(".box");
    if (group) zoom(boxOf.get(group));
    else if (event.target.id === "reset") zoom(boxes[0]);
    else if (event.target.id === "search") ask();
  });
  svg.addEventListener("mouseover", (event) => {
    const group = event.target.closest(".box");
    byId("details").textContent = group ? boxOf.get(group).title.replace("\n", "  \u2014  ") : "";
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") zoom(boxes[0]);
    else if (event.key === "/" || (event.key === "f" && event.ctrlKey)) {
      event.preventDefault();
      ask();
    }
  });
  window.addEventListener("resize", resize);
  if (boxes.length > 0) {
    byId("search").style.display = "";
    resize();
  }
})();
