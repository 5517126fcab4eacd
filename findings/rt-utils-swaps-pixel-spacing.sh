#!/bin/sh
# rt-utils swaps the two pixel spacings, so contours of non-square pixels are stored in the wrong place.
#
# Versions: rt-utils 1.2.7, pydicom 3.0.2 (run on 2026-11-29)
# You would expect: The first value of PixelSpacing is the distance between rows (PS3.3, 10.7.1.3). With [2,
#   1], a pixel in column 10 of row 4 is at x = 10 mm, y = 8 mm.
# What happens: A block in columns 10 to 15 of rows 4 to 7 should have its contour at x 10..15, y 8..14 mm,
#   but both axes are scaled with the spacing of the other. Reading swaps the spacings again, so a round trip
#   through rt-utils hides the error, and square pixels never show it.
# Output: contour at x 20..30, y 4..7 mm
# What to do: Write RTSTRUCT contours yourself, with the first spacing for y, and test with pixels that are
#   not square.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "rt-utils==1.2.7" "pydicom==3.0.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import os

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from rt_utils import RTStructBuilder

STUDY, SERIES, FRAME = (pydicom.uid.generate_uid() for _ in range(3))
os.mkdir("series")
for number in range(3):
    slice_ = Dataset()
    slice_.file_meta = FileMetaDataset()
    slice_.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    slice_.SOPClassUID, slice_.SOPInstanceUID = pydicom.uid.CTImageStorage, pydicom.uid.generate_uid()
    slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = STUDY, SERIES, FRAME
    slice_.PatientName, slice_.PatientID, slice_.Modality = "Test^Nobody", "0", "CT"
    for empty in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        setattr(slice_, empty, "")
    slice_.ReferringPhysicianName = slice_.PositionReferenceIndicator = ""
    slice_.InstanceNumber, slice_.SliceThickness = number + 1, 3
    slice_.PixelSpacing = [2, 1]
    slice_.ImagePositionPatient, slice_.ImageOrientationPatient = [0, 0, 3 * number], [1, 0, 0, 0, 1, 0]
    slice_.Rows = slice_.Columns = 20
    slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
    slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 0
    slice_.RescaleSlope, slice_.RescaleIntercept = 1, 0
    slice_.PixelData = bytes(2 * 20 * 20)
    slice_.save_as(f"series/{number}.dcm", enforce_file_format=True)

mask = np.zeros((20, 20, 3), bool)
mask[4:8, 10:16, 1] = True
structures = RTStructBuilder.create_new("series")
structures.add_roi(mask=mask, name="block")
contour = structures.ds.ROIContourSequence[0].ContourSequence[0].ContourData
points = np.array(contour, float).reshape(-1, 3)
(x0, y0, z), (x1, y1, _) = points.min(0), points.max(0)
print(f"contour at x {x0:.0f}..{x1:.0f}, y {y0:.0f}..{y1:.0f} mm")
assert (x0, x1, y0, y1, z) == (20, 30, 4, 7, 3)
EOF
