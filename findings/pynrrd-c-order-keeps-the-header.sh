#!/bin/sh
# pynrrd's C order reverses the axes of the data but not of the header, so axes get the wrong spacing.
#
# Versions: pynrrd 1.1.3, SimpleITK 2.5.7 (run on 2026-11-29)
# You would expect: nrrd.read(..., index_order='C') returns data and header in the same order of axes, so
#   spacings[k] belongs to axis k.
# What happens: The array is transposed, and the header stays in file order. There is no error if you write an
#   array of slices, rows, and columns with its spacings in that order: the file then says that columns are as
#   far apart as slices.
# Output:
#   read in C order: shape (2, 3, 4), spacings [1.0, 2.0, 5.0] (slices are 5 apart)
#   written in C order with spacings [5, 2, 1]: 4 columns, which are 5.0 apart
# What to do: Use index_order='F' for both, and transpose the array yourself.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pynrrd==1.1.3" "SimpleITK==2.5.7" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import nrrd
import numpy as np
import SimpleITK as sitk

# Four columns, three rows, two slices: 1, 2 and 5 mm apart.
nrrd.write("f.nrrd", np.zeros((4, 3, 2), np.uint8), {"spacings": [1.0, 2.0, 5.0]})
data, header = nrrd.read("f.nrrd", index_order="C")
print(f"read in C order: shape {data.shape}, spacings {header['spacings'].tolist()} (slices are 5 apart)")
assert data.shape == (2, 3, 4)
assert header["spacings"].tolist() == [1, 2, 5]

nrrd.write("c.nrrd", np.zeros((2, 3, 4), np.uint8), {"spacings": [5.0, 2.0, 1.0]}, index_order="C")
image = sitk.ReadImage("c.nrrd")
columns, apart = image.GetSize()[0], image.GetSpacing()[0]
print(f"written in C order with spacings [5, 2, 1]: {columns} columns, which are {apart} apart")
assert (columns, apart) == (4, 5)
EOF
