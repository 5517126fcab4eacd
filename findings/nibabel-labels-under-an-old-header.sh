#!/bin/sh
# nibabel stores integer labels as fractions if you reuse the header of the image they came from.
#
# Versions: nibabel 5.4.2 (run on 2026-11-29)
# You would expect: If you read labels 0 to 7 with get_fdata() and save them with the header of their int16
#   file, they are still 0 to 7.
# What happens: get_fdata() returns float64, but the header still says int16, so nibabel scales the values to
#   the full range of int16 and rounds. Most labels come back slightly off, and astype(int) turns 2 into 1.
# Output:
#   0 to 7 saved and read: [0.0, 0.99998, 1.99997, 2.99995, 4.00005, 5.00003, 6.00002, 7.0]
#   as whole numbers:      [0, 0, 1, 2, 4, 5, 6, 6]
# What to do: Read labels with np.asarray(image.dataobj), or call set_data_dtype and cast before saving.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "nibabel==5.4.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import nibabel as nib
import numpy as np

labels = np.arange(8, dtype=np.int16).reshape(2, 2, 2)
nib.save(nib.Nifti1Image(labels, np.eye(4)), "labels.nii")
first = nib.load("labels.nii")
nib.save(nib.Nifti1Image(first.get_fdata(), first.affine, first.header), "again.nii")
again = nib.load("again.nii").get_fdata().ravel()
print("0 to 7 saved and read:", again.round(5).tolist())
print("as whole numbers:     ", again.astype(int).tolist())
assert again.astype(int).tolist() == [0, 0, 1, 2, 4, 5, 6, 6]
EOF
