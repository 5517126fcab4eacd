#!/bin/sh
# pycocotools encodes a mask by where its value changes, so a label image results in wrong pixels.
#
# Versions: pycocotools 2.0.11 (run on 2026-11-29)
# You would expect: Every pixel that isn't 0 belongs to the mask, or values other than 0 and 1 raise an error.
# What happens: A run ends wherever the value changes. Where two labels touch, the second counts as
#   background, and everything after it is inverted. A mask with only 0 and 255 works, which hides the
#   mistake.
# Output:
#   mask column [0, 255, 255, 0, 0, 0] encodes to pixels [0, 1, 1, 0, 0, 0]
#   mask column [0, 1, 2, 0, 0, 0] encodes to pixels [0, 1, 0, 1, 1, 1]
# What to do: Encode `mask != 0` as uint8, one label at a time.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pycocotools==2.0.11" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import numpy as np
from pycocotools import mask as coco


def encoded(*values):
    mask = np.asfortranarray(np.array(values, np.uint8)[:, None])
    pixels = coco.decode(coco.encode(mask))[:, 0].tolist()
    print(f"mask column {list(values)} encodes to pixels {pixels}")
    return pixels


assert encoded(0, 255, 255, 0, 0, 0) == [0, 1, 1, 0, 0, 0]
assert encoded(0, 1, 2, 0, 0, 0) == [0, 1, 0, 1, 1, 1]
EOF
