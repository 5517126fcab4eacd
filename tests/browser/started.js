// Runs before the page's scripts: notes what the app takes from the browser, so that a test can give it back.
(() => {
  const [kept, opened, channels, workers, sources, watchers] = Array.from({ length: 6 }, () => new Set());
  const [timers, frames] = [new Map(), new Set()];
  let endLocks, ended, forgetting = false;
  const lockUntilEnd = () => (ended = new Promise((resolve) => (endLocks = resolve)));
  lockUntilEnd();

  const noted = (name, set) => {
    if (!globalThis[name]) return;
    globalThis[name] = class extends globalThis[name] {
      constructor(...given) {
        super(...given);
        set.add(this);
        this.limnerAddress = String(given[0]);
      }
    };
  };
  noted("BroadcastChannel", channels);
  noted("EventSource", sources);
  noted("MutationObserver", watchers);
  noted("Worker", workers);

  for (const target of [globalThis, document]) {
    const add = target.addEventListener;
    target.addEventListener = function (name, heard, options) {
      // What Python hears with can be destroyed.
      if (typeof heard?.destroy === "function") kept.add([target, name, heard, options]);
      return add.call(target, name, heard, options);
    };
  }

  const { setTimeout: later, clearTimeout: never } = globalThis;
  globalThis.setTimeout = (call, delay, ...given) => {
    const number = later((...all) => (timers.delete(number), typeof call === "function" ? call(...all) : eval(call)), delay, ...given);
    timers.set(number, call);
    return number;
  };
  globalThis.clearTimeout = (number) => (timers.delete(number), never(number));
  const draw = globalThis.requestAnimationFrame;
  globalThis.requestAnimationFrame = (call) => {
    const number = draw((time) => (frames.delete(number), call(time)));
    frames.add(number);
    return number;
  };

  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    // One that was asked for before the end and comes after it would keep the database.
    request.addEventListener("success", () => (forgetting ? request.result.close() : opened.add(request.result)));
    return request;
  };

  if (navigator.locks) {
    const request = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = (name, ...more) => {
      const [work, until] = [more.pop(), ended];
      return request(name, ...more, (lock) => Promise.race([work(lock), until]));
    };
  }

  // As it was when the app was first there.
  let before;
  const parts = () => [...document.head.children, ...document.body.children];
  const functions = [
    [globalThis, "fetch"], [globalThis, "setTimeout"], [globalThis, "clearTimeout"],
    [globalThis, "requestAnimationFrame"], [URL, "createObjectURL"], [URL, "revokeObjectURL"],
  ];
  const note = () => ({
    names: new Set(Object.getOwnPropertyNames(globalThis)),
    functions: functions.map(([place, name]) => [place, name, place[name]]),
    watchers: new Set(watchers),
    classes: document.documentElement.className,
  });
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver((_, observer) => {
      if (document.body.dataset.boot !== "ready") return;
      observer.disconnect();
      before = note();
    }).observe(document.body, { attributes: true });
  });

  const forgetAll = async () => {
    localStorage.clear();
    sessionStorage.clear();
    for (const database of opened) database.close();
    opened.clear();
    for (const { name } of await indexedDB.databases())
      await new Promise((done, fail) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = done;
        const refuse = () => fail(new Error(`${name} is still there`));
        request.onerror = refuse;
        later(refuse, 5000);
      });
    if (navigator.storage?.getDirectory) {
      const root = await navigator.storage.getDirectory();
      for await (const name of root.keys()) {
        // A worker that was ended gives its files back a moment later.
        for (let tries = 0; ; tries++)
          try {
            await root.removeEntry(name, { recursive: true });
            break;
          } catch (error) {
            if (tries > 100) throw error;
            await new Promise((done) => later(done, 10));
          }
      }
    }
    for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  };

  globalThis.limnerTests = {
    async end(code) {
      if (!before || document.body.dataset.boot !== "ready" || globalThis.__pwClock) return false;
      const heard = [...kept].findLast(([, name]) => name === "hashchange")[2];
      if (!this.python) {
        const importer = heard.__globals__.get("__builtins__").get("__import__");
        await importer("pyodide.code").code.eval_code_async(code, importer("builtins").dict());
      }
      document.activeElement?.blur();
      await this.python.get("end")(heard);
      endLocks();
      lockUntilEnd();
      for (const [target, ...listener] of kept) target.removeEventListener(...listener);
      for (const number of timers.keys()) never(number);
      for (const number of frames) cancelAnimationFrame(number);
      for (const one of [...channels, ...sources]) one.close();
      for (const one of watchers) if (!before.watchers.has(one)) (one.disconnect(), watchers.delete(one));
      for (const one of workers) if (one.limnerAddress.includes("journal")) (one.terminate(), workers.delete(one));
      for (const set of [kept, timers, frames, channels, sources]) set.clear();
      for (const [place, name, value] of before.functions) place[name] = value;
      for (const name of Object.getOwnPropertyNames(globalThis)) if (!before.names.has(name)) delete globalThis[name];
      for (const canvas of document.querySelectorAll("#app canvas"))
        canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
      for (const part of [...document.body.children])
        if (part.id === "app") part.replaceWith(Object.assign(document.createElement("div"), { id: "app" }));
        else if (part.localName === "div" || part.localName === "input") part.remove();
      for (const style of document.head.querySelectorAll("style")) if (style.textContent.includes("transition: none !important")) style.remove();
      document.documentElement.className = before.classes;
      document.title = "Limner";
      forgetting = true;
      await forgetAll();
      forgetting = false;
      return true;
    },
    async begin(fragment) {
      history.replaceState(null, "", location.pathname + fragment);
      await this.python.get("begin")();
    },
  };
})();
