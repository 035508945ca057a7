// The page that checks a receipt: all of it in the browser, against the keys pinned when the page was first stored.
import { canProve, digestOf, proven, proves, told, vouchedFor } from "./receipts.js";

const $ = (selector) => document.querySelector(selector);
const words = JSON.parse($("#receipt-words").dataset.words);
const form = $("#check");
const result = $("#result");
const line = (text, className = "") => Object.assign(document.createElement("p"), { textContent: text, className });

/** The keys of the first visit, those that they vouch for, and those of now that the institution added beside them. */
async function keys() {
  const pinned = await (await fetch("/receipt/key.json")).json();
  try {
    const now = await (await fetch("/receipt/key.json?now", { cache: "no-store" })).json();
    const trusted = await vouchedFor(pinned.keys, now.past ?? []);
    const lost = pinned.keys.some((key) => !now.keys.includes(key));
    const known = lost ? pinned.keys : [...new Set([...pinned.keys, ...now.keys])];
    return { pinned: pinned.keys, trusted, known, past: now.past ?? [], lost, alone: false };
  } catch {
    return { pinned: pinned.keys, trusted: pinned.keys, known: pinned.keys, past: pinned.past ?? [], lost: false, alone: true };
  }
}

function answer(kind, ...nodes) {
  result.className = `notice ${kind}`;
  result.hidden = false;
  result.replaceChildren(...nodes);
  result.focus();
}

async function check() {
  const text = form.elements.receipt.value;
  if (!text.trim()) return answer("warn", line(words.page.empty));
  const { pinned, trusted, known, past, lost, alone } = await keys();
  const { receipt, fault } = await proven(text, known, past);
  // Without a connection an unknown key may be a new one: nothing is said of who issued it.
  if (fault === "other-key" && alone) return answer("warn", line(words.page.unknown));
  if (fault) {
    const why = [line(words.page.bad, "head"), line(words.said[`fault.${fault}`])];
    if (fault === "other-key" && lost) why.push(line(words.page.lost, "error"));
    return answer("warn", ...why);
  }
  const nodes = [line(words.page.good, "head"), ...told(receipt, words).map((each) => line(each))];
  if (!trusted.includes(receipt.publicKey)) nodes.push(line(words.page.newer, "error"));
  else if (!pinned.includes(receipt.publicKey)) nodes.push(line(words.page.changed, "note"));
  if (lost) nodes.push(line(words.page.lost, "error"));
  const code = form.elements.code.value;
  if (code.trim()) {
    const typed = form.elements.text.value.replace(/\r\n?/g, "\n").trim();
    const listed = form.elements.digests.value.toLowerCase().match(/[0-9a-f]{64}/g) ?? [];
    const read = await Promise.all([...form.elements.files.files].map(digestOf));
    const same = await proves(receipt, code, typed, [...listed, ...read]);
    nodes.push(line(same ? words.page.same : words.page.other, same ? "head" : "error"));
  }
  nodes.push(line(words.page["done-here"], "note"));
  answer("good", ...nodes);
}

if (await canProve()) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check().catch(() => answer("warn", line(words.page.nokeys)));
  });
  $("#here").hidden = false;
  const given = new URLSearchParams(location.hash.slice(1)).get("r");
  if (given) {
    form.elements.receipt.value = given;
    history.replaceState(null, "", location.pathname);
    check().catch(() => answer("warn", line(words.page.nokeys)));
  }
} else {
  $("#elsewhere").hidden = false;
}
form.elements.file.addEventListener("change", async () => {
  const [file] = form.elements.file.files;
  if (!file) return;
  const found = (await file.text()).match(/AIMAS1:[0-9A-Za-z:\s]+/);
  form.elements.receipt.value = found ? found[0].trim() : await file.text();
});
