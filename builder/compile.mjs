// Compile every .py file below a folder to bytecode for Pyodide's Python, as a .pyc next to it.
// node compile.mjs CORE_FOLDER FOLDER PLACE     (PLACE: the path of the files in the browser)
// Use one process per folder, because earlier compilations in a process change the bytes.

import { pathToFileURL } from "node:url";

const [core, folder, place] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: core, env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" } });
python.mountNodeFS("/work", folder);
python.globals.set("place", place);
python.runPython(`
import importlib.util
from importlib._bootstrap_external import _code_to_hash_pyc
from pathlib import Path
for path in sorted(Path("/work").rglob("*.py")):
    source = path.read_bytes()
    code = compile(source, f"{place}/{path.relative_to('/work')}", "exec", dont_inherit=True, optimize=0)
    # These files never change without their bytecode, so Python need not compare them at import.
    path.with_suffix(".pyc").write_bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))
`);
process.exit(0);
