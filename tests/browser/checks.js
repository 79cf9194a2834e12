// What a page does in Chromium. usage: node checks.js MODULES CHROMIUM CHECK PAGE
//
// Prints nothing where all is as it should be, but for figures, as JSON, of checks that measure.
// The pages are those of tests/support/write_page.c.
//
// SPDX-License-Identifier: MIT
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const [modules, executablePath, checkName, file] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));

const ROW = 20;

// ---- What checks share ----

async function openPage(browser, options = {}, fragment = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(error.message));
  const address = `file://${path.resolve(file)}`;
  page.on("request", (request) => {
    if (!request.url().startsWith(address)) page.problems.push(`asked for ${request.url()}`);
  });
  await page.goto(address + fragment);
  await page.waitForSelector("body[data-state=open]", { timeout: 60000 });
  return page;
}

async function go(page, fragment) {
  await page.evaluate((text) => {
    location.hash = text;
  }, fragment);
  await settle(page);
}

// Until what was asked for has been drawn.
async function settle(page) {
  await page.waitForTimeout(160); // what is typed counts when nothing more comes
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  await settle(page);
}

const text = (page, selector) => page.locator(selector).innerText();
const announced = (page) => page.locator("#announcer").textContent();
const crumbs = (page) => page.locator("#path button").allInnerTexts();
const rows = (page) => page.locator("#functions tbody tr .function").allInnerTexts();

async function chartBounds(page) {
  return page.locator("#chart").boundingBox();
}

// Clicks into the row of that number, at a share of the width.
async function clickRow(page, row, share) {
  const bounds = await chartBounds(page);
  await page.mouse.click(bounds.x + bounds.width * share, bounds.y + row * ROW + ROW / 2);
  await settle(page);
}

// The canvas as a picture: differs when what is drawn differs.
function drawn(page) {
  return page.evaluate(() => document.getElementById("chart").toDataURL());
}

// ---- The checks ----

const checks = {
  // Hovering, clicking, the breadcrumb and the browser's buttons.
  async zoom(browser) {
    const page = await openPage(browser);
    assert.equal(await page.title(), "app.py – pyperf");
    assert.match(await text(page, "#facts"), /73\.0 ms in 10 functions · 12 call paths/);
    const bounds = await chartBounds(page);
    await page.mouse.move(bounds.x + 40, bounds.y + 3 * ROW + 5);
    const tip = await text(page, "#tooltip");
    assert.match(tip, /Shop\.main\s+\/home\/me\/app\.py:10/);
    assert.match(tip, /inclusive\s+60\.0 ms 82\.2 %/);
    assert.match(tip, /self\s+2\.00 ms 2\.74 %/);
    assert.match(tip, /calls\s+1\s+per call\s+60\.0 ms/);
    await clickRow(page, 4, 0.1);
    assert.deepEqual(await crumbs(page), ["app.py", "MainThread", "me/app.py", "Shop.main", "price"]);
    assert.match(page.url(), /zoom=/);
    await page.reload();
    await page.waitForSelector("body[data-state=open]");
    assert.equal((await crumbs(page)).length, 5);
    await page.locator("#path button").nth(3).click();
    await settle(page);
    assert.equal((await crumbs(page)).length, 4);
    await page.goBack();
    await settle(page);
    assert.equal((await crumbs(page)).length, 5);
    await page.goForward();
    await settle(page);
    assert.equal((await crumbs(page)).length, 4);
    return page;
  },

  // Matches, their total without what is nested, and what is no expression.
  async search(browser) {
    const page = await openPage(browser);
    const before = await drawn(page);
    const found = async (expression) => {
      await page.fill("#search", expression);
      await settle(page);
      return text(page, "#matched");
    };
    assert.equal(await found("price|walk"), "2 functions, 58.0 ms (79.5 %)");
    assert.notEqual(await drawn(page), before);
    assert.equal(await found("decode"), "1 function, 24.0 ms (32.9 %)");
    assert.equal(await found("PRICE"), "0 functions, 0 (0 %)");
    assert.equal(await found("app\\.py:50"), "1 function, 4.00 ms (5.48 %)");
    assert.equal(await found("Shop"), "1 function, 60.0 ms (82.2 %)");
    assert.equal(await found("("), "not a regular expression");
    assert.equal(await page.getAttribute("#search", "aria-invalid"), "true");
    assert.equal(await found("^walk$|walk"), "1 function, 11.0 ms (15.1 %)");
    await page.fill("#search", "");
    await settle(page);
    assert.equal(await drawn(page), before);
    return page;
  },

  async table(browser) {
    const page = await openPage(browser);
    assert.equal((await rows(page))[0], "me/app.py");
    await page.click("#functions th[data-key=self] button");
    assert.deepEqual((await rows(page)).slice(0, 3), ["decode", "price", "job"]);
    await page.click("#functions th[data-key=self] button");
    assert.equal(await page.getAttribute("#functions th[data-key=self]", "aria-sort"), "ascending");
    assert.equal((await rows(page))[0], "run");
    await page.click("#functions th[data-key=name] button");
    assert.deepEqual((await rows(page)).slice(0, 2), ["decode", "hook"]);
    await page.fill("#filter", "json");
    await settle(page);
    assert.deepEqual(await rows(page), ["decode", "loads"]);
    await page.fill("#filter", "");
    await settle(page);
    await page.click("#functions tbody tr:has(.function:text-is('price'))");
    await settle(page);
    assert.match(await text(page, "#unfocus"), /focus on price/);
    assert.deepEqual(await crumbs(page), ["price"]);
    const details = await text(page, "#details");
    assert.match(details, /inclusive\s+49\.0 ms/);
    assert.match(details, /CALLED BY 2\s+Shop\.main/i);
    assert.match(details, /CALLS 2\s+loads/i);
    await page.click("#details .edges .function:text-is('loads')");
    await settle(page);
    assert.match(await text(page, "#unfocus"), /focus on loads/);
    await page.click("#unfocus");
    await settle(page);
    assert.equal(await page.locator("#unfocus").isVisible(), false);
    return page;
  },

  // Everything by keys, and what the trees say of it.
  async keys(browser) {
    const page = await openPage(browser);
    await page.focus("#chart");
    await press(page, "ArrowDown", "ArrowDown", "ArrowDown");
    assert.equal(await announced(page), "Shop.main, 60.0 ms, 82.2 %");
    await press(page, "ArrowDown", "ArrowRight");
    assert.equal(await announced(page), "walk, 11.0 ms, 15.1 %");
    await press(page, "ArrowLeft", "Enter");
    assert.equal((await crumbs(page)).at(-1), "price");
    await press(page, "Escape", "Escape");
    assert.equal((await crumbs(page)).at(-1), "me/app.py");
    await press(page, "0", "i");
    assert.match(page.url(), /invert=1/);
    await press(page, "ArrowDown");
    assert.equal(await announced(page), "decode, 20.0 ms, 27.4 %");
    await press(page, "ArrowDown");
    assert.equal(await announced(page), "loads, 20.0 ms, 27.4 %");
    await press(page, "ArrowUp", "ArrowRight");
    assert.equal(await announced(page), "price, 12.0 ms, 16.4 %");
    await press(page, "0", "l", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown");
    assert.equal(await announced(page), "json, 29.0 ms, 39.7 %");
    await press(page, "ArrowDown");
    assert.equal(await announced(page), "hook, 4.00 ms, 5.48 %");
    await press(page, "0", "m");
    assert.match(page.url(), /metric=calls/);
    await press(page, "?");
    assert.equal(await page.locator("#help").isVisible(), true);
    assert.match(await text(page, "#keys"), /merge recursion/);
    await press(page, "Escape");
    assert.equal(await page.locator("#help").isVisible(), false);
    await press(page, "/");
    await page.keyboard.type("hook");
    await settle(page);
    await press(page, "Escape", "n");
    assert.match(await announced(page), /^hook, 4\.00 ms/);
    return page;
  },

  // Recursion, threads, focus: the figures that each of them makes.
  async trees(browser) {
    const page = await openPage(browser, {}, "#recursion=1");
    const walkTo = async (fragment, keys) => {
      await go(page, fragment);
      await page.focus("#chart");
      await press(page, ...keys);
      return announced(page);
    };
    const hover = async (row, share) => {
      const bounds = await chartBounds(page);
      await page.mouse.move(bounds.x + bounds.width * share, bounds.y + row * ROW + 5);
      return text(page, "#tooltip");
    };
    const toWalk = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"];
    assert.equal(await walkTo("recursion=1", toWalk), "walk, 11.0 ms, 15.1 %");
    assert.match(await text(page, "#tooltip"), /self\s+9\.00 ms/);
    await press(page, "ArrowDown");
    assert.equal(await announced(page), "price, 2.00 ms, 2.74 %");
    assert.equal(await walkTo("", [...toWalk, "ArrowDown"]), "walk, 5.00 ms, 6.85 %");
    assert.equal(await walkTo("thread=1", ["ArrowDown", "ArrowDown"]), "job, 12.0 ms, 100 %");
    assert.deepEqual(await crumbs(page), ["worker"]);
    assert.equal(await walkTo("thread=merged", ["ArrowDown"]), "me/app.py, 61.0 ms, 83.6 %");
    const price = await page.getAttribute("#functions tbody tr:has(.function:text-is('price'))", "data-item");
    await go(page, `focus=${price}`);
    const heard = [];
    await page.focus("#chart");
    await press(page, "ArrowDown");
    heard.push(await announced(page));
    assert.deepEqual(heard, ["loads, 29.0 ms, 59.2 %"]);
    const tip = await hover(5, 0.05); // five levels of callers stand above it
    assert.match(tip, /price[\s\S]*inclusive\s+49\.0 ms 100 %[\s\S]*calls\s+4/);
    assert.match(await hover(4, 0.05), /Shop\.main/);
    await go(page, "hide=5");
    assert.equal(await page.locator("select[data-set=hide]").inputValue(), "5");
    return page;
  },

  // Every way of drawing draws something of its own, without a complaint.
  async views(browser) {
    const page = await openPage(browser);
    const seen = new Set();
    const fragments = ["", "view=flame", "view=sunburst", "invert=1", "colour=self", "metric=calls",
      "order=name", "libraries=1", "recursion=1", "focus=3", "focus=3&view=flame", "focus=3&view=sunburst", "search=walk",
      "thread=merged", "thread=1", "hide=5&view=sunburst"];
    for (const fragment of fragments) {
      await go(page, fragment);
      const sum = await drawn(page);
      assert.ok(!seen.has(sum), `${fragment} looks like another one`);
      seen.add(sum);
    }
    await go(page, "view=sunburst");
    const bounds = await chartBounds(page);
    await page.mouse.click(bounds.x + bounds.width / 2 + 38, bounds.y + bounds.height / 2 + 5);
    await settle(page);
    assert.equal((await crumbs(page)).length, 2);
    await page.mouse.click(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2);
    await settle(page);
    assert.equal((await crumbs(page)).length, 1);
    for (const button of ["Icicle", "Flame", "Sunburst"]) {
      await page.click(`.toolbar button:text-is('${button}')`);
      assert.equal(await page.getAttribute(`.toolbar button:text-is('${button}')`, "aria-pressed"), "true");
    }
    return page;
  },

  async dark(browser) {
    const page = await openPage(browser);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = [await paper(), await drawn(page)];
    await page.emulateMedia({ colorScheme: "dark" });
    await settle(page);
    const dark = [await paper(), await drawn(page)];
    assert.notEqual(light[0], dark[0]);
    assert.notEqual(light[1], dark[1]);
    return page;
  },

  // Files that know callers and callees only.
  async rows(browser) {
    const page = await openPage(browser);
    assert.equal(await page.locator("#estimated").isVisible(), true);
    assert.match(await text(page, "#notes"), /estimated/);
    assert.equal(await text(page, "#program"), "app.py");
    assert.equal(await page.title(), "app.py – pyperf");
    await page.focus("#chart");
    await press(page, "ArrowDown", "ArrowDown");
    assert.equal(await announced(page), "me/app.py, 61.0 ms, 83.6 %");
    await press(page, "i", "ArrowDown");
    assert.equal(await announced(page), "decode, 20.0 ms, 27.4 %");
    await page.fill("#search", "price|walk");
    await settle(page);
    assert.match(await text(page, "#matched"), /^2 functions, ≈ /);
    return page;
  },

  // Two profiles: write_page's "compared".
  async compared(browser) {
    const page = await openPage(browser);
    assert.match(await text(page, "#notes"), /Compared/);
    assert.equal(await page.locator("#colour").inputValue(), "change");
    await page.focus("#chart");
    await press(page, "ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown");
    assert.equal(await announced(page), "job, 12.0 ms, 16.4 %");
    assert.match(await text(page, "#tooltip"), /before\s+18\.0 ms\s+change\s+−6\.00 ms/);
    const change = (name) => page.locator(`#functions tbody tr:has(.function:text-is('${name}')) td.number`).nth(8).innerText();
    assert.equal(await change("price"), "+4.00 ms");
    assert.equal(await change("hook"), "+4.00 ms");
    assert.equal(await change("job"), "−6.00 ms");
    assert.equal(await change("walk"), "0");
    const now = await drawn(page);
    await press(page, "0", "m", "m");
    assert.match(page.url(), /metric=before/);
    assert.notEqual(await drawn(page), now);
    await press(page, "l");
    await go(page, "focus=3&invert=1");
    return page;
  },

  async lines(browser) {
    const page = await openPage(browser);
    await page.click("#functions tbody tr:has(.function:text-is('price'))");
    await settle(page);
    const listing = await page.locator("#source tbody tr").allInnerTexts();
    assert.deepEqual(listing.map((line) => line.split(/\s+/)[0]), ["20", "21", "22", "23", "24", "25", "26"]);
    assert.match(listing[3], /^23\s+4\s+40\.0 ms\s+81\.6 %\s+rate = json\.loads\(order\)/);
    assert.equal(await page.getAttribute("#source tbody tr:nth-child(4)", "title"), "40.0 ms, 10.0 ms per hit, 11.0 ms of it the line itself");
    assert.equal(await page.getAttribute("#source tbody tr:nth-child(6)", "class"), "unreached");
    const heat = await page.locator("#source tbody tr").evaluateAll((all) => all.map((row) => Number(row.style.getPropertyValue("--heat"))));
    assert.ok(heat[3] === 1 && heat[6] > 0.4 && heat[6] < 0.5, String(heat));
    const colours = await page.locator("#source tbody tr").evaluateAll((all) => all.map((row) => getComputedStyle(row).backgroundColor));
    assert.equal(new Set([colours[3], colours[4], colours[6]]).size, 3, String(colours));
    await page.click("#functions tbody tr:has(.function:text-is('Shop.main'))");
    assert.deepEqual(await page.locator("#source thead th").allInnerTexts(), []); // no lines of it
    assert.match(await text(page, "#source"), /def main/);
    await page.click("#functions tbody tr:has(.function:text-is('decode'))");
    assert.equal(await page.locator("#source").isVisible(), false);
    return page;
  },

  // Without calls the lines are all there is: no drawing, the longest function selected.
  async alone(browser) {
    const page = await openPage(browser);
    assert.match(await text(page, "#facts"), /50\.0 ms in 2 functions$/);
    assert.match(await text(page, "#notes"), /Lines were recorded and no calls/);
    for (const part of [".drawing", ".toolbar", "#search", "#splitter"]) assert.equal(await page.locator(part).isVisible(), false, part);
    assert.deepEqual(await rows(page), ["main", "price"]);
    assert.match(await text(page, "#details"), /^price/);
    assert.doesNotMatch(await text(page, "#details"), /Called by|Focus/);
    assert.match(await text(page, "#functions tbody tr:first-child"), /^1\s+8\.00 ms\s+50\.0 ms\s+100 %\s+main\s+me\/app\.py:10/);
    await page.click("#functions tbody tr:has(.function:text-is('price'))");
    await settle(page);
    assert.match(await text(page, "#source tbody tr:nth-child(4)"), /^23\s+4\s+40\.0 ms\s+95\.2 %\s+rate/);
    await page.focus("#source .listing");
    await press(page, "ArrowDown", "f", "i", "v", "n", "m");
    return page;
  },

  // Names are text, wherever they are shown.
  async hostile(browser) {
    const page = await openPage(browser);
    assert.equal(await page.title(), "</title><script>document.title='run'</script> – pyperf");
    const name = "</script><img src=x onerror=\"document.title='run'\">";
    assert.ok((await rows(page)).includes(name));
    await page.focus("#chart");
    await press(page, "ArrowDown", "Enter", "ArrowDown");
    assert.match(await text(page, "#tooltip"), /<b>bold<\/b>/);
    for (const row of await page.locator("#functions tbody tr").all()) {
      await row.click();
      await settle(page);
    }
    for (const view of ["flame", "sunburst", "icicle"]) await go(page, `view=${view}`);
    await page.click("#functions tbody tr:has-text('onerror')");
    await settle(page);
    assert.match(await text(page, "#source tbody tr:nth-child(2)"), /^2\s+1\s+90\.0 ms\s+100 %\s+<\/script><img src=x/);
    assert.equal(await page.locator("img, b, script[src]").count(), 0);
    assert.equal(await page.locator("body script").count(), 1); // the data are read and removed
    await page.fill("#search", "proto|constructor|bold");
    await settle(page);
    assert.match(await text(page, "#matched"), /^3 functions, /);
    return page;
  },

  async empty(browser) {
    const page = await openPage(browser);
    assert.equal(await page.locator("#nothing").isVisible(), true);
    for (const view of ["flame", "sunburst", "icicle"]) await go(page, `view=${view}&invert=1`);
    return page;
  },

  // Prints what the table shows: [place or name, calls, self, inclusive] of each function.
  async figures(browser) {
    const page = await openPage(browser);
    if (await page.locator("#more").isVisible()) await page.click("#more");
    const shown = await page.locator("#functions tbody tr").evaluateAll((all) => all.map((row) => {
      const seconds = (cell) => parseFloat(row.cells[cell].title);
      const name = row.querySelector(".place").title || row.querySelector(".function").title;
      return [name, row.cells[0].textContent.replaceAll(",", ""), seconds(1), seconds(4)];
    }));
    console.log(JSON.stringify(shown));
    return page;
  },

  // axe-core's serious and critical findings, in both colour schemes and on a phone.
  async accessible(browser) {
    const axe = fs.readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"])
      for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
        const page = await openPage(browser, { colorScheme, viewport, bypassCSP: true }, "#select=3&search=walk&focus=3");
        await page.evaluate(axe);
        const found = await page.evaluate(() => window.axe.run());
        const bad = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
        assert.deepEqual(bad.map((one) => [one.id, one.nodes.map((node) => `${node.target} ${node.failureSummary}`)]), []);
        await page.close();
      }
    return null;
  },

  // On a phone nothing is wider than the screen.
  async phone(browser) {
    const page = await openPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    const bounds = await chartBounds(page);
    await page.touchscreen.tap(bounds.x + 40, bounds.y + 3 * ROW + 5);
    await settle(page);
    assert.equal((await crumbs(page)).at(-1), "Shop.main");
    return page;
  },

  // How long a large page takes to open, and each frame of a zoom, in milliseconds.
  async speed(browser) {
    const page = await openPage(browser, { reducedMotion: "no-preference" });
    const opened = await page.evaluate(() => performance.getEntriesByName("pyperf open")[0].startTime);
    const frames = [];
    for (let i = 0; i < 12; i++) {
      const bounds = await chartBounds(page);
      const times = page.evaluate(() => new Promise((done) => {
        const seen = [];
        let last = 0;
        const step = (now) => {
          if (last) seen.push(now - last);
          last = now;
          if (seen.length < 16) requestAnimationFrame(step);
          else done(seen);
        };
        requestAnimationFrame(step);
      }));
      await page.mouse.click(bounds.x + bounds.width * (0.15 + 0.05 * i), bounds.y + ROW * 1.5);
      frames.push(...(await times));
      if (i % 4 === 3) await page.keyboard.press("0");
      await page.waitForTimeout(250);
    }
    frames.sort((a, b) => a - b);
    const at = (share) => frames[Math.floor((frames.length - 1) * share)];
    console.log(JSON.stringify({ opened, frames: frames.length, median: at(0.5), p95: at(0.95), longest: at(1), bytes: fs.statSync(file).size }));
    return page;
  },
};

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  try {
    const page = await checks[checkName](browser);
    if (page) assert.deepEqual(page.problems, []);
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
