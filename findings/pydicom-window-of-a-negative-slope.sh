#!/bin/sh
# pydicom's apply_windowing swaps black and white if the rescale slope is negative.
#
# Versions: pydicom 3.0.2 (run on 2026-11-29)
# You would expect: A window maps low values to black and high values to white. The rescale comes before the
#   window, so its slope doesn't matter anymore.
# What happens: The output range is computed from the slope, and a negative slope swaps its two ends: the
#   highest value gets the smallest number. With a positive slope, the result isn't 0..255 either, but covers
#   the whole range of rescaled values.
# Output:
#   slope  1: -400 -> 0, 400 -> 4095
#   slope -1: -400 -> 0, 400 -> -4095
# What to do: Apply the window to rescaled values yourself (PS3.3, C.11.2.1.2), with an output range of your
#   choice.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pydicom==3.0.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing

VALUES = np.array([[-400.0, 400.0]])  # after the modality LUT


def windowed(slope):
    image = Dataset()
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.PhotometricInterpretation = "MONOCHROME2"
    image.RescaleSlope, image.RescaleIntercept = slope, 0
    image.WindowCenter, image.WindowWidth = 0, 400
    low, high = apply_windowing(VALUES, image)[0].tolist()
    print(f"slope {slope:2}: -400 -> {low:.0f}, 400 -> {high:.0f}")
    return low, high


assert windowed(1) == (0, 4095)
assert windowed(-1) == (0, -4095)
EOF
