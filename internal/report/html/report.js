"use strict";
(() => {
  const form = document.querySelector(".tools");
  if (!form) return;
  const query = document.getElementById("q");
  const shown = document.getElementById("shown");
  const all = document.getElementById("all");
  const none = document.querySelector(".none");
  const changes = [...document.querySelectorAll(".changes > li")];
  const lists = [...document.querySelectorAll(".changes")];
  const kinds = [...document.querySelectorAll(".kind")];
  const groups = [...document.querySelectorAll(".group")];
  const texts = new Map();
  const number = (n) => n.toLocaleString("en"); // not made ahead: that takes long, and few pages are filtered

  // The text of a change is read when it is first searched.
  const textOf = (li) => {
    let text = texts.get(li);
    if (text === undefined) {
      text = li.textContent.toLowerCase();
      texts.set(li, text);
    }
    return text;
  };

  const chosen = () => {
    const out = {};
    for (const box of form.querySelectorAll("input[type=checkbox]:checked")) {
      (out[box.name] ??= new Set()).add(box.value);
    }
    return Object.entries(out);
  };

  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const choices = chosen();
    let n = 0;
    for (const li of changes) {
      const fits = choices.every(([name, values]) => values.has((name === "kind" ? li.parentElement.parentElement : li).dataset[name])) &&
        (words.length === 0 || words.every((word) => textOf(li).includes(word)));
      if (li.hidden === fits) li.hidden = !fits;
      if (fits) n++;
    }
    // What is left of a list is as high as its lines, wherever it was last laid out.
    for (const list of lists) {
      const left = list.querySelectorAll(":scope > li:not([hidden])").length;
      list.hidden = left === 0;
      list.style.containIntrinsicHeight = n === changes.length ? "" : `${42 * left}px`;
    }
    for (const box of [...kinds, ...groups]) {
      const left = box.querySelectorAll(".changes > li:not([hidden])").length;
      box.hidden = left === 0;
      box.querySelector(".n").textContent = number(left);
    }
    none.hidden = n > 0;
    const ones = shown.dataset.noun;
    const whole = number(changes.length);
    shown.textContent = n === changes.length ? `${whole} ${ones}` : `${number(n)} of ${whole} ${ones}`;
  };

  const clear = () => {
    query.value = "";
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    filter();
  };

  const later = (work) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(work, 60);
    };
  };

  const open = (wanted) => {
    for (const d of document.querySelectorAll(".changes > li:not([hidden]) > details")) d.open = wanted;
  };

  // A link to a change shows it, whatever the filters say.
  const visit = () => {
    const li = document.getElementById(location.hash.slice(1));
    if (!li || !li.matches(".changes > li")) return;
    if (li.hidden) clear();
    const details = li.querySelector("details");
    if (details) details.open = true;
    li.scrollIntoView({ block: "center" });
    li.tabIndex = -1;
    li.focus({ preventScroll: true });
  };

  query.addEventListener("input", later(filter));
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
    query.focus();
  });
  all.addEventListener("click", () => {
    const wanted = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(wanted));
    open(wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input[type=search]")) {
      event.preventDefault();
      query.focus();
      query.select();
    } else if (event.key === "Escape" && event.target === query) {
      query.value = "";
      filter();
    }
  });
  addEventListener("hashchange", visit);
  form.hidden = false;
  visit();
})();
