// Starts Python on the page: downloads the site's files with progress, restores the snapshot (or starts without it),
// installs the app and calls it. The worker imports startPython from here. No product logic.

const SCRIPT = import.meta.url;
const SET = WeakMap.prototype.set;
const hex = (digest) => Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
const integrity = (sha256) => "sha256-" + btoa(String.fromCharCode(...sha256.match(/../g).map((h) => parseInt(h, 16))));

/** An error with a message for the person. */
class Trouble extends Error {
  constructor(title, help, details) {
    super(title);
    Object.assign(this, { title, help, details });
  }
}

/** While Python loads: counts bytes, verifies files, and notices errors that Pyodide only logs. */
function watchLoading(site, base, onBytes, room) {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  // The two large files stream: wasm compiles while it downloads, and readSnapshot verifies the snapshot.
  const checked = site.files.filter(({ path }) => !path.endsWith(".wasm") && path !== site.snapshot);
  const hashes = new Map(checked.map((file) => [new URL(file.path, base).href, integrity(file.sha256)]));
  let fail;
  const failed = new Promise((_, reject) => (fail = reject));
  failed.catch(() => {});
  const missing = (url, why) => new Trouble("A part of Limner could not be loaded.", "", `${url}: ${why}`);
  const begun = new Map();
  const get = async (input, options) => {
    const url = new URL(input.url ?? input, globalThis.location).href;
    const early = begun.get(url);
    if (early && begun.delete(url)) return early;
    let response;
    try {
      response = await fetch(input, { integrity: hashes.get(url), ...options });
    } catch (error) {
      fail(missing(url, error.message));
      throw error;
    }
    if (!response.ok) fail(missing(url, `${response.status} ${response.statusText}`));
    const wasm = url.endsWith(".wasm") && response.headers.get("Content-Type") !== "application/wasm";
    if (!response.ok || !(onBytes || wasm)) return response;
    const count = new TransformStream({ transform: (part, out) => (onBytes?.(url, part.length), out.enqueue(part)) });
    const headers = wasm ? { "Content-Type": "application/wasm" } : response.headers;
    return new Response(response.body.pipeThrough(count), { headers });
  };
  globalThis.fetch = get;
  // Compiled while everything else downloads. Pyodide requests it only when its own script runs.
  const { href } = new URL(site.pyodide + "pyodide.asm.wasm", base);
  const core = WebAssembly.compileStreaming(get(href));
  core.catch(() => {});
  begun.set(href, Promise.resolve(new Response()));
  WebAssembly.instantiateStreaming = async (_source, imports) => {
    try {
      const module = await core;
      const result = { module, instance: await WebAssembly.instantiate(module, imports) };
      const memory = result.instance.exports.memory;
      // A snapshot larger than the initial memory of wasm needs space before it is restored.
      const lacking = memory ? room - memory.buffer.byteLength : 0;
      if (lacking > 0) memory.grow(Math.ceil(lacking / 65536));
      return result;
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  const restore = () => Object.assign(globalThis, { fetch }) && Object.assign(WebAssembly, { instantiateStreaming });
  const load = async (url) => (await Promise.race([get(url), failed])).arrayBuffer();
  /** Starts to download a file that Pyodide requests later. */
  const begin = (url) => {
    const response = get(url);
    response.catch(() => {});
    begun.set(url, response);
    return response;
  };
  return { failed, restore, get, load, begin };
}

async function readSnapshot(site, base, get, check) {
  const buffer = await (await get(new URL(site.snapshot, base))).arrayBuffer();
  if (buffer.byteLength !== site.snapshot_bytes) throw new Error(`snapshot has ${buffer.byteLength} bytes`);
  if (check && globalThis.crypto?.subtle) {
    const digest = hex(await crypto.subtle.digest("SHA-256", buffer));
    if (digest !== site.files.find((file) => file.path === site.snapshot).sha256) throw new Error("snapshot has another hash");
  }
  return buffer;
}

async function tryStart(site, base, { packages, snapshot, onBytes, onStep, check }) {
  const root = new URL(site.pyodide, base).href;
  const watch = watchLoading(site, base, onBytes, snapshot ? site.snapshot_bytes : 0);
  try {
    const code = Promise.all([import(root + "pyodide.mjs"), import(root + "pyodide.asm.mjs")]);
    const app = watch.load(new URL(site.app, base));
    const image = snapshot ? readSnapshot(site, base, watch.get, check) : undefined;
    const libraries = new Map(snapshot ? site.libraries.map(([name, path]) => [name, new URL(path, base).href]) : []);
    // Before Pyodide starts: if it failed halfway, it would keep running next to the plain start.
    const arrived = Promise.all([...libraries.values()].map(watch.begin));
    const places = snapshot && losesFunctions() ? watch.load(new URL(site.linking, base)) : undefined;
    for (const part of [code, app, image, arrived, places]) part?.catch(() => {});
    watch.begin(root + "python_stdlib.zip");
    const lock = await (await watch.get(root + "pyodide-lock.json")).json();
    const load = ({ name, file_name }) => [name, watch.load(root + file_name)];
    const needed = [...withDependencies(lock, packages)];
    const early = snapshot ? [] : needed.map(load);
    for (const [, wheel] of early) wheel.catch(() => {});
    const [[{ loadPyodide }, { default: createModule }]] = await Promise.all([code, arrived]);
    onStep("Starting Python");
    const createPyodideModule = async (settings) => {
      if (places) answerPlaces(settings, JSON.parse(new TextDecoder().decode(await places)));
      return createModule(withLibraries(settings, libraries));
    };
    const options = { indexURL: root, lockFileContents: lock, packageBaseUrl: root, createPyodideModule };
    if (image) options._loadSnapshot = image;
    const python = await Promise.race([loadPyodide(options), watch.failed]);
    onStep("Loading libraries");
    python.FS.writeFile("/app.zip", new Uint8Array(await app));
    // Every page that starts from a snapshot has the same random state.
    python.runPython("import random, sys; random.seed(); '/app.zip' in sys.path or sys.path.insert(0, '/app.zip')");
    const { kept_wheels, refresh_app } = python.pyimport("webapp.py.browser.libraries");
    refresh_app("/app.zip");
    for (const { name } of needed) python.loadedPackages[name] = "default channel";
    const keep = async (wheels) => {
      for (const [name, wheel] of wheels) kept_wheels.keep(name, await wheel);
    };
    if (!snapshot) await keep(early);
    let whole;
    // The snapshot contains what a page needs of them, so their files can come last.
    const complete = () => (whole ??= snapshot ? keep(needed.map(load)) : Promise.resolve());
    return { python, complete };
  } finally {
    watch.restore();
    WeakMap.prototype.set = SET;
  }
}

/** Returns whether functions in tables get another identity at each place, as in WebKit, so that Emscripten doesn't find them. */
function losesFunctions() {
  // A module with a table that has one function at two places.
  const code = "0061736d01000000"+"010401600000"+"03020100"+"040401700002"+"07050101740100"+"0908010041000b020000"+"0a040102000b";
  const { t } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(code.match(/../g), (h) => parseInt(h, 16)))).exports;
  return t.get(0) !== t.get(1);
}

/** Tells Emscripten where functions are in the table while it links, as noted when the snapshot was taken: 0 for not there yet. */
function answerPlaces(settings, places) {
  let map;
  let next = 0;
  WeakMap.prototype.set = function (key, value) {
    // No other map has numbers by function.
    if (!map && typeof key === "function" && typeof value === "number") (map = this).get = () => places[next++];
    return SET.call(this, key, value);
  };
  settings.preRun.unshift(() => {
    delete map.get;
    if (next !== places.length) throw new Error(`the snapshot was linked with ${places.length} functions, not ${next}`);
  });
}

/** Links the shared libraries of the snapshot before its memory is restored, as when it was taken. */
function withLibraries(settings, libraries) {
  const { locateFile } = settings;
  settings.dynamicLibraries = [...libraries.keys()];
  settings.locateFile = (path) => libraries.get(path) ?? locateFile(path);
  return settings;
}

function withDependencies(lock, names, found = new Set()) {
  for (const entry of names.map((name) => lock.packages[name])) {
    if (!entry || found.has(entry)) continue;
    found.add(entry);
    withDependencies(lock, entry.depends, found);
  }
  return found;
}

/** Loads packages of our lock file. Pyodide only logs failures, here they are errors. */
export async function loadPackages(python, names) {
  const problems = [];
  await python.loadPackage(names, { messageCallback: () => {}, errorCallback: (line) => problems.push(line) });
  const absent = names.filter((name) => !(name in python.loadedPackages));
  if (absent.length) throw new Trouble("A part of Limner could not be loaded.", "", `${absent}: ${problems.join("\n")}`);
}

/** Starts Python from the snapshot, or without it if that fails. `complete()` loads the rest of its libraries. */
export async function startPython(site, base, options = {}) {
  const { packages = [], plain = false, onStep = () => {}, onBytes, check = false } = options;
  const settings = { packages, onStep, onBytes, check };
  if (site.snapshot && !plain) {
    try {
      return { ...(await tryStart(site, base, { ...settings, snapshot: true })), how: "snapshot" };
    } catch (error) {
      console.warn("starting without the snapshot:", error);
    }
  }
  return { ...(await tryStart(site, base, { ...settings, snapshot: false })), how: "plain" };
}

/** Returns why the page could not start. Checks each file it needs before blaming anything else. */
async function explain(error, site, base) {
  if (error.help) return error;
  const details = error.details ?? String(error.stack ?? error);
  if (/QuotaExceeded|storage is full/i.test(details))
    return new Trouble("The browser's storage on this computer is full.", "Free some disk space, or remove data of other sites in the browser settings, then try again. Your saved work is still there.", details);
  if (/out of memory|could not allocate memory|Cannot enlarge memory|Array buffer allocation/i.test(details))
    return new Trouble("The browser has too little memory.", "Close other tabs or programs, then try again.", details);
  const needed = site.files.filter((file) => file.path.startsWith(site.pyodide) ? !file.path.endsWith(".whl") || site.packages.page.some((name) => details.includes(name)) : [site.app, site.snapshot].includes(file.path));
  for (const file of needed) {
    const url = new URL(file.path, base).href;
    const tell = (help, why) => new Trouble("A part of Limner could not be loaded.", help, `${url}: ${why}\n${details}`);
    try {
      const response = await fetch(url, { cache: "no-cache" });
      if (response.status === 404) return tell("A file is missing on the server. Ask your admin to build and install Limner again.", "404");
      if (!response.ok) return tell("The server answered with an error. Try again. If it keeps happening, contact your admin.", response.status);
      await response.arrayBuffer();
    } catch (problem) {
      return tell("The server could not be reached. Check your network, then try again.", problem.message);
    }
    try {
      await fetch(url, { cache: "force-cache", integrity: integrity(file.sha256) });
    } catch (problem) {
      return tell("A file on the server is damaged: it differs from the one this version was built with. Ask your admin to build and install Limner again.", "wrong content (sha256)");
    }
  }
  return new Trouble(error.title ?? "Limner could not start.", error.help || "Try again. If it keeps happening, send the details below to your admin.", details);
}

function showProgress(site) {
  const [bar, text] = [document.getElementById("boot-progress"), document.getElementById("boot-step")];
  const wanted = site.files.filter(({ path }) => /\.wasm$|stdlib\.zip$|lock\.json$/.test(path) || [site.app, site.snapshot, ...site.libraries.map((pair) => pair[1])].includes(path));
  const total = wanted.reduce((sum, file) => sum + file.size, 0);
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  let done = 0;
  const onBytes = (_url, count) => {
    done = Math.min(done + count, total);
    bar.max = total;
    bar.value = done;
    text.textContent = `Loading ${mb(done)} of ${mb(total)} MB`;
  };
  const onStep = (step) => (text.textContent = `${step} …`);
  return { onBytes, onStep };
}

function showTrouble(trouble) {
  const main = document.querySelector("#boot main");
  const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const [details, retry] = [document.createElement("details"), make("button", "Try again")];
  details.append(make("summary", "Details"), make("pre", trouble.details));
  retry.onclick = () => location.reload();
  main.replaceChildren(make("h1", trouble.title), make("p", trouble.help), retry, details);
  main.setAttribute("role", "alert");
  document.body.dataset.boot = "failed";
}

/** Registers the service worker and reports its state: ready for offline use, an update, a failed download. */
async function keepOffline(site, report) {
  if (!navigator.serviceWorker) return report({ type: "unsupported" });
  const worker = navigator.serviceWorker;
  worker.addEventListener("message", ({ data }) => report(data));
  try {
    const registration = await worker.register("sw.js", { updateViaCache: "none" });
    (await worker.ready).active.postMessage({ type: "hello", build: site.build });
    addEventListener("online", () => registration.update().catch(() => {}));
    setInterval(() => registration.update().catch(() => {}), 30 * 60 * 1000);
  } catch (error) {
    report({ type: "failed", reason: String(error.message ?? error) });
  }
}

function checkWebAssembly() {
  if (typeof WebAssembly !== "object")
    throw new Trouble("This browser does not allow WebAssembly.", "Limner runs Python in the browser and needs it. Allow WebAssembly in the browser settings or policy, or use another browser.", "WebAssembly is not defined");
}

function checkStorage() {
  return new Promise((resolve, reject) => {
    const blocked = (error) => reject(error?.name === "QuotaExceededError" ? error : new Trouble("This browser does not allow the page to save anything on this computer.", "Allow site data for this address, or leave the private window, then try again.", String(error)));
    try {
      const request = indexedDB.open("limner-probe");
      request.onerror = () => blocked(request.error);
      request.onsuccess = () => (request.result.close(), resolve());
    } catch (error) {
      blocked(error);
    }
  });
}

async function bootPage() {
  try {
    const theme = localStorage.getItem("limner.theme");
    if (theme === "light" || theme === "dark") document.documentElement.classList.add(theme);
  } catch {} // Storage is blocked, which checkStorage reports.
  const site = JSON.parse(document.getElementById("site").textContent);
  const base = new URL(".", location.href.split(/[?#]/)[0]).href;
  const reports = [];
  let listener;
  const report = (message) => {
    if (message.type === "active") document.body.dataset.offline = message.build === site.build ? "ready" : "update";
    else if (message.type !== "caching") document.body.dataset.offline = message.type;
    listener ? listener(message) : reports.push(message);
  };
  try {
    const { onBytes, onStep } = showProgress(site);
    const first = !navigator.serviceWorker?.controller;
    const plain = new URLSearchParams(location.search).get("boot") === "plain";
    const options = { packages: site.packages.page, plain, onStep, onBytes: first ? onBytes : undefined, check: first };
    checkWebAssembly();
    const started = Promise.all([startPython(site, base, options), checkStorage()]);
    const [{ python, how, complete }] = await started;
    onStep("Opening your workspace");
    const listen = (callback) => reports.splice(0).forEach((listener = callback));
    globalThis.limnerBoot = { site, base, how, script: SCRIPT, onStep, listen, complete };
    await python.runPythonAsync("from webapp.py.browser.start import begin\nawait begin()");
    document.getElementById("boot").remove();
    Object.assign(document.body.dataset, { boot: "ready", how });
    complete().catch((error) => console.warn("parts of libraries:", error));
  } catch (error) {
    showTrouble(await explain(error, site, base));
  }
  keepOffline(site, report);
}

if (globalThis.document) bootPage();
