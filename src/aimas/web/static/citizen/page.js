// What the citizen's pages do beyond plain forms: leave at once, work without a connection, keep nothing unasked.
import "./queue.js";

const { citizen } = globalThis;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = JSON.parse($("#words").dataset.words);
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
// In figures: not every browser knows the Kazakh names of months.
const when = (iso) => new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "ru", { dateStyle: "short", timeStyle: "short" }).format(new Date(iso));

function made(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const announce = (text) => {
  $("#said").textContent = "";
  setTimeout(() => ($("#said").textContent = text), 60);
};

// Leaving at once: the button, or Esc twice.
let isLeft = false;
function leave() {
  isLeft = true;
  citizen.drop();
  for (const form of document.forms) {
    form.reset();
    for (const field of form.elements) if ("value" in field && field.type !== "hidden" && field.type !== "radio" && field.type !== "checkbox") field.value = "";
  }
  document.body.replaceChildren();
  document.title = "";
  location.replace($("link[rel=help]").href);
}
let escaped = 0;
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const now = Date.now();
  if (now - escaped < 1500) leave();
  escaped = now;
});
for (const button of $$("[data-leave]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}
// The shell that opens without a connection.
if ("serviceWorker" in navigator) {
  citizen.mark("tongue", document.documentElement.lang).catch(() => {});
  const worker = $("link[rel=serviceworker]").href;
  const scopes = ["/citizen", "/receipt"].sort((scope) => (location.pathname.startsWith(scope) ? -1 : 1));
  navigator.serviceWorker
    .register(worker, { scope: scopes[0] })
    .then(() => navigator.serviceWorker.ready)
    .then(() => navigator.serviceWorker.register(worker, { scope: scopes[1] }))
    .catch(() => {});
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "sent") show();
  });
}

const canSeal = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);

async function freshToken() {
  const answer = await fetch("/citizen/token", { cache: "no-store" });
  if (!answer.ok) throw new Error("no token");
  return (await answer.json()).token;
}

// Forms that the server answers with a page: with a token of now, since the stored page's may be old.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.queue !== undefined) return;
  event.preventDefault();
  const long = $$("[data-most]", form).find(isOver);
  if (long) {
    complain(form, say("error.long", { n: figure(Number(long.dataset.most)) }));
    long.focus();
    return;
  }
  plainly(form).catch(() => complain(form, say("offline")));
});

async function plainly(form) {
  form.elements._csrf_token.value = await freshToken();
  form.submit();
}

function complain(form, text) {
  $$(".trouble", form).forEach((old) => old.remove());
  form.prepend(made("p", { class: "notice warn trouble", role: "alert" }, text));
  $(".trouble", form).scrollIntoView({ block: "center" });
}

// The form of an appeal: checked here as the server checks it, sealed, then sent if there is a connection.
function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "_csrf_token" && name !== "nonce") fields[name] = value;
  return fields;
}

// How long a field may be: counted as one writes, nothing is ever cut.
const length = (field) => [...field.value.trim()].length;
const isOver = (field) => length(field) > Number(field.dataset.most);
const figure = (n) => new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "ru").format(n);
function counted(field) {
  const most = Number(field.dataset.most);
  const told = made("span", { class: "note counter" });
  const heard = made("span", { class: "hidden", role: "status" });
  field.after(told, heard);
  let wasOver = false;
  const count = () => {
    const left = most - length(field);
    const over = left < 0;
    told.hidden = !over && (field.localName === "textarea" ? left === most : left > most / 5);
    told.textContent = over ? say("over", { n: figure(-left) }) : say("left", { n: figure(left) });
    told.classList.toggle("error", over);
    if (over !== wasOver) heard.textContent = over ? told.textContent : "";
    wasOver = over;
  };
  field.addEventListener("input", count);
  field.form?.addEventListener("reset", () => setTimeout(count));
  field.recount = count;
  count();
}
for (const field of $$("[data-most]")) counted(field);

/** What the first bytes of a file tell that the server will not take, or null; what lies deeper the server tells. */
const HEIC = /^(hei[cxms]|hev[cxms]|mif1|msf1)$/;
const KNOWN = ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "%PDF-", "PK\x03\x04", "\xff\xfe", "\xfe\xff"];
async function fault(file, most) {
  if (!file.size) return "empty";
  if (file.size > most) return "too-large";
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 4096).arrayBuffer()));
  if (head.slice(4, 8) === "ftyp") return HEIC.test(head.slice(8, 12)) ? "heic" : null;
  if (KNOWN.some((begins) => head.startsWith(begins)) || (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP")) return null;
  // Words hold no control signs but tabs and ends of lines and pages.
  return /[^\t\n\f\r -\xff]/.test(head) ? "unknown-type" : null;
}

async function wrongFiles(form) {
  const files = [...(form.elements.files?.files ?? [])];
  const { count, each, all } = form.dataset;
  if (files.length > Number(count) || files.reduce((sum, file) => sum + file.size, 0) > Number(all)) return say("error.files.too-many");
  const told = [];
  for (const file of files) {
    const why = await fault(file, Number(each));
    if (why) told.push(say(`error.files.${why}`, { name: file.name.slice(0, 80) }));
  }
  return told.join(" ");
}

// A comma is as good as a point.
function isNoPlace(fields) {
  const told = [fields.latitude, fields.longitude].map((text) => (text ?? "").trim().replaceAll(",", "."));
  if (!told.some(Boolean)) return false;
  const [latitude, longitude] = told.map((text) => (text ? Number(text) : NaN));
  return !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180);
}

/** All that is wrong, by field, so that nobody mends the form twice: as `new_appeal` in forms.py finds it. */
async function troubles(form) {
  const fields = fieldsOf(form);
  const found = {};
  const lacks = (name) => !(fields[name] ?? "").trim();
  if (lacks("text")) found.text = say("error.text");
  for (const field of $$("[data-most]", form)) {
    if (isOver(field)) found[field.name] = say(field.localName === "textarea" ? "error.long" : "error.longline", { n: figure(Number(field.dataset.most)) });
  }
  if (form.elements.standing && !fields.standing) found.standing = say("error.standing");
  if (fields.standing === "appeal") {
    if (lacks("name")) found.name = say("error.name");
    if (lacks("address")) found.address = say("error.address");
    if (!fields.signed) found.signed = say("error.signed");
  }
  const patterns = JSON.parse(form.dataset.patterns);
  const asked = { appeal: ["iin", "phone", "email"], anonymous: [] }[fields.standing] ?? ["phone", "email"];
  for (const name of asked) {
    const written = (fields[name] ?? "").trim().replace(/\s+/g, name === "iin" ? "" : " ");
    if (written && !new RegExp(`^(?:${patterns[name]})$`, "u").test(written)) found[name] ??= say(`error.${name}`);
  }
  if (isNoPlace(fields)) found.latitude = say("error.place");
  const files = await wrongFiles(form);
  if (files) found.files = files;
  return found;
}

function point(form, found) {
  for (const old of $$(".error, .summary", form)) old.remove();
  for (const field of $$("[aria-invalid]", form)) {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.dataset.described ?? "");
  }
  // As they stand on the page, which is how they are mended.
  const place = (name) => $(`[data-field="${name}"]`, form);
  const names = Object.keys(found).sort((a, b) => (place(b)?.compareDocumentPosition(place(a) ?? form) & Node.DOCUMENT_POSITION_FOLLOWING ? 1 : -1));
  if (!names.length) return true;
  const list = made("ul");
  for (const name of names) {
    const holder = place(name);
    const field = holder && $("input, textarea, select", holder);
    const folded = holder?.closest("details");
    if (folded) folded.open = true;
    list.append(made("li", {}, field ? made("a", { href: `#${field.id}` }, found[name]) : found[name]));
    if (!field) continue;
    holder.insertBefore(made("span", { class: "error", id: `error-${name}` }, found[name]), holder.children[1] ?? null);
    field.dataset.described ??= field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `error-${name} ${field.dataset.described}`.trim());
  }
  const summary = made("div", { class: "notice warn summary", role: "alert", tabindex: "-1" }, made("h2", {}, say("errors")), list);
  form.prepend(summary);
  summary.focus();
  return false;
}

for (const form of $$("form[data-queue]")) {
  form.noValidate = true;
  if (!canSeal) continue;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $("button[type=submit]", form);
    const written = button.textContent;
    // At once: files are looked into, and who presses twice sends once.
    if (button.disabled) return;
    button.disabled = true;
    const found = await troubles(form).catch(() => ({}));
    button.disabled = false;
    if (!point(form, found)) return;
    button.disabled = true;
    button.textContent = say("sending");
    const edited = form.dataset.edited;
    let id;
    try {
      id = await citizen.add(fieldsOf(form), [...(form.elements.files?.files ?? [])]);
    } catch {
      // A browser that keeps nothing, as some private windows: then it goes as any form does.
      form.elements.nonce.value = crypto.randomUUID();
      await plainly(form).catch(() => complain(form, say("offline")));
      button.disabled = false;
      button.textContent = written;
      return;
    }
    if (edited) await citizen.remove(edited);
    const outcome = await citizen.send(id);
    button.disabled = false;
    button.textContent = written;
    if (outcome.state === "sent") {
      receive(outcome.receipt, id);
    } else if (outcome.state === "refused") {
      await citizen.remove(id);
      if (point(form, outcome.errors)) complain(form, outcome.why);
    } else {
      form.reset();
      delete form.dataset.edited;
      pictures(form);
      await citizen.wake();
      await show();
      const block = $("#unsent");
      block.focus();
      block.scrollIntoView({ block: "start" });
      announce(say("kept"));
    }
  });
}

// Kept on this device and not sent yet.
async function show() {
  const block = $("#unsent");
  if (!block || !canSeal) return;
  const waiting = await citizen.list();
  const come = await citizen.received();
  block.hidden = !waiting.length && !come.length;
  const list = $("ul", block);
  list.replaceChildren();
  for (const item of waiting) {
    const text = item.fields.text.length > 90 ? `${item.fields.text.slice(0, 90)}…` : item.fields.text;
    list.append(
      made("li", { class: "waiting", "data-id": item.id },
        made("p", { class: "state" }, made("strong", {}, item.state === "refused" ? say("refused") : say("unsent")), ` ${when(item.at)}`),
        made("p", { class: "quote" }, text),
        item.why ? made("p", { class: "error" }, item.why) : "",
        item.files.length ? made("p", { class: "note" }, say("files", { n: item.files.length })) : "",
        made("div", { class: "buttons" },
          made("button", { type: "button", class: "primary", onclick: (event) => retry(item.id, event.currentTarget) }, say("send")),
          made("a", { class: "button", href: `${item.fields.page}#edit=${item.id}` }, say("edit")),
          made("button", { type: "button", class: "quiet", onclick: () => remove(item.id) }, say("remove")),
        ),
      ),
    );
  }
  for (const receipt of come) {
    list.append(
      made("li", { class: "come", "data-id": receipt.id },
        made("p", { class: "state" }, made("strong", {}, say("sent")), ` ${when(receipt.at)}`),
        made("p", {}, receipt.number),
        made("div", { class: "buttons" }, made("button", { type: "button", class: "primary", onclick: () => receive(receipt, receipt.id) }, say("show"))),
      ),
    );
  }
  $("#unsent-note").hidden = !waiting.length;
  $("#unsent-title").textContent = waiting.length ? say("unsent.title") : say("sent.title");
}

async function retry(id, button) {
  button.disabled = true;
  const outcome = await citizen.send(id);
  button.disabled = false;
  await show();
  if (outcome.state === "sent") receive(outcome.receipt, id);
  else announce(outcome.state === "refused" ? outcome.why : say(outcome.status === 429 ? "later" : "offline"));
}

async function remove(id) {
  await citizen.remove(id);
  await show();
  announce(say("removed"));
  $("main").focus();
}

async function sendAll() {
  if (!canSeal || !(await citizen.list()).length) return;
  const outcomes = await citizen.sendAll();
  await show();
  const sent = outcomes.filter((outcome) => outcome.state === "sent");
  if (sent.length) announce(say("sent.title"));
}
window.addEventListener("online", () => {
  connection();
  sendAll().catch(() => {});
});
window.addEventListener("offline", connection);
/** Browsers that say they are online may still reach nobody: so the server is asked. */
async function connection() {
  const reached = navigator.onLine && (await fetch("/citizen/token", { cache: "no-store" }).then(() => true, () => false));
  for (const line of $$("[data-offline]")) line.hidden = reached;
}

/** Shows a receipt in the page's place; it is wiped from the device once it is left or kept. */
function receive(receipt, id) {
  const page = new DOMParser().parseFromString(receipt.html, "text/html").body;
  const main = $("main");
  main.replaceChildren(...[...page.childNodes].map((node) => document.importNode(node, true)));
  document.title = receipt.number;
  history.replaceState(null, "", location.pathname);
  window.scrollTo(0, 0);
  dress(main, receipt, id);
  ($("h1", main) ?? main).focus();
}

function dress(main, receipt, id) {
  const box = $("[data-receipt]", main);
  if (!box) return;
  const { number } = box.dataset;
  const code = $("[data-code]", box)?.textContent.trim() ?? "";
  const text = $("[data-text]", box).textContent.trim();
  const seen = () => id && citizen.taken(id);
  for (const part of $$("[data-script]", main)) part.hidden = false;
  const press = (name, work) => $(`[data-do="${name}"]`, main)?.addEventListener("click", work);
  press("copy", async () => {
    await navigator.clipboard.writeText(plainReceipt(box)).catch(() => {});
    announce(say("copied"));
  });
  press("print", () => window.print());
  press("save", () => {
    const address = URL.createObjectURL(new Blob([plainReceipt(box)], { type: "text/plain" }));
    made("a", { href: address, download: `${number}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    seen();
  });
  press("keep", async ({ currentTarget }) => {
    currentTarget.disabled = true;
    await citizen.keep({ number, code, receipt: text });
    await seen();
    announce(say("remembered"));
    $("[data-kept]", main).hidden = false;
  });
  press("noted", async () => {
    await seen();
    location.assign("/citizen");
  });
}
const plainReceipt = (box) =>
  [...$$("[data-line]", box).map((line) => line.textContent.trim()), "", $("[data-text]", box).textContent.trim(), ""].join("\n");
if ($("[data-receipt]")) dress($("main"), null, null);

// Receipts that the citizen asked this device to remember.
async function remembered() {
  const block = $("#remembered");
  if (!block || !canSeal) return;
  const kept = await citizen.kept();
  block.hidden = !kept.length;
  const list = $("ul", block);
  list.replaceChildren();
  const form = $("#open-case");
  for (const { number, code, id } of kept) {
    list.append(
      made("li", {},
        made("span", {}, number),
        made("div", { class: "buttons" },
          made("button", {
            type: "button", class: "primary", "aria-label": `${say("open")} ${number}`,
            onclick: () => {
              form.elements.number.value = number;
              form.elements.code.value = code;
              form.requestSubmit();
            },
          }, say("open")),
          made("button", { type: "button", class: "quiet", "aria-label": `${say("forget")} ${number}`, onclick: async () => { await citizen.unkeep(id); remembered(); } }, say("forget")),
        ),
      ),
    );
  }
}
$("#forget-all")?.addEventListener("click", async () => {
  await citizen.forget();
  await remembered();
  announce(say("forgotten"));
  $("main").focus();
});

// Where it happened: asked of the browser only when the citizen presses.
for (const button of $$("[data-locate]")) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = button.form ?? button.closest("form");
    const told = $("[data-located]", form);
    told.textContent = say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(5);
        form.elements.longitude.value = coords.longitude.toFixed(5);
        told.textContent = say("located", { m: Math.round(coords.accuracy) });
        if (button.dataset.locate === "submit") form.requestSubmit();
      },
      () => { told.textContent = say("unlocated"); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

const size = (bytes) => bytes < 1048576 ? say("kb", { n: Math.ceil(bytes / 1024) }) : say("mb", { n: Math.ceil(bytes / 1048576) });

// Files: small pictures drawn here, so that a wrong one is noticed before it goes.
function pictures(form) {
  const list = $("[data-pictures]", form);
  if (!list) return;
  list.replaceChildren();
  for (const file of form.elements.files.files) {
    const canvas = made("canvas", { width: 96, height: 96, "aria-hidden": "true" });
    list.append(made("li", {}, canvas, made("span", {}, `${file.name} · ${size(file.size)}`)));
    if (!file.type.startsWith("image/")) { canvas.remove(); continue; }
    createImageBitmap(file).then((image) => {
      const side = Math.min(image.width, image.height);
      canvas.getContext("2d").drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, 96, 96);
      image.close();
    }).catch(() => canvas.remove());
  }
  const clear = $("[data-unpick]", form);
  clear.hidden = !form.elements.files.files.length;
}
for (const form of $$("form")) {
  if (!form.elements.files) continue;
  form.elements.files.addEventListener("change", () => pictures(form));
  $("[data-unpick]", form)?.addEventListener("click", () => {
    form.elements.files.value = "";
    pictures(form);
    form.elements.files.focus();
  });
}

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field instanceof RadioNodeList) field.value = value;
    else if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
    if (field.closest?.("details") && value) field.closest("details").open = true;
    field.recount?.();
  }
}

// The language is changed on another page: what was typed goes along in this tab, files are asked about before.
const chosen = (form) => form.elements.files?.files?.length ?? 0;
function typed(form) {
  const fields = {};
  let isWritten = Boolean(chosen(form));
  for (const field of form.elements) {
    if (!field.name || ["hidden", "file", "submit", "button"].includes(field.type)) continue;
    // The answer comes in the page's language unless another was chosen.
    if (field.name === "language" && field.value === document.documentElement.lang) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) fields[field.name] = field.value;
      isWritten ||= field.checked && !field.defaultChecked;
    } else {
      fields[field.name] = field.value;
      isWritten ||= field.localName === "select" ? field.selectedIndex > 0 && field.name !== "language" : Boolean(field.value.trim());
    }
  }
  return isWritten ? { to: form.getAttribute("action"), fields, edited: form.dataset.edited, hadFiles: Boolean(chosen(form)) } : null;
}
for (const link of $$("header a[hreflang]")) {
  link.addEventListener("click", async (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const forms = $$("form").map(typed).filter(Boolean);
    if (!forms.length) return;
    event.preventDefault();
    if (forms.some((form) => form.hadFiles) && !confirm(say("tongue.files"))) return;
    try {
      await citizen.carry({ page: new URL(link.href).pathname, forms });
    } catch {
      if (!confirm(say("tongue.lost"))) return;
    }
    if (isLeft) return citizen.drop();
    // In the place of this page: the way back would lead to what was typed.
    location.replace(link.href);
  });
}

async function goOn() {
  const carried = await citizen.carried();
  if (!carried || isLeft || carried.page !== location.pathname) return;
  let first = null;
  for (const { to, fields, edited } of carried.forms) {
    const form = $$("form").find((one) => one.getAttribute("action") === to);
    if (!form) continue;
    fill(form, fields);
    if (edited) form.dataset.edited = edited;
    const folded = form.closest("details");
    if (folded) folded.open = true;
    first ??= form;
  }
  if (!first) return;
  const told = say(carried.forms.some((form) => form.hadFiles) ? "tongue.kept.files" : "tongue.kept");
  first.prepend(made("p", { class: "notice calm kept" }, told));
  announce(told);
}

// Something kept is opened again to be changed.
async function edit() {
  const id = location.hash.match(/^#edit=([\w-]{36})$/)?.[1];
  const form = $("form[data-queue]");
  if (!id || !form || !canSeal) return;
  const item = (await citizen.list()).find((one) => one.id === id);
  if (!item) return;
  fill(form, item.fields);
  if (form.elements.files) {
    const files = new DataTransfer();
    for (const file of item.files) files.items.add(file);
    form.elements.files.files = files.files;
    pictures(form);
  }
  form.dataset.edited = id;
  history.replaceState(null, "", location.pathname);
  form.elements.text.focus();
}

// A page that came back with mistakes begins with them, also for who hears it.
$("main .summary")?.focus();
for (const part of $$("main [data-script]")) part.hidden = false;
window.addEventListener("hashchange", edit);
connection();
show().then(sendAll).catch(() => {});
remembered().catch(() => {});
goOn().catch(() => {}).then(edit).catch(() => {});
