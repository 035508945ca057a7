// Keys in the queue, how many are ticked, an answer read aloud. Every page works without it.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-cases] > .case")];
  let at = -1;
  const stand = (next) => {
    const list = rows();
    if (!list.length) return;
    at = Math.max(0, Math.min(list.length - 1, next));
    for (const row of list) row.classList.toggle("here", row === list[at]);
    list[at].querySelector("h3 a")?.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !rows().length) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "j") stand(at + 1);
    else if (event.key === "k") stand(at - 1);
    else if (event.key === "x" && at >= 0) rows()[at].querySelector(".tick input")?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-cases] > .case");
    if (!row) return;
    at = rows().indexOf(row);
    for (const each of rows()) each.classList.toggle("here", each === row);
  });

  const picked = () => {
    const said = document.querySelector("[data-picked]");
    if (!said) return;
    const n = document.querySelectorAll(".tick input:checked").length;
    said.textContent = n ? said.dataset.template.replace("{n}", n) : "";
  };
  document.addEventListener("change", picked);
  picked();

  // How long a text may be: counted as one writes, nothing is ever cut.
  const count = (field) => {
    const left = Number(field.dataset.most) - [...field.value].length;
    let told = field.parentElement.querySelector(".counter");
    if (!told) {
      told = document.createElement("span");
      told.className = "note counter";
      told.setAttribute("role", "status");
      field.after(told);
    }
    told.hidden = left > Number(field.dataset.most) / 5;
    told.classList.toggle("over", left < 0);
    const figure = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "ru").format(Math.abs(left));
    const said = (left < 0 ? field.dataset.over : field.dataset.left).replace("{n}", figure);
    if (!told.hidden && told.textContent !== said) told.textContent = said;
  };
  document.addEventListener("input", (event) => event.target.matches?.("[data-most]") && count(event.target));
  for (const field of document.querySelectorAll("[data-most]")) count(field);

  // "Otherwise" beside a suggestion leads to the form of that act, and opens it.
  const open = () => {
    const act = location.hash.startsWith("#act-") ? document.getElementById(location.hash.slice(1)) : null;
    if (act) act.open = true;
  };
  addEventListener("hashchange", open);
  open();

  // Only where the device has a voice for the language of the answer.
  const voice = (lang) => (window.speechSynthesis?.getVoices() ?? []).find((v) => v.lang.toLowerCase().startsWith(lang));
  const voices = () => {
    for (const button of document.querySelectorAll("[data-read-aloud]")) {
      const letter = button.closest("details").querySelector("[data-read]");
      button.hidden = !letter || !voice(letter.lang);
    }
  };
  window.speechSynthesis?.addEventListener?.("voiceschanged", voices);
  document.addEventListener("htmx:afterSwap", voices);
  voices();
  // What is opened in the checker stays open while one writes.
  let previewed = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "findings") previewed = document.getElementById("preview")?.open ?? previewed;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const preview = document.getElementById("preview");
    if (event.target.id === "findings" && preview) preview.open = previewed;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-read-aloud]");
    if (!button) return;
    if (speechSynthesis.speaking) return speechSynthesis.cancel();
    const letter = button.closest("details").querySelector("[data-read]");
    const words = new SpeechSynthesisUtterance(letter.innerText);
    words.lang = letter.lang;
    words.voice = voice(letter.lang);
    speechSynthesis.speak(words);
  });
})();
