// Pictures of a page. usage: node screenshots.js MODULES CHROMIUM PAGE FILE WIDTHxHEIGHT SCHEME STEPS
//
// STEPS is a JSON array of {fragment}, {pick: "function in the table"}, {search: "text"},
// {hover: [x, y]} (shares of the drawing), {click: [x, y]}, {key: "name"}.
//
// SPDX-License-Identifier: MIT
"use strict";
const path = require("node:path");

const [modules, executablePath, file, output, size, colorScheme, steps] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));

async function point(page, [x, y]) {
  const bounds = await page.locator("#chart").boundingBox();
  return [bounds.x + x * bounds.width, bounds.y + y * bounds.height];
}

const actions = {
  fragment: (page, text) => page.evaluate((hash) => {
    location.hash = hash;
  }, text),
  pick: (page, name) => page.locator("#functions tbody .function", { hasText: new RegExp(`^${name}$`) }).first().click(),
  search: (page, text) => page.fill("#search", text),
  hover: async (page, place) => page.mouse.move(...(await point(page, place))),
  click: async (page, place) => page.mouse.click(...(await point(page, place))),
  key: (page, key) => page.keyboard.press(key),
};

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const [width, height] = size.split("x").map(Number);
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
  await page.goto(`file://${path.resolve(file)}`);
  await page.waitForSelector("body[data-state=open]", { timeout: 60000 });
  for (const step of JSON.parse(steps)) {
    const [[name, value]] = Object.entries(step);
    await actions[name](page, value);
    await page.waitForTimeout(250);
  }
  await page.screenshot({ path: output });
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
