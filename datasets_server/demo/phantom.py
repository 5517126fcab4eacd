"""A CT series computed from ellipsoids, so that every voxel's organ and HU value are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

SLICES, ROWS, COLUMNS = 60, 512, 512
SPACING = (2.5, 0.8, 0.8)
"""Distance of voxel centers in mm along slices, rows and columns."""
AIR = -1000
NOISE = 8.0
"""Standard deviation of the noise in HU."""
INTERCEPT = -1024
FOLDER = "ct/abdomen"

Volume = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Organ:
    """An ellipsoid of one HU value.

    Center and radii are in mm along the patient axes: x to the patient's left, y to the back, z to the head.
    """

    name: str
    hu: int
    center: tuple[float, float, float]
    radii: tuple[float, float, float]


ORGANS = (
    Organ("body", -100, (0, 0, 0), (170, 120, 900)),
    Organ("muscle", 55, (0, 0, 0), (156, 106, 900)),
    Organ("left lung", -850, (74, -8, 78), (56, 68, 72)),
    Organ("right lung", -850, (-74, -8, 78), (56, 68, 72)),
    Organ("liver", 110, (-66, -16, -8), (76, 70, 56)),
    Organ("liver lesion", 65, (-88, -24, -6), (14, 12, 11)),
    Organ("gallbladder", 10, (-38, -52, -34), (14, 18, 20)),
    Organ("stomach", 30, (58, -42, -4), (44, 32, 40)),
    Organ("spleen", 125, (100, 34, -6), (27, 38, 44)),
    Organ("right kidney", 180, (-58, 48, -48), (27, 24, 48)),
    Organ("left kidney", 180, (60, 50, -40), (27, 24, 48)),
    Organ("aorta", 160, (12, 36, 0), (11, 11, 900)),
    Organ("spine", 350, (0, 70, 0), (22, 20, 900)),
    Organ("spinal canal", 20, (0, 80, 0), (8, 7, 900)),
)
"""All organs. Where two overlap, the later one counts."""


def _axis(count: int, spacing: float) -> npt.NDArray[np.float64]:
    return (np.arange(count, dtype=np.float64) - (count - 1) / 2) * spacing


@cache
def organ_labels() -> npt.NDArray[np.uint8]:
    """Return which organ each voxel belongs to.

    Returns
    -------
    (60, 512, 512) array of uint8
        0 for air, else 1 + the index in `ORGANS`. Read-only. Axes: slice (towards the head), row, column.
    """
    labels = np.zeros((SLICES, ROWS, COLUMNS), np.uint8)
    axes = [_axis(*pair) for pair in zip(labels.shape, SPACING, strict=True)]
    for number, organ in enumerate(ORGANS, 1):
        squares = [
            ((axis - center) / radius) ** 2
            for axis, center, radius in zip(axes, organ.center[::-1], organ.radii[::-1], strict=True)
        ]
        spans = [np.flatnonzero(square <= 1) for square in squares]
        box = tuple(slice(span[0], span[-1] + 1) for span in spans)
        z, y, x = (square[part] for square, part in zip(squares, box, strict=True))
        labels[box][z[:, None, None] + y[:, None] + x <= 1] = number
    labels.flags.writeable = False
    return labels


def organ_mask(name: str) -> Mask:
    """Return where an organ is and no later organ covers it.

    Parameters
    ----------
    name : str
        Name of an organ in `ORGANS`.

    Returns
    -------
    (60, 512, 512) array of bool
        True where the series shows this organ.

    Raises
    ------
    ValueError
        When there is no such organ.

    Examples
    --------
    >>> organ_mask("spleen").shape
    (60, 512, 512)
    """
    number = [organ.name for organ in ORGANS].index(name) + 1
    return np.asarray(organ_labels() == number)


@cache
def hu_volume() -> Volume:
    """Return the series in HU with its noise, (60, 512, 512) int16, read-only. The same on every computer."""
    exact = np.array([AIR, *(organ.hu for organ in ORGANS)], np.int16)[organ_labels()]
    # RandomState, not default_rng: numpy promises that its numbers never change.
    source = np.random.RandomState(20240501)
    for plane in exact:
        plane += np.rint(source.standard_normal(plane.shape) * NOISE).astype(np.int16)
    np.maximum(exact, INTERCEPT, out=exact)
    exact.flags.writeable = False
    return exact


def _uid(*words: str) -> UID:
    return generate_uid(entropy_srcs=["limner demo phantom", *words])


def _series() -> Dataset:
    shared = Dataset()
    shared.SpecificCharacterSet = "ISO_IR 192"
    shared.SOPClassUID = CTImageStorage
    shared.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    shared.Modality, shared.Manufacturer = "CT", "Limner"
    shared.PatientName, shared.PatientID = "Phantom^Abdomen", "LIMNER-PHANTOM"
    shared.PatientBirthDate, shared.PatientSex, shared.PatientPosition = "", "O", "HFS"
    shared.StudyDate = shared.SeriesDate = shared.ContentDate = "20240501"
    shared.StudyTime = shared.SeriesTime = shared.ContentTime = "120000"
    shared.StudyID, shared.AccessionNumber, shared.ReferringPhysicianName = "1", "", ""
    shared.StudyDescription, shared.SeriesDescription = "Computed phantom", "Abdomen 2.5 mm"
    shared.BodyPartExamined, shared.SeriesNumber, shared.AcquisitionNumber = "ABDOMEN", 1, 1
    shared.StudyInstanceUID, shared.SeriesInstanceUID = _uid("study"), _uid("series")
    shared.FrameOfReferenceUID, shared.PositionReferenceIndicator = _uid("frame"), ""
    shared.KVP, shared.SliceThickness, shared.SpacingBetweenSlices = 120, SPACING[0], SPACING[0]
    shared.PixelSpacing = list(SPACING[1:])
    shared.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.SamplesPerPixel, shared.PhotometricInterpretation = 1, "MONOCHROME2"
    shared.Rows, shared.Columns = ROWS, COLUMNS
    shared.BitsAllocated, shared.BitsStored, shared.HighBit, shared.PixelRepresentation = 16, 12, 11, 0
    shared.RescaleIntercept, shared.RescaleSlope, shared.RescaleType = INTERCEPT, 1, "HU"
    shared.WindowCenter, shared.WindowWidth = [40, -600], [400, 1500]
    shared.WindowCenterWidthExplanation = ["ABDOMEN", "LUNG"]
    return shared


def encode_slices() -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each DICOM file of the series, from the feet to the head."""
    corner = [float(_axis(COLUMNS, SPACING[2])[0]), float(_axis(ROWS, SPACING[1])[0])]
    heights = _axis(SLICES, SPACING[0])
    shared = _series()
    for index, plane in enumerate(hu_volume()):
        uid = _uid("slice", str(index))
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, uid
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image = FileDataset("", shared, file_meta=meta, preamble=bytes(128))
        image.SOPInstanceUID, image.InstanceNumber = uid, index + 1
        image.ImagePositionPatient = [*corner, float(heights[index])]
        image.SliceLocation = float(heights[index])
        image.PixelData = (plane - INTERCEPT).astype("<u2").tobytes()
        image["PixelData"].VR = "OW"
        out = BytesIO()
        image.save_as(out, enforce_file_format=True)
        yield f"{FOLDER}/slice-{index + 1:03}.dcm", out.getvalue()
