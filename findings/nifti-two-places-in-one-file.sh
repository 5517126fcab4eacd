#!/bin/sh
# nibabel and SimpleITK place the same NIfTI file at different positions.
#
# Versions: nibabel 5.4.2, SimpleITK 2.5.7 (run on 2026-11-29)
# You would expect: A NIfTI file defines its position. If it has both of the transforms that the format allows
#   (qform and sform), every reader prefers the same one.
# What happens: nibabel uses the sform if its code isn't 0. SimpleITK uses it only if its code is 1 (scanner),
#   and otherwise the qform. A mask that was aligned to an atlas (sform code 2 or 4) is shifted between the
#   two, without a warning.
# Output:
#   sform code 1: nibabel x = 20.0, SimpleITK x = 20.0
#   sform code 2: nibabel x = 20.0, SimpleITK x = 10.0
#   sform code 4: nibabel x = 20.0, SimpleITK x = 10.0
# What to do: Write the same transform to both, with code 1. Compare them when you read a file, and ask which
#   one is right if they differ.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "nibabel==5.4.2" "SimpleITK==2.5.7" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import nibabel as nib
import numpy as np
import SimpleITK as sitk


def moved(x):
    affine = np.eye(4)
    affine[0, 3] = x
    return affine


def places(code):
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), moved(20))
    image.set_qform(moved(10), 1)
    image.set_sform(moved(20), code)
    nib.save(image, "image.nii")
    by_nibabel = float(nib.load("image.nii").affine[0, 3])
    by_itk = -sitk.ReadImage("image.nii").GetOrigin()[0]  # LPS, so x points the other way
    print(f"sform code {code}: nibabel x = {by_nibabel}, SimpleITK x = {by_itk}")
    return by_nibabel, by_itk


assert places(1) == (20, 20)
assert places(2) == (20, 10)
assert places(4) == (20, 10)
EOF
