// Writes pictures of sample reports into the folder that is its argument.
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, open, pages } from "./browser.js";

const folder = process.argv[2];
const samples = pages();
const views = [
  ["wide", "drift", { viewport: { width: 1180, height: 1150 }, colorScheme: "light" }],
  ["changes", "plan", { viewport: { width: 1180, height: 1000 }, colorScheme: "light" }, "#changes"],
  ["dark", "drift", { viewport: { width: 1180, height: 1150 }, colorScheme: "dark" }],
  ["narrow", "drift", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["many", "many", { viewport: { width: 1180, height: 700 }, colorScheme: "light" }, "#changes", "orders_limit_417"],
];
for (const [name, sample, options, anchor = "", search = ""] of views) {
  const context = await launch(options);
  const page = await open(context, samples.of(sample) + anchor);
  if (search) {
    await page.keyboard.press("/");
    await page.keyboard.insertText(search);
    await page.waitForFunction(() => document.querySelectorAll(".changes > li:not([hidden])").length < 10);
    await page.locator(".changes > li:not([hidden]) summary").first().click();
    await page.locator("#changes-title").evaluate((e) => e.scrollIntoView());
  }
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `report-${name}.png`) });
  if (name === "wide") {
    const pdf = join(folder, "report.pdf");
    await page.pdf({ path: pdf, format: "A4", margin: { top: "14mm", bottom: "14mm", left: "12mm", right: "12mm" } });
    execFileSync("pdftoppm", ["-r", "70", "-f", "1", "-l", "1", "-singlefile", "-png", pdf, join(folder, "report-print")]);
    if (!process.env.KEEP_PDF) rmSync(pdf);
  }
  await context.close();
}
// The comment of the CI recipes, as GitHub shows it.
const request = join(samples.folder, "comment");
execFileSync("sh", [join(import.meta.dirname, "comment.sh"), request], { stdio: ["ignore", "inherit", "inherit"] });
const context = await launch({ viewport: { width: 900, height: 600 }, colorScheme: "light" });
const page = await open(context, pathToFileURL(join(request, "comment.html")).href);
await page.screenshot({ path: join(folder, "report-comment.png"), fullPage: true });
await context.close();
samples.remove();
const pictures = readdirSync(folder).filter((name) => /^report-.*\.png$/.test(name)).map((name) => join(folder, name));
execFileSync("pngquant", ["--force", "--ext", ".png", "--skip-if-larger", "--strip", "64", ...pictures]);
