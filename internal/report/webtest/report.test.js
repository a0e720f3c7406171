import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, open, pages } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let samples, context;
before(async () => {
  samples = pages();
  context = await launch({ viewport: { width: 1280, height: 900 } });
});
after(async () => {
  await context?.close();
  samples?.remove();
});

const visible = (page) => page.locator(".changes > li:not([hidden])").count();

// The policy of the pages forbids scripts that are not theirs; the debugger may run them all the same.
async function inspect(page) {
  const cdp = await page.context().newCDPSession(page);
  const run = async (expression) => {
    const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined);
    return result.value;
  };
  await run(axe + ";0");
  const found = await run("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))})))");
  return found.filter((v) => v.impact === "serious" || v.impact === "critical" || v.impact === "moderate");
}

describe("every report", () => {
  for (const name of ["drift", "plan", "apply", "failed", "same", "hostile", "hostile3", "hostile9", "hostile15", "fleet", "hostilefleet3", "hostilefleet9"]) {
    for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 390]]) {
      test(`${name}, ${colorScheme}, ${width} wide, opens without complaint and can be used by all`, async () => {
        const page = await open(context, samples.of(name));
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(page.wrong, []);
        assert.deepEqual(await inspect(page), []);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `the page is ${over} pixels too wide`);
        assert.deepEqual(page.wrong, []);
        await page.close();
      });
    }
  }
});

test("nothing from outside becomes an element", async () => {
  const allowed = await (async () => {
    const page = await open(context, samples.of("drift"));
    const names = await page.evaluate(() => [...new Set([...document.querySelectorAll("*")].map((e) => e.localName))]);
    await page.close();
    return new Set(names);
  })();
  for (const name of ["hostile", "hostile3", "hostile9", "hostile15", "hostilefleet3", "hostilefleet9", "hostilefleet15"]) {
    const page = await open(context, samples.of(name));
    const seen = await page.evaluate(() => ({
      names: [...new Set([...document.querySelectorAll("*")].map((e) => e.localName))],
      scripts: document.querySelectorAll("script").length,
      handlers: [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames()).filter((a) => a.startsWith("on") || a === "style"),
      links: [...document.querySelectorAll("[href],[src]")].map((e) => e.getAttribute("href") ?? e.getAttribute("src")).filter((to) => !to.startsWith("#")),
    }));
    assert.deepEqual(seen.names.filter((n) => !allowed.has(n)), []);
    assert.equal(seen.scripts, 1);
    assert.deepEqual(seen.handlers, []);
    assert.deepEqual(seen.links, []);
    assert.deepEqual(page.wrong, []);
    await page.close();
  }
});

test("the policy stops scripts and requests that are not the page's own", async () => {
  const page = await open(context, samples.of("drift"));
  const ran = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    const image = document.createElement("img");
    image.src = "http://127.0.0.1:9/pixel.png";
    image.setAttribute("onerror", "window.ran = true");
    document.body.append(script, image);
    await new Promise((done) => setTimeout(done, 200));
    return window.ran === true;
  });
  assert.equal(ran, false);
  assert.ok(page.wrong.some((w) => w.includes("Content Security Policy") && w.includes("script")), page.wrong.join("\n"));
  assert.ok(page.wrong.some((w) => w.includes("Content Security Policy") && w.includes("image")), page.wrong.join("\n"));
  await page.close();
});

test("5,000 changes open in under 2 s in a browser that has opened nothing before, and filter to one", async (t) => {
  const cold = await launch({ viewport: { width: 1280, height: 900 } });
  const start = performance.now();
  const page = await open(cold, samples.of("many"));
  await page.locator("#shown").waitFor();
  const opened = performance.now() - start;
  assert.equal(await visible(page), 5000);

  await page.keyboard.press("/");
  const typed = performance.now();
  await page.keyboard.insertText("orders_limit_417 ");
  await page.locator("[name=kind][value=throttle]").check();
  await page.waitForFunction(() => document.querySelectorAll(".changes > li:not([hidden])").length === 1);
  const filtered = performance.now() - typed;
  assert.equal(await page.locator("#shown").textContent(), "1 of 5,000 changes");
  assert.match(await page.locator(".changes > li:not([hidden]) .address").textContent(), /^throttle\/orders_limit_417$/);
  t.diagnostic(`opened in ${Math.round(opened)} ms, filtered in ${Math.round(filtered)} ms`);
  assert.ok(opened < 2000, `it took ${opened} ms to open`);
  assert.ok(filtered < 2000, `it took ${filtered} ms to filter`);
  assert.deepEqual(page.wrong, []);
  await cold.close();
});

test("search and filters work by keyboard alone", async () => {
  const page = await open(context, samples.of("drift"));
  const focused = () => page.evaluate(() => document.activeElement.id || `${document.activeElement.name}=${document.activeElement.value}`);
  const all = await visible(page);
  const gone = await page.locator('.changes > li[data-does="only on the gateway"]').count();
  await page.keyboard.press("/");
  assert.equal(await focused(), "q");
  await page.keyboard.type("max_age");
  await page.waitForFunction(() => document.querySelectorAll(".changes > li:not([hidden])").length === 1);
  await page.keyboard.press("Escape");
  await page.waitForFunction((n) => document.querySelectorAll(".changes > li:not([hidden])").length === n, all);
  for (const want of ["all", "="]) { // Open all, Clear
    await page.keyboard.press("Tab");
    assert.equal(await focused(), want);
  }
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "level=warning");
  for (let i = 0; i < 20 && await focused() !== "does=only on the gateway"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.ok(gone > 1 && gone < all, `${gone} of ${all}`);
  assert.equal(await visible(page), gone);
  assert.equal(await page.locator("#shown").textContent(), `${gone} of ${all} differences`);
  const groups = await page.locator(".group:not([hidden]) > h3 .n").allTextContents();
  assert.equal(groups.reduce((sum, n) => sum + Number(n), 0), gone);
  for (let i = 0; i < 20 && await focused() !== "kind=acl_binding"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.equal(await visible(page), 1);
  await page.keyboard.press("/");
  await page.keyboard.type("no such thing");
  await page.locator(".none:not([hidden])").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // Clear
  await page.waitForFunction((n) => document.querySelectorAll(".changes > li:not([hidden])").length === n, all);
  assert.deepEqual(page.wrong, []);
  await page.close();
});

test("a finding leads to its change, filtered away or not", async () => {
  const page = await open(context, samples.of("many"));
  await page.locator("#q").fill("staging");
  await page.waitForFunction(() => document.querySelectorAll(".changes > li:not([hidden])").length < 5000);
  const link = page.locator(".goes a").last();
  const name = await link.textContent();
  await link.click();
  await page.waitForFunction(() => document.activeElement.matches(".changes > li"));
  assert.match(await page.evaluate(() => document.activeElement.textContent), new RegExp(name));
  assert.equal(await visible(page), 5000);
  await page.close();
});

test("all is there without scripts", async () => {
  const plain = await launch({ javaScriptEnabled: false });
  const page = await open(plain, samples.of("drift"));
  assert.ok(await page.locator(".changes > li").count() > 10);
  assert.equal(await page.locator(".tools").isVisible(), false);
  await plain.close();
});

test("it prints with the leaves of all changes", async () => {
  const page = await open(context, samples.of("many"));
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".tools").isVisible(), false);
  const tall = await page.locator(".changes table.leaves").first().evaluate((e) => e.getBoundingClientRect().height);
  assert.ok(tall > 10, "the leaves of a closed change do not print");
  await page.close();
});

test("the comment of the CI recipes shows all of itself where GitHub has 900 pixels, the danger first", async () => {
  const request = join(samples.folder, "comment");
  execFileSync("sh", [join(import.meta.dirname, "comment.sh"), request], { stdio: ["ignore", "inherit", "inherit"] });
  const page = await open(context, pathToFileURL(join(request, "comment.html")).href);
  await page.setViewportSize({ width: 900, height: 900 });
  assert.match(await page.locator(".body > p").first().textContent(), /^🔴 prod: 3 exposures · 1 outage · /);
  const cut = await page.evaluate(() => [...document.querySelectorAll(".body *")].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto").map((e) => e.outerHTML.slice(0, 200)));
  assert.deepEqual(cut, []);
  assert.deepEqual(page.wrong, []);
  await page.close();
});
