#!/bin/sh
# ITK reads the wrong spacing for a DICOM segmentation that omits an empty slice.
#
# Versions: SimpleITK 2.5.7 (ITK 5.4), highdicom 0.28.2, pydicom 3.0.2 (run on 2026-11-29)
# You would expect: A segmentation of four slices 3 mm apart has a spacing of 3 mm, whether or not every
#   slice has a labeled pixel.
# What happens: Writers omit frames without labeled pixels by default, so only three frames are stored. ITK
#   then reads a spacing of 1 mm and a direction that points the other way, without a warning: the object has
#   a third of its length and is upside down.
# Output:
#   all slices labeled: 4 frames, spacing 3.0, direction -1.0
#   one slice empty:    3 frames, spacing 1.0, direction 1.0
# What to do: Read segmentations with a DICOM library that places each frame by its own plane position, or
#   write them with omit_empty_frames=False if they are read with ITK.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "SimpleITK==2.5.7" "highdicom==0.28.2" "pydicom==3.0.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import highdicom as hd
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes

STUDY, SERIES, FRAME = (pydicom.uid.generate_uid() for _ in range(3))


def ct_slice(number):
    """Return an empty 4 x 5 slice, 3 mm above the one before it."""
    slice_ = Dataset()
    slice_.file_meta = FileMetaDataset()
    slice_.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    slice_.SOPClassUID = slice_.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    slice_.SOPInstanceUID = slice_.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = STUDY, SERIES, FRAME
    slice_.PatientName, slice_.PatientID, slice_.Modality = "Test^Nobody", "0", "CT"
    for empty in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        setattr(slice_, empty, "")
    slice_.ReferringPhysicianName = slice_.PositionReferenceIndicator = ""
    slice_.InstanceNumber, slice_.SliceThickness, slice_.PixelSpacing = number + 1, 3, [1, 1]
    slice_.ImagePositionPatient, slice_.ImageOrientationPatient = [0, 0, 3 * number], [1, 0, 0, 0, 1, 0]
    slice_.Rows, slice_.Columns = 4, 5
    slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
    slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 0
    slice_.RescaleSlope, slice_.RescaleIntercept = 1, 0
    slice_.PixelData = bytes(2 * 4 * 5)
    return slice_


def read(label, mask):
    organ = hd.seg.SegmentDescription(
        1, "organ", codes.SCT.Organ, codes.SCT.Liver, hd.seg.SegmentAlgorithmTypeValues.MANUAL
    )
    slices = [ct_slice(number) for number in range(4)]
    uids = hd.UID(), hd.UID()
    written = hd.seg.Segmentation(
        slices, mask, "BINARY", [organ], uids[0], 1, uids[1], 1, "maker", "model", "1", "1"
    )
    written.save_as("segmentation.dcm")
    image = sitk.ReadImage("segmentation.dcm")
    spacing, direction = image.GetSpacing()[2], image.GetDirection()[8]
    print(f"{label:<19} {written.NumberOfFrames} frames, spacing {spacing}, direction {direction}")
    return written.NumberOfFrames, spacing, direction


mask = np.ones((4, 4, 5), np.uint8)
assert read("all slices labeled:", mask) == (4, 3, -1)
mask[1] = 0
assert read("one slice empty:", mask) == (3, 1, 1)
EOF
