// A headless Chromium with an empty profile of its own, and sample reports to open in it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

// launch opens a browser. Its context is the profile: pages share nothing with other runs.
export async function launch(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "apigw-sync-profile-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: flags, offline: true, ...options });
  const close = context.close.bind(context);
  context.close = async () => {
    await close();
    rmSync(profile, { recursive: true, force: true });
  };
  return context;
}

// pages writes the sample reports and returns a function from their names to addresses.
export function pages() {
  const folder = mkdtempSync(join(tmpdir(), "apigw-sync-pages-"));
  execFileSync("go", ["run", "./pages", folder], { cwd: import.meta.dirname, stdio: ["ignore", "inherit", "inherit"] });
  return { folder, of: (name) => pathToFileURL(join(folder, `${name}.html`)).href, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

// open goes to an address in a new page that gathers what goes wrong in it.
export async function open(context, address) {
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") page.wrong.push(`${m.type()}: ${m.text()}`); });
  page.on("pageerror", (e) => page.wrong.push(`exception: ${e.message}`));
  page.on("dialog", (d) => { page.wrong.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", (r) => { if (r.url() !== address.split("#")[0]) page.wrong.push(`request: ${r.url()}`); });
  await page.goto(address, { waitUntil: "load" });
  return page;
}
