// Search, the menu on small screens, and buttons to copy code. Without it the site can be read as well.
"use strict";

document.documentElement.classList.add("js");

const root = document.body.dataset.root;
const input = document.getElementById("search");
const list = document.getElementById("found");
const most = 12;

// find ranks passages that have all words: in the title or heading counts more than in the text.
function find(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const p of window.passages) {
    const title = p.p.toLowerCase(), heading = p.h.toLowerCase(), text = p.t.toLowerCase();
    let score = 0;
    for (const w of words) {
      const points = (heading.includes(w) ? 8 : 0) + (title.includes(w) ? 4 : 0) + (text.includes(w) ? 1 : 0);
      if (!points) { score = 0; break; }
      score += points;
    }
    if (score) found.push({ p, score: score + (heading === query.toLowerCase() ? 20 : 0) - p.t.length / 1e5 });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most).map((f) => ({ ...f.p, words }));
}

// excerpt shows the text around the first word, with all words marked.
function excerpt(text, words) {
  const span = document.createElement("span");
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 30);
  const shown = (at > 0 ? "…" : "") + text.slice(at, at + 140);
  const escaped = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  shown.split(new RegExp(`(${escaped.join("|")})`, "i")).forEach((part, i) => {
    const node = i % 2 ? document.createElement("mark") : document.createTextNode(part);
    if (i % 2) node.textContent = part;
    span.append(node);
  });
  return span;
}

function show() {
  const found = find(input.value);
  const asked = input.value.trim() !== "";
  list.replaceChildren(...found.map((f, i) => {
    const item = document.createElement("li"), link = document.createElement("a"), title = document.createElement("b");
    title.textContent = f.h ? `${f.p} › ${f.h}` : f.p;
    link.href = root + f.l;
    link.tabIndex = -1;
    link.append(title, excerpt(f.t, f.words));
    item.id = `found-${i}`;
    item.setAttribute("role", "option");
    item.append(link);
    return item;
  }));
  if (asked && !found.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.setAttribute("role", "option");
    none.textContent = "Nothing has all of these words.";
    list.append(none);
  }
  list.hidden = !asked;
  input.setAttribute("aria-expanded", String(asked));
  choose(0);
}

function choose(n) {
  const items = [...list.querySelectorAll("li:not(.none)")];
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === n)));
  if (items[n]) {
    input.setAttribute("aria-activedescendant", items[n].id);
    items[n].scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

input.addEventListener("input", show);
input.addEventListener("focus", () => { if (input.value) show(); });
input.addEventListener("keydown", (e) => {
  const items = [...list.querySelectorAll("li:not(.none)")];
  const at = items.findIndex((i) => i.getAttribute("aria-selected") === "true");
  if (e.key === "ArrowDown") choose(Math.min(at + 1, items.length - 1));
  else if (e.key === "ArrowUp") choose(Math.max(at - 1, 0));
  else if (e.key === "Enter" && items[at]) items[at].querySelector("a").click();
  else if (e.key === "Escape") { input.value = ""; show(); return; }
  else return;
  e.preventDefault();
});
document.addEventListener("click", (e) => {
  if (!e.target.closest(".search")) { list.hidden = true; input.setAttribute("aria-expanded", "false"); }
  else if (e.target.closest("#found a")) { list.hidden = true; }
});
document.addEventListener("keydown", (e) => {
  if (e.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) { input.focus(); e.preventDefault(); }
});

const menu = document.getElementById("menu"), nav = document.getElementById("nav");
menu.addEventListener("click", () => menu.setAttribute("aria-expanded", String(nav.classList.toggle("open"))));
nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
if (!location.hash) window.scrollTo(0, 0);

for (const block of document.querySelectorAll(".code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const commands = [...block.querySelectorAll(".command")].map((c) => c.textContent);
    const text = commands.length ? commands.join("") : block.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(block.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  block.append(button);
}

for (const h of document.querySelectorAll("main h2[id], main h3[id]")) {
  const link = document.createElement("a");
  link.className = "anchor";
  link.href = `#${h.id}`;
  link.textContent = "#";
  link.setAttribute("aria-label", `Link to ${h.textContent}`);
  h.append(link);
}
