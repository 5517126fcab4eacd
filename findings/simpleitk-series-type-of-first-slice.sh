#!/bin/sh
# SimpleITK reads a DICOM series with the pixel type of its first slice and truncates the others.
#
# Versions: SimpleITK 2.5.7, pydicom 3.0.2 (run on 2026-11-29)
# You would expect: Each slice of a PET series has its own RescaleSlope, so the volume is read as floating
#   point, or with a warning about the loss.
# What happens: ITK takes the pixel type from the first slice alone. If its slope is a whole number, the
#   volume is unsigned 16-bit, and every later slice loses the fractions of its values, without a warning. The
#   same slices in the other order are read correctly.
# Output:
#   first slope 1.0: 16-bit unsigned integer, second slice [0, 0, 1, 1]
#   first slope 0.5: 64-bit float, second slice [0.0, 1.0, 2.0, 3.0]
# What to do: Pass outputPixelType=sitk.sitkFloat32 to sitk.ReadImage if slices have different slopes.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "SimpleITK==2.5.7" "pydicom==3.0.2" "numpy==2.4.6"
"$work/venv/bin/python" - <<'EOF'
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset

STUDY, SERIES, FRAME = (pydicom.uid.generate_uid() for _ in range(3))


def pet_slice(number, slope):
    """Write a 2 x 2 slice with the stored values 0 to 3."""
    slice_ = Dataset()
    slice_.file_meta = FileMetaDataset()
    slice_.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    slice_.SOPClassUID = pydicom.uid.PositronEmissionTomographyImageStorage
    slice_.SOPInstanceUID = pydicom.uid.generate_uid()
    slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = STUDY, SERIES, FRAME
    slice_.Modality, slice_.InstanceNumber = "PT", number + 1
    slice_.ImagePositionPatient = [0, 0, 3 * number]
    slice_.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    slice_.PixelSpacing, slice_.SliceThickness = [1, 1], 3
    slice_.Rows = slice_.Columns = 2
    slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
    slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 0
    slice_.RescaleSlope, slice_.RescaleIntercept, slice_.RescaleType = slope, 0, "US"
    slice_.PixelData = np.arange(4, dtype="<u2").tobytes()
    name = f"{number}-{slope}.dcm"
    slice_.save_as(name, enforce_file_format=True)
    return name


def read(*slopes):
    volume = sitk.ReadImage([pet_slice(number, slope) for number, slope in enumerate(slopes)])
    second = sitk.GetArrayFromImage(volume)[1].ravel().tolist()
    print(f"first slope {slopes[0]}: {volume.GetPixelIDTypeAsString()}, second slice {second}")
    return second


assert read(1.0, 0.5) == [0, 0, 1, 1]
assert read(0.5, 1.0) == [0, 1, 2, 3]
EOF
