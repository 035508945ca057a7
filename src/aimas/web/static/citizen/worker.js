// The pages' shell for when there is no connection, and sending when it is back. Before this text the server sets
// VERSION, PAGES, FILES, KEYS and QUEUE.
/* global VERSION, PAGES, FILES, KEYS, QUEUE */
importScripts(QUEUE);

const SHELL = `citizen-${VERSION}`;
const PINNED = "citizen-pinned";
const WHOLE = "/citizen/stored";
const TONGUES = ["ru", "kk", "en"];
const PATIENCE_MS = 5000;
// What is stored was asked for without cookies; it serves whoever asks.
const ANYBODY = { ignoreVary: true };

const keptAs = (path, tongue) => `${path}?lang=${tongue}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      // Two registrations, for /citizen and /receipt, share one shell.
      const shell = await caches.open(SHELL);
      if (await shell.match(WHOLE)) return self.skipWaiting();
      await shell.addAll(FILES);
      // Without cookies: what is stored is the empty page, never somebody's.
      const pages = PAGES.flatMap((path) => TONGUES.map((tongue) => new Request(keptAs(path, tongue), { credentials: "omit", cache: "reload" })));
      await shell.addAll(pages);
      // The institution's keys as they were at the first visit; a later answer never takes their place.
      const pinned = await caches.open(PINNED);
      if (!(await pinned.match(KEYS, ANYBODY))) await pinned.add(new Request(KEYS, { cache: "reload" }));
      await shell.put(WHOLE, new Response(""));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("citizen-") && name !== SHELL && name !== PINNED);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

async function stored(url) {
  const asked = url.searchParams.get("lang");
  const tongue = TONGUES.includes(asked) ? asked : ((await self.citizen.marked("tongue")) ?? "ru");
  const shell = await caches.open(SHELL);
  return (await shell.match(keptAs(url.pathname, tongue), ANYBODY)) ?? (await shell.match(keptAs("/citizen/offline", tongue), ANYBODY));
}

async function page(request) {
  const url = new URL(request.url);
  // Only what is stored may stand in for a slow answer; the rest waits for it.
  if (!PAGES.includes(url.pathname)) return fetch(request).catch(async () => (await stored(url)) ?? Response.error());
  let answered = false;
  const network = fetch(request).then((answer) => {
    answered = true;
    return answer;
  });
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS)).then(() => (answered ? network : stored(url).then((page) => page ?? network)));
  try {
    return await Promise.race([network, late]);
  } catch {
    return (await stored(url)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(url.pathname + url.search)) {
    event.respondWith(caches.open(SHELL).then((shell) => shell.match(request, ANYBODY)).then((kept) => kept ?? fetch(request)));
  } else if (url.pathname === KEYS && !url.search) {
    event.respondWith(caches.open(PINNED).then((pinned) => pinned.match(KEYS, ANYBODY)).then((kept) => kept ?? fetch(request)));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag !== self.citizen.TAG) return;
  event.waitUntil(
    (async () => {
      const outcomes = await self.citizen.sendAll();
      for (const client of await self.clients.matchAll()) client.postMessage("sent");
      // The browser tries again later when this fails.
      if (outcomes.some((outcome) => outcome.state === "offline")) throw new Error("no connection yet");
    })(),
  );
});
