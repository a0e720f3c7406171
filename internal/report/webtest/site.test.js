// The documentation as a site: whether it opens from a disk, can be used by all, and finds things.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, open } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const top = join(import.meta.dirname, "..", "..", "..");

let folder, context;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "apigw-sync-site-"));
  execFileSync("go", ["run", ".", join(top, "docs"), folder], { cwd: join(top, "tools", "site"), stdio: ["ignore", "inherit", "inherit"] });
  context = await launch({ viewport: { width: 1400, height: 900 } });
});
after(async () => {
  await context?.close();
  rmSync(folder, { recursive: true, force: true });
});

// visit opens a page. What it loads from the site itself is as it should be.
async function visit(name) {
  const page = await open(context, pathToFileURL(join(folder, name)).href);
  const own = `request: ${pathToFileURL(folder).href}/`;
  page.wrong = page.wrong.filter((w) => !w.startsWith(own));
  return page;
}

describe("pages", () => {
  const some = ["index.html", "tutorial.html", "concepts.html", "reference/config.html"]; // of each sort
  for (const [colorScheme, width, only] of [["light", 1400, some], ["dark", 1400, some], ["light", 400, null]]) {
    test(`${colorScheme}, ${width} wide, ask nobody, fit, and can be used by all`, async () => {
      const all = readdirSync(folder, { recursive: true }).filter((n) => n.endsWith(".html"));
      assert.ok(all.length > 20, `${all.length} pages only`);
      const names = only ?? all;
      for (const name of names) {
        const page = await visit(name);
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe + ";0");
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false })
          .then((r) => r.violations.filter((v) => v.impact !== "minor").map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`)));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.deepEqual({ name, wrong: page.wrong, found, over }, { name, wrong: [], found: [], over: 0 });
        await page.close();
      }
    });
  }
});

test("search finds by words, and leads there by keys alone", async () => {
  const page = await visit("howto/drift.html");
  await page.keyboard.press("/");
  await page.keyboard.type("max-deletes guard");
  const first = page.locator("#found li").first();
  await first.waitFor();
  assert.match(await first.textContent(), /Troubleshooting › A guard refused|Concepts › Ownership/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL(/troubleshooting\.html#|concepts\.html#/);
  await page.keyboard.press("/");
  await page.keyboard.type("zzzz");
  assert.equal(await page.locator("#found").textContent(), "Nothing has all of these words.");
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#found").isHidden());
  await page.close();
});

test("code that is copied are the commands, without prompts and output", async () => {
  const page = await visit("concepts.html");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const block = page.locator('.code[data-language="console"]').nth(1);
  await block.hover();
  await block.locator(".copy").click();
  const copied = await page.evaluate(() => navigator.clipboard.readText()).catch(() => page.evaluate(() => String(getSelection())));
  assert.match(copied, /^export APIGW_SYNC_ENDPOINT=emulator:state\.yaml\napigw-sync diff\n/);
  await page.close();
});

test("on a small screen the pages are behind a button", async () => {
  const page = await visit("howto/drift.html");
  await page.setViewportSize({ width: 400, height: 900 });
  assert.ok(await page.locator("#nav").isHidden());
  await page.locator("#menu").click();
  assert.ok(await page.locator("#nav").isVisible());
  assert.equal(await page.locator("#menu").getAttribute("aria-expanded"), "true");
  await page.close();
});
