#!/bin/sh
# In Pyodide, a JSON null is not None, and a None value loses its key on the way back.
#
# Versions: pyodide 314.0.3 (npm) (run on 2026-11-29)
# You would expect: JSON.parse(...).to_py() gives what json.loads gives, and to_js followed by
#   JSON.stringify gives what json.dumps gives.
# What happens: null becomes pyodide.ffi.jsnull, which is false but neither None nor equal to it, so 'is None'
#   checks miss it. None becomes undefined, and JSON.stringify drops the key.
# Output:
#   in:  {'review': jsnull}, is None: False, == None: False
#   out: {} for {'review': None}
# What to do: Use Python's own json in both directions and pass text, or handle jsnull when you convert.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
npm install --silent --no-audit --no-fund --no-save "pyodide@314.0.3"
cat > null.mjs <<'EOF'
import { loadPyodide } from "pyodide";
import assert from "node:assert";

const python = await loadPyodide();
const [shown, isNone, equal, stringified] = python
  .runPython(`
from js import JSON, Object
from pyodide.ffi import to_js
record = JSON.parse('{"review": null}').to_py()
out = JSON.stringify(to_js({"review": None}, dict_converter=Object.fromEntries))
to_js([repr(record), record["review"] is None, record["review"] == None, out])
`);
console.log(`in:  ${shown}, is None: ${isNone}, == None: ${equal}`);
console.log(`out: ${stringified} for {'review': None}`);
assert.equal(shown, "{'review': jsnull}");
assert.equal(isNone, false);
assert.equal(equal, false);
assert.equal(stringified, "{}");
process.exit(0);
EOF
node null.mjs
