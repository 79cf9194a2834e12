// Figures as people read them.
// SPDX-License-Identifier: MIT

const UNITS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];

// "1.23 s", "45.6 ms", "7.89 µs": three digits and the unit that suits them.
export function formatTime(seconds) {
  if (!(seconds > 0)) return "0";
  if (seconds >= 100) return `${groupDigits(seconds.toFixed(0))} s`;
  for (const [size, name] of UNITS) {
    const amount = seconds / size;
    if (amount >= 0.9995 || name === "ns")
      return `${amount.toFixed(amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0)} ${name}`;
  }
}

// "+1.23 s", "−45.6 ms".
export function formatChange(seconds) {
  if (seconds === 0) return "0";
  return (seconds > 0 ? "+" : "−") + formatTime(Math.abs(seconds));
}

export function formatCount(count) {
  return groupDigits(String(Math.round(count)));
}

function groupDigits(text) {
  return text.replace(/\B(?=(\d{3})+$)/g, ",");
}

export function formatShare(part, whole) {
  const percent = whole > 0 ? (100 * part) / whole : 0;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "<0.01 %";
  return `${percent.toFixed(percent < 10 ? 2 : percent < 99.95 ? 1 : 0)} %`;
}

// As pstats: "calls/primitive calls" where some were recursive.
export function formatCalls(calls, primitive) {
  return calls === primitive ? formatCount(calls) : `${formatCount(calls)}/${formatCount(primitive)}`;
}

export function plural(count, word) {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}

// An element with its attributes and children. Texts become text nodes: whatever a profile calls
// its functions is never taken for markup.
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}
