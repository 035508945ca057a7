// Keys for answering: 1, 2, 3, 0 press their button once; the arrow goes back. Pages work without it.
(() => {
  "use strict";
  let given = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || given) return;
    if (event.target.closest?.("input, select, textarea, summary")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    given = true;
    found.click();
  });
  // A second tap while the page loads would answer the next question unseen.
  document.querySelector(".answers")?.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    given = false;
    const form = document.querySelector(".answers");
    if (form) delete form.dataset.sent;
  });
})();
