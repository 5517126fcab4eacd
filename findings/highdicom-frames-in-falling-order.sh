#!/bin/sh
# highdicom stores the frames of a segmentation from the last position to the first, regardless of your order.
#
# Versions: highdicom 0.28.2, pydicom 3.0.2 (run on 2026-11-29)
# You would expect: Frame k of a segmentation belongs to slice k of the images it was made from.
# What happens: Frames are sorted by descending position along the slice normal, regardless of the order of
#   slices and mask. Pixels that you read with pydicom are in reverse order compared with the series, and look
#   plausible.
# Output:
#   labeled pixels of slices at z = [0, 3, 6]: [1, 2, 3], of frames: [3, 2, 1] at z = [6, 3, 0]
#   labeled pixels of slices at z = [3, 0, 6]: [1, 2, 3], of frames: [3, 1, 2] at z = [6, 3, 0]
# What to do: Place each frame by the ImagePositionPatient of its plane position. Never assume that frame k
#   belongs to slice k.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "highdicom==0.28.2" "pydicom==3.0.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import highdicom as hd
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes

STUDY, SERIES, FRAME = (pydicom.uid.generate_uid() for _ in range(3))


def mr_slice(height):
    slice_ = Dataset()
    slice_.file_meta = FileMetaDataset()
    slice_.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    slice_.SOPClassUID, slice_.SOPInstanceUID = pydicom.uid.MRImageStorage, pydicom.uid.generate_uid()
    slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = STUDY, SERIES, FRAME
    slice_.PatientName, slice_.PatientID, slice_.Modality = "Test^Nobody", "0", "MR"
    for empty in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        setattr(slice_, empty, "")
    slice_.ReferringPhysicianName = slice_.PositionReferenceIndicator = ""
    slice_.InstanceNumber, slice_.SliceThickness, slice_.PixelSpacing = height // 3 + 1, 3, [1, 1]
    slice_.ImagePositionPatient, slice_.ImageOrientationPatient = [0, 0, height], [1, 0, 0, 0, 1, 0]
    slice_.Rows, slice_.Columns = 4, 4
    slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
    slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 0
    slice_.PixelData = bytes(2 * 4 * 4)
    return slice_


mask = np.zeros((3, 4, 4), np.uint8)
for number in range(3):
    mask[number, 0, : number + 1] = 1
organ = hd.seg.SegmentDescription(
    1, "organ", codes.SCT.Organ, codes.SCT.Liver, hd.seg.SegmentAlgorithmTypeValues.MANUAL
)


def frames(*heights):
    """Return labeled pixels and height of each stored frame."""
    hd.seg.Segmentation(
        [mr_slice(height) for height in heights],
        mask, "BINARY", [organ], hd.UID(), 1, hd.UID(), 1, "maker", "model", "1", "1",
    ).save_as("segmentation.dcm")
    read = pydicom.dcmread("segmentation.dcm")
    stored = [
        int(frame.PlanePositionSequence[0].ImagePositionPatient[2])
        for frame in read.PerFrameFunctionalGroupsSequence
    ]
    given, counts = mask.sum((1, 2)).tolist(), read.pixel_array.sum((1, 2)).tolist()
    print(f"labeled pixels of slices at z = {list(heights)}: {given}, of frames: {counts} at z = {stored}")
    return counts, stored


assert frames(0, 3, 6) == ([3, 2, 1], [6, 3, 0])
assert frames(3, 0, 6) == ([3, 1, 2], [6, 3, 0])
EOF
