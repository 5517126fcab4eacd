// Keeps a complete version of the site on this computer. Each build has its own sw.js, so the browser installs a new
// one when the server has another build: it downloads and verifies every file, and only then takes over. A page keeps
// the version it started with. The next load uses the new one.

const BUILD = "__BUILD__";
const CACHE = `limner-site-${BUILD}`;
const CLIENTS = "limner-clients";
const SCOPE = self.registration.scope;
const AT_ONCE = 4;

const url = (path) => new URL(path, SCOPE).href;
const integrity = (sha256) => "sha256-" + btoa(String.fromCharCode(...sha256.match(/../g).map((h) => parseInt(h, 16))));
/** Names with a content hash: a file with such a name never changes. */
const hashed = (path) => /^(assets|pyodide-[0-9a-f]+)\//.test(path);

async function tell(message) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true, type: "window" })) client.postMessage(message);
}

async function download(file, cache) {
  const address = url(file.path);
  if (await cache.match(address)) return;
  if (hashed(file.path)) {
    const kept = await caches.match(address);
    if (kept) return cache.put(address, kept);
  }
  const check = { integrity: integrity(file.sha256) };
  const get = (mode) => fetch(address, { ...check, cache: mode });
  // A file in the browser's HTTP cache may be damaged or old: then fetch it from the server.
  const response = await get(hashed(file.path) ? "default" : "no-cache").catch(() => get("reload"));
  if (!response.ok) throw new Error(`${file.path}: ${response.status}`);
  await cache.put(address, response);
}

async function install() {
  const site = await (await fetch(url("site.json"), { cache: "no-cache" })).json();
  if (site.build !== BUILD) throw new Error("the server is being updated");
  const cache = await caches.open(CACHE);
  const waiting = [...site.files];
  const total = waiting.length;
  let done = 0;
  const work = async () => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      await download(file, cache);
      await tell({ type: "caching", build: BUILD, done: ++done, total });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const index = await fetch(url("index.html"), { cache: "no-cache" });
  const text = await index.clone().text();
  if (!index.ok || !text.includes(`"${BUILD}"`)) throw new Error("the server is being updated");
  // The page comes last: a version with a page is complete.
  await cache.put(url("index.html"), new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
  await self.skipWaiting();
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    install().catch(async (error) => {
      await tell({ type: "failed", build: BUILD, reason: error.name === "QuotaExceededError" ? "storage is full" : error.message });
      throw error;
    }),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(cleanUp).then(() => tell({ type: "active", build: BUILD })));
});

/** Stores which version a page runs. Variables are lost when the browser stops the worker. */
async function remember(client, build) {
  await (await caches.open(CLIENTS)).put(url(`client/${client}`), new Response(build));
}

async function buildOf(client) {
  const known = client && (await (await caches.open(CLIENTS)).match(url(`client/${client}`)));
  return known ? known.text() : undefined;
}

/** Removes versions that no page runs. If the version of a page is unknown, all stay. */
async function cleanUp() {
  if (self.registration.installing || self.registration.waiting) return;
  const notes = await caches.open(CLIENTS);
  const open = await self.clients.matchAll({ includeUncontrolled: true });
  const pages = open.filter((client) => client.type === "window").map((client) => client.id);
  for (const note of await notes.keys())
    if (!pages.includes(note.url.split("/").pop())) await notes.delete(note);
  const builds = await Promise.all(pages.map(buildOf));
  if (builds.includes(undefined)) return;
  const used = new Set([CACHE, ...builds.map((build) => `limner-site-${build}`)]);
  for (const name of await caches.keys())
    if (name.startsWith("limner-site-") && !used.has(name)) await caches.delete(name);
}

self.addEventListener("message", (event) => {
  if (event.data?.type !== "hello") return;
  event.source.postMessage({ type: "active", build: BUILD });
  event.waitUntil(remember(event.source.id, event.data.build).then(cleanUp));
});

async function page(event) {
  const kept = await (await caches.open(CACHE)).match(url("index.html"));
  if (!kept) return fetch(event.request);
  if (event.resultingClientId) event.waitUntil(remember(event.resultingClientId, BUILD));
  return kept;
}

async function file(event, path) {
  const build = hashed(path) ? BUILD : ((await buildOf(event.clientId)) ?? BUILD);
  const address = url(path);
  const kept = await (await caches.open(`limner-site-${build}`)).match(address);
  const elsewhere = !kept && hashed(path) ? await caches.match(address) : undefined;
  return kept ?? elsewhere ?? fetch(event.request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.url.split(/[?#]/)[0];
  if (request.method !== "GET" || !address.startsWith(SCOPE)) return;
  const path = address.slice(SCOPE.length);
  if (request.mode === "navigate" && ["", "index.html"].includes(path)) event.respondWith(page(event));
  else if (hashed(path) || path.startsWith("demo/")) event.respondWith(file(event, path));
});
