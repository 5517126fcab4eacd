// Start Pyodide, import the libraries and the app, and write the memory as the snapshot that pages start from.
// node snapshot.mjs PLAN TARGET LINKING     (PLAN: JSON, see builder/snapshot.py)
// The clock and random numbers are frozen, so the same inputs give the same bytes.

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [planFile, target, linking] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf-8"));
// Hide the path of this checkout from Python, or it ends up in the snapshot.
process.argv.splice(1, Infinity, "python");
const MOMENT = 1577836800000;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [MOMENT]));
  }
  static now() {
    return MOMENT;
  }
};
performance.now = () => 0;
Math.random = () => 0.5;
crypto.getRandomValues = (array) => array.fill(7);
createRequire(import.meta.url)("node:crypto").randomFillSync = (array) => array.fill(7);

const { loadPyodide } = await import(pathToFileURL(`${plan.core}/pyodide.mjs`));
const { default: createModule } = await import(pathToFileURL(`${plan.core}/pyodide.asm.mjs`));
// Where Emscripten finds functions in its table while it links. Some browsers must be told, see boot.js.
const places = [];
function notePlaces(settings) {
  const { get, set } = WeakMap.prototype;
  let map;
  WeakMap.prototype.set = function (key, value) {
    if (!map && typeof key === "function" && typeof value === "number")
      (map = this).get = (key) => places[places.push(get.call(map, key) ?? 0) - 1];
    return set.call(this, key, value);
  };
  settings.preRun.unshift(() => {
    WeakMap.prototype.set = set;
    delete map.get;
  });
}

let module;
const python = await loadPyodide({
  indexURL: plan.core,
  env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" },
  _makeSnapshot: true,
  // Linked before Python starts, in boot.js too, so they are at the addresses the snapshot expects.
  createPyodideModule: async (settings) => {
    const { locateFile } = settings;
    settings.dynamicLibraries = Object.keys(plan.libraries);
    settings.locateFile = (path) => plan.libraries[path] ?? locateFile(path);
    notePlaces(settings);
    return (module = await createModule(settings));
  },
});
for (const [path, file] of Object.entries({ ...plan.wheels, "/app.zip": plan.app })) python.FS.writeFile(path, readFileSync(file));
python.globals.set("plan", JSON.stringify({ standard: plan.standard, modules: plan.modules, wheels: Object.keys(plan.wheels) }));
python.runPython(`
import importlib, json, os, sys, sysconfig, zipfile
plan = json.loads(plan)
for name in plan["standard"]:
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # Not in Pyodide's standard library. Its importers handle that.
for wheel in plan["wheels"]:
    zipfile.ZipFile(wheel).extractall(sysconfig.get_path("purelib"))
    os.remove(wheel)
importlib.invalidate_caches()
sys.path.insert(0, "/app.zip")
for name in plan["modules"]:
    importlib.import_module(name)
del importlib, json, os, sys, sysconfig, zipfile, plan, name, wheel
`);
const linked = Object.keys(module.LDSO.loadedLibsByName).filter((name) => name !== "__main__");
const others = linked.filter((name) => !(name in plan.libraries));
if (others.length) throw new Error(`the snapshot needs ${others}. Add them to LIBRARIES in builder/snapshot.py.`);
writeFileSync(target, python.makeMemorySnapshot());
writeFileSync(linking, JSON.stringify(places));
process.exit(0);
