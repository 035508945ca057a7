// Live figures, keys for the chart, menus that close. Every page works without it.
(() => {
  "use strict";
  const board = () => document.getElementById("live");

  // On a narrow screen the row of sections scrolls sideways: the one that is open must be in sight.
  for (const here of document.querySelectorAll("nav [aria-current]")) {
    const row = here.closest("nav");
    row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 3;
  }

  // What a person opened, moved to or is being shown stays as it is when figures are exchanged.
  if (window.Idiomorph) {
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
      !(name === "open" && node.tagName === "DETAILS") &&
      !(name === "class" && node.classList.contains("item")) &&
      !(name === "tabindex" && node.closest("[data-keys]"));
  }

  // "2 new publications": said once, by number, never the whole list.
  const about = () => Number(document.getElementById("figures")?.dataset.about ?? 0);
  let before = new Set();
  let counted = 0;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== board()) return;
    before = new Set([...document.querySelectorAll("#latest > .item")].map((item) => item.id));
    counted = about();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== board()) return;
    keys();
    for (const item of document.querySelectorAll("#latest > .item")) {
      if (before.has(item.id)) continue;
      item.classList.add("fresh");
      setTimeout(() => item.classList.remove("fresh"), 8000);
    }
    const more = about() - counted;
    const news = document.getElementById("live-news");
    if (more <= 0 || !news) return;
    const tongue = document.documentElement.lang;
    const form = new Intl.PluralRules(tongue).select(more);
    const clock = new Intl.DateTimeFormat(tongue, { hour: "2-digit", minute: "2-digit" }).format(new Date());
    news.textContent = (news.dataset[form] ?? news.dataset.other).replace("{n}", more) + " · " + clock;
  });

  const state = (key) => {
    const bar = document.getElementById("live-bar");
    const said = document.getElementById("live-state");
    if (!bar || !said) return;
    bar.hidden = false;
    bar.dataset.state = key;
    if (said.textContent !== said.dataset[key]) said.textContent = said.dataset[key];
  };
  document.addEventListener("htmx:sseOpen", () => state("on"));
  document.addEventListener("htmx:sseError", () => state("off"));

  // One stop for the Tab key in a chart; arrows go on from there: left and right by day, up and down in a day.
  const parts = (chart) => [...chart.querySelectorAll("a")];
  function keys() {
    for (const chart of document.querySelectorAll("[data-keys]")) {
      const links = parts(chart);
      const stop = links.find((link) => link === document.activeElement) ?? links.filter((l) => l.matches("g > a:first-of-type")).at(-1);
      for (const link of links) link.setAttribute("tabindex", link === stop ? "0" : "-1");
    }
  }
  document.addEventListener("keydown", (event) => {
    const chart = event.target.closest?.("[data-keys]");
    const link = event.target.closest?.("a");
    if (chart && link) {
      const days = [...chart.querySelectorAll("g")].filter((g) => g.querySelector("a"));
      const day = link.closest("g");
      const own = parts(day);
      const go = {
        ArrowLeft: () => days[days.indexOf(day) - 1]?.querySelector("a"),
        ArrowRight: () => days[days.indexOf(day) + 1]?.querySelector("a"),
        ArrowDown: () => own[own.indexOf(link) + 1],
        ArrowUp: () => own[own.indexOf(link) - 1],
        Home: () => days.at(0)?.querySelector("a"),
        End: () => days.at(-1)?.querySelector("a"),
      }[event.key];
      if (!go) return;
      event.preventDefault();
      const next = go();
      if (!next) return;
      link.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
      return;
    }
    if (event.key === "Escape") {
      const menu = document.querySelector(".menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  // The session ended while somebody writes: the page stays, says so, and leads through signing in with the text.
  const written = () => [...document.querySelectorAll("form[method=post] textarea")].find((field) => field.value.trim());
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const field = event.detail.xhr.status === 401 ? written() : null;
    const told = document.getElementById("signed-out");
    if (!field || !told) return;
    event.preventDefault();
    if (document.querySelector(".signed-out")) return;
    const asked = event.detail.elt;
    const notice = told.content.firstElementChild.cloneNode(true);
    const go = notice.querySelector("button");
    notice.classList.add("signed-out");
    if (field.form.contains(asked) && asked.hasAttribute("hx-post")) go.formAction = asked.getAttribute("hx-post");
    go.formNoValidate = true;
    field.after(notice);
    notice.scrollIntoView({ block: "nearest" });
  });
  // What was typed is not lost by a slip: whoever leaves before it is sent, also for another language, is asked first.
  const TYPED = "textarea, input:is([type=text], [type=email], [type=tel], [type=url], [type=date], [type=file], :not([type]))";
  // A page that came back refused holds what was typed as if it had always stood there.
  const isRefused = performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;
  const begun = new WeakSet();
  let going = null;
  const isUnsent = (form) =>
    form !== going &&
    [...form.querySelectorAll(TYPED)].some((field) =>
      field.type === "file" ? field.files.length : field.value !== field.defaultValue || ((isRefused || begun.has(form)) && field.localName === "textarea" && field.value.trim()),
    );
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post" || !event.target.closest("main")) return;
    going = event.target;
    // A download leaves the page as it stands.
    setTimeout(() => (going = null), 2000);
  });
  // Words that the program drafted came in place of what stood there.
  const stood = new WeakSet(document.querySelectorAll("textarea"));
  document.addEventListener("htmx:afterSwap", () => {
    for (const field of document.querySelectorAll("main form[method=post] textarea")) if (!stood.has(field)) begun.add(field.form);
  });
  window.addEventListener("beforeunload", (event) => {
    if (![...document.querySelectorAll("main form[method=post]")].some(isUnsent)) return;
    event.preventDefault();
    event.returnValue = "";
  });
  // After "More" the reader goes on at the first item that came, not at the top.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig?.elt?.closest?.("li.more")) {
      event.detail.elt.querySelector?.("h3 a")?.focus({ preventScroll: true });
    }
  });
  keys();
})();
