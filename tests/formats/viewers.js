// Other tools' pages in Chromium, with our files in them. Prints what they show, as JSON.
//
// usage: node viewers.js MODULES CHROMIUM snakeviz URL
//        node viewers.js MODULES CHROMIUM speedscope INDEX.HTML FILE
//
// SPDX-License-Identifier: MIT
"use strict";
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const [modules, executablePath, viewer, place, file] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));

const viewers = {
  // The icicle is made of rectangles, the table of rows.
  async snakeviz(page) {
    await page.goto(place);
    await page.waitForSelector("#chart svg rect");
    await page.waitForSelector("#pstats-table tbody tr");
    return {
      boxes: await page.locator("#chart svg rect").count(),
      functions: await page.locator("#pstats-table tbody tr").allInnerTexts(),
    };
  },

  // It draws on a canvas; what it read is in the title and in the bar above.
  async speedscope(page) {
    await page.goto(pathToFileURL(place).href);
    await page.setInputFiles("input[type=file]", file, { timeout: 30000 });
    await page.waitForFunction(() => document.querySelector("canvas") && document.title !== "speedscope");
    await page.waitForTimeout(500);
    return { title: await page.title(), text: await page.locator("body").innerText() };
  },
};

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--allow-file-access-from-files", "--enable-unsafe-swiftshader"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  const shown = await viewers[viewer](page);
  await browser.close();
  console.log(JSON.stringify({ ...shown, problems }));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
