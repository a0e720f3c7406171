// Writes pictures of sample reports into the folder that is its argument.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { launch, open, pages } from "./browser.js";

const folder = process.argv[2];
const samples = pages();
const views = [
  ["wide", "drift", { viewport: { width: 1280, height: 1500 }, colorScheme: "light" }],
  ["dark", "drift", { viewport: { width: 1280, height: 1500 }, colorScheme: "dark" }],
  ["narrow", "drift", { viewport: { width: 390, height: 1500 }, colorScheme: "light" }],
  ["plan", "plan", { viewport: { width: 1280, height: 1200 }, colorScheme: "light" }],
];
for (const [name, sample, options] of views) {
  const context = await launch(options);
  const page = await open(context, samples.of(sample));
  await page.screenshot({ path: join(folder, `report-${name}.png`), fullPage: process.env.FULL === "1" });
  if (name === "wide") {
    const pdf = join(folder, "report.pdf");
    await page.pdf({ path: pdf, format: "A4", margin: { top: "14mm", bottom: "14mm", left: "12mm", right: "12mm" } });
    execFileSync("pdftoppm", ["-r", "60", "-png", pdf, join(folder, "report-print")]);
    rmSync(pdf);
  }
  await context.close();
}
samples.remove();
