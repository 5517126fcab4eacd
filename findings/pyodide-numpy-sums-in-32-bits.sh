#!/bin/sh
# numpy in Pyodide sums the pixels of a 16-bit image in 32 bits and overflows silently.
#
# Versions: pyodide 314.0.3 (npm), numpy 2.4.3 for Pyodide (a file in open-webui 0.12.4) (run on 2026-11-29)
# You would expect: numpy widens small integers for sums, and its default integer has had 64 bits on every
#   platform since version 2. image.sum() is the same in the browser as on a server.
# What happens: The default integer is as wide as a pointer, which is 32 bits in WebAssembly. The sum of 512 x
#   512 pixels of 20,000 wraps around without a warning. mean() is right, because it adds in floating point.
# Output:
#   native arithmetic: 5242880000
#   numpy in Pyodide:  947912704 (uint32), mean 20000.0
# What to do: Pass the type: image.sum(dtype=np.int64), and the same for cumsum, prod, dot and bincount.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: "open-webui==0.12.4"
"$work/venv/bin/python" - <<'EOF'
import pathlib
import zipfile

(carrier,) = pathlib.Path().glob("open_webui-*.whl")
with zipfile.ZipFile(carrier) as wheel:
    (numpy,) = [name for name in wheel.namelist() if "/numpy-" in name and name.endswith(".whl")]
    pathlib.Path("numpy.whl").write_bytes(wheel.read(numpy))
carrier.unlink()
EOF
npm install --silent --no-audit --no-fund --no-save "pyodide@314.0.3"
cat > sums.mjs <<'EOF'
import { loadPyodide } from "pyodide";
import assert from "node:assert";
import { readFileSync } from "node:fs";

const python = await loadPyodide();
python.unpackArchive(new Uint8Array(readFileSync("numpy.whl")), "wheel");
const [version, sum, type, mean] = python
  .runPython(`
import numpy as np
from pyodide.ffi import to_js
image = np.full((512, 512), 20_000, np.uint16)
to_js([np.__version__, int(image.sum()), str(image.sum().dtype), float(image.mean())])
`);
console.log(`native arithmetic: ${512 * 512 * 20000}`);
console.log(`numpy in Pyodide:  ${sum} (${type}), mean ${mean.toFixed(1)}`);
assert.equal(version, "2.4.3");
assert.equal(sum, 947912704);
assert.equal(type, "uint32");
assert.equal(mean, 20000);
process.exit(0);
EOF
node sums.mjs
