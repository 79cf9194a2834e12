// The bar between drawing and table, which moves by the pointer and by the arrow keys.
// SPDX-License-Identifier: MIT

const LEAST = 15; // percent of the height for the drawing
const MOST = 88;

export function listenToSplitter(bar, main) {
  const set = (percent) => {
    const height = Math.max(LEAST, Math.min(MOST, percent));
    main.style.setProperty("--drawing", `${height.toFixed(1)}%`);
    bar.setAttribute("aria-valuenow", height.toFixed(0));
  };
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener("pointermove", (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const { top, height } = main.getBoundingClientRect();
    set((100 * (event.clientY - top)) / height);
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -5, ArrowDown: 5 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    set(Number(bar.getAttribute("aria-valuenow")) + by);
  });
}
