// Starts Pyodide, imports pure Python modules, and writes the memory as a snapshot that a page starts from.
// node snapshot.mjs CORE_FOLDER TARGET MODULE...
// Clock and random numbers stand still while it runs, so that the same inputs give the same bytes.

import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, target, ...modules] = process.argv.slice(2);
// Where this checkout lies is nothing that Python may see: it would be in the snapshot.
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

const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: core,
  env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" },
  _makeSnapshot: true,
});
python.globals.set("names", modules.join(" "));
python.runPython(`
import importlib
for name in names.split():
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # Not in Pyodide's standard library; whoever imports it guards for that.
del importlib, name, names
`);
writeFileSync(target, python.makeMemorySnapshot());
process.exit(0);
