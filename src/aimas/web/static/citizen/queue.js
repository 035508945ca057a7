// What waits to be sent, what came back, what the citizen keeps: in this browser, sealed with a key that cannot be taken
// out of it. Used by the pages and by the worker alike, so it is a plain script that leaves one name behind.
(() => {
  "use strict";
  const NAME = "citizen";
  const STORES = ["keys", "waiting", "received", "kept", "marks"];
  const TAG = "citizen-send";
  const LOCK = "citizen-send";
  // Who hangs must not keep the others from sending; large files on a slow line need their time.
  const ASKING_MS = 15_000;
  const SENDING_MS = 300_000;

  const open = () =>
    new Promise((done, failed) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store, { keyPath: "id" }));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });

  async function act(store, mode, ask) {
    const db = await open();
    try {
      return await new Promise((done, failed) => {
        const step = db.transaction(store, mode);
        const asked = ask(step.objectStore(store));
        step.oncomplete = () => done(asked?.result);
        step.onerror = step.onabort = () => failed(step.error);
      });
    } finally {
      db.close();
    }
  }
  const all = (store) => act(store, "readonly", (s) => s.getAll());
  const get = (store, id) => act(store, "readonly", (s) => s.get(id));
  const put = (store, value) => act(store, "readwrite", (s) => s.put(value));

  /** Written over before it goes: a freed page of the browser's file holds nothing readable for long. */
  async function wipe(store, id) {
    await put(store, { id, wiped: true });
    await act(store, "readwrite", (s) => s.delete(id));
  }

  async function key() {
    const kept = await get("keys", "own");
    if (kept) return kept.key;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two tabs may draw one at once: the first that is stored holds.
    try {
      await act("keys", "readwrite", (s) => s.add({ id: "own", key: made }));
    } catch {
      return (await get("keys", "own")).key;
    }
    return made;
  }

  const named = (store, id) => new TextEncoder().encode(`${store}/${id}`);

  async function seal(store, id, said, files = []) {
    const bodies = await Promise.all(files.map((file) => file.arrayBuffer()));
    const head = new TextEncoder().encode(
      JSON.stringify({ said, files: files.map((file, n) => ({ name: file.name, type: file.type, size: bodies[n].byteLength })) }),
    );
    const plain = new Uint8Array(4 + head.length + bodies.reduce((sum, body) => sum + body.byteLength, 0));
    new DataView(plain.buffer).setUint32(0, head.length);
    plain.set(head, 4);
    let at = 4 + head.length;
    for (const body of bodies) {
      plain.set(new Uint8Array(body), at);
      at += body.byteLength;
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: named(store, id) }, await key(), plain);
    plain.fill(0);
    return { iv, sealed };
  }

  async function unseal(store, row) {
    const plain = new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: named(store, row.id) }, await key(), row.sealed),
    );
    const length = new DataView(plain.buffer).getUint32(0);
    const { said, files } = JSON.parse(new TextDecoder().decode(plain.subarray(4, 4 + length)));
    let at = 4 + length;
    return {
      said,
      files: files.map(({ name, type, size }) => {
        const file = new File([plain.slice(at, at + size)], name, { type });
        at += size;
        return file;
      }),
    };
  }

  /** Fields by name and files; answers the item's id, which is also what makes sending it twice harmless. */
  async function add(fields, files) {
    const id = crypto.randomUUID();
    const at = new Date().toISOString();
    await put("waiting", { id, at, state: "waiting", ...(await seal("waiting", id, { ...fields, nonce: id }, files)) });
    return id;
  }

  /** Oldest first, with what each says. */
  async function list() {
    const rows = (await all("waiting")).filter((row) => !row.wiped).sort((a, b) => a.at.localeCompare(b.at));
    return Promise.all(
      rows.map(async (row) => {
        const { said, files } = await unseal("waiting", row);
        return { id: row.id, at: row.at, state: row.state, why: row.why, fields: said, files };
      }),
    );
  }

  /** The token is fetched anew for each: what the stored page has may be from another day. */
  async function send(id) {
    const row = await get("waiting", id);
    if (!row || row.wiped) return { state: "gone" };
    const { said, files } = await unseal("waiting", row);
    const form = new FormData();
    for (const [name, value] of Object.entries(said)) form.set(name, value);
    for (const file of files) form.append("files", file, file.name);
    let answer;
    try {
      const asked = await fetch("/citizen/token", { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(ASKING_MS) });
      if (!asked.ok) return { state: "waiting", status: asked.status };
      const { token } = await asked.json();
      answer = await fetch("/citizen/file", {
        method: "POST",
        body: form,
        credentials: "same-origin",
        signal: AbortSignal.timeout(SENDING_MS),
        headers: { "x-csrftoken": token, "x-citizen-queue": "1", accept: "application/json" },
      });
    } catch {
      return { state: "offline" };
    }
    if (answer.ok) {
      const receipt = await answer.json();
      await put("received", { id, at: new Date().toISOString(), ...(await seal("received", id, receipt)) });
      await wipe("waiting", id);
      return { state: "sent", receipt };
    }
    if (answer.status === 422) {
      const told = await answer.json().catch(() => ({}));
      await put("waiting", { ...row, state: "refused", why: told.message ?? "" });
      return { state: "refused", errors: told.errors ?? {}, why: told.message ?? "" };
    }
    return { state: "waiting", status: answer.status };
  }

  /** All that wait, one after the other; one sender at a time where the browser can tell. */
  async function sendAll() {
    const work = async () => {
      const outcomes = [];
      for (const row of await all("waiting")) {
        if (row.wiped || row.state === "refused") continue;
        const outcome = await send(row.id);
        outcomes.push(outcome);
        if (outcome.state === "offline" || outcome.status === 429) break;
      }
      return outcomes;
    };
    return navigator.locks ? navigator.locks.request(LOCK, work) : work();
  }

  /** Asks the browser to wake the worker when there is a connection; false where it has no such service. */
  async function wake() {
    try {
      const worker = await navigator.serviceWorker.ready;
      await worker.sync.register(TAG);
      return true;
    } catch {
      return false;
    }
  }

  // What goes from one page to the next of this tab, when the language changes: sealed as what waits, and wiped as it
  // is read. It never outlives the tab.
  const CARRIED = "citizen-carried";
  const written = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  const read = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  async function carry(said) {
    const id = crypto.randomUUID();
    const { iv, sealed } = await seal("tab", id, said);
    sessionStorage.setItem(CARRIED, JSON.stringify({ id, iv: written(iv), sealed: written(sealed) }));
  }

  const drop = () => {
    try {
      sessionStorage.removeItem(CARRIED);
    } catch {
      // A browser that keeps nothing has nothing to wipe.
    }
  };

  /** What was carried to this page, once; null where nothing was. */
  async function carried() {
    let kept = null;
    try {
      kept = sessionStorage.getItem(CARRIED);
    } finally {
      drop();
    }
    if (!kept) return null;
    const { id, iv, sealed } = JSON.parse(kept);
    return (await unseal("tab", { id, iv: read(iv), sealed: read(sealed) })).said;
  }

  const opened = (store) => async () =>
    Promise.all(
      (await all(store)).filter((row) => !row.wiped).map(async (row) => ({ id: row.id, at: row.at, ...(await unseal(store, row)).said })),
    );

  async function keep(receipt) {
    const id = receipt.number;
    await put("kept", { id, at: new Date().toISOString(), ...(await seal("kept", id, receipt)) });
  }

  /** All receipts that this device remembers; with nothing left to open, the key goes too. */
  async function forget() {
    for (const store of ["kept", "received"]) for (const row of await all(store)) await wipe(store, row.id);
    if (!(await all("waiting")).length) await act("keys", "readwrite", (s) => s.clear());
  }

  globalThis.citizen = {
    TAG, add, list, send, sendAll, wake, keep, forget, carry, carried, drop,
    remove: (id) => wipe("waiting", id),
    received: opened("received"),
    taken: (id) => wipe("received", id),
    kept: opened("kept"),
    unkeep: (id) => wipe("kept", id),
    mark: (id, value) => put("marks", { id, value }),
    marked: async (id) => (await get("marks", id))?.value,
  };
})();
