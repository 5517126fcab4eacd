"""Where the frames of a DICOM file are, and the size and shape of their pixels.

Functional groups give these values for each frame. Other files with several frames have vectors instead, with
one number for each frame.
"""

from __future__ import annotations

import math
from typing import Any

from pydicom import Dataset
from pydicom.tag import Tag

from webapp.py.imaging.dicom_elements import element, from_groups, number, numbers, several, text, whole
from webapp.py.imaging.series import normal_of

MOST_UNEVEN = 50.0
"""Largest ratio of the sides of a pixel. A larger one is an error in the file."""
_AT_DETECTOR = ("ImagerPixelSpacing", "NominalScannedPixelSpacing")
_TIMES = {Tag("FrameTime"), Tag("FrameTimeVector")}
_FLAT, _CENTIMETERS = 1, 3
"""Codes of ultrasound regions: an image of a plane, and lengths in cm."""
_EQUAL = 1e-3
"""Largest relative difference of two spacings that count as equal."""


def spacing(data: Dataset, index: int = 0) -> tuple[float, ...]:
    """Return the distances from row to row and from column to column in mm; empty if the file has none.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelSpacing = [0.5, 0.25]
    >>> spacing(data)
    (0.5, 0.25)
    """
    return _in_patient(data, index) or _of_regions(data) or _at_detector(data)


def at_detector(data: Dataset, index: int = 0) -> bool:
    """Return whether `spacing` is measured at the detector or on a scanned film (PS3.3 10.7.1.3).

    A pixel spacing that equals the one at the detector was not corrected for magnification, unless the file
    says how it was calibrated (PS3.3 10.7.1.1).

    Examples
    --------
    >>> data = Dataset()
    >>> data.ImagerPixelSpacing = [0.5, 0.25]
    >>> at_detector(data)
    True
    """
    here, there = _in_patient(data, index), _at_detector(data)
    if not here:
        return bool(there) and not _of_regions(data)
    return bool(there) and _close(here, there) and not text(data, "PixelSpacingCalibrationType")


def aspect(data: Dataset, index: int = 0) -> float:
    """Return the height of a pixel relative to its width.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelAspectRatio = [2, 1]
    >>> aspect(data)
    2.0
    """
    down, across = spacing(data, index) or _positive(element(data, "PixelAspectRatio")) or (1.0, 1.0)
    found = down / across
    return found if 1 / MOST_UNEVEN <= found <= MOST_UNEVEN else 1.0


def directions(data: Dataset) -> tuple[str, ...]:
    """Return which way rows and columns run in the patient, as letters (PS3.3 C.7.6.1.1.1).

    Examples
    --------
    >>> data = Dataset()
    >>> data.PatientOrientation = ["L", "F"]
    >>> directions(data)
    ('L', 'F')
    """
    found = tuple(str(one).strip().upper() for one in several(element(data, "PatientOrientation")))
    return found if len(found) == 2 and all(one.isalpha() for one in found) else ()


def orientation(data: Dataset, index: int = 0) -> tuple[float, ...]:
    """Return the directions along rows and columns of a frame in patient coordinates; empty if unknown.

    Examples
    --------
    >>> data = Dataset()
    >>> data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    >>> orientation(data)
    (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    """
    found = numbers(from_groups(data, index, "PlaneOrientationSequence", "ImageOrientationPatient"), 6)
    return found or numbers(_of_detector(data, index, "ImageOrientationPatient"), 6)


def position(data: Dataset, index: int = 0) -> tuple[float, ...]:
    """Return the center of the first pixel of a frame in patient coordinates, in mm; empty if it is unknown.

    If the file has one position for several frames, a vector must say where the others are: grid frame
    offsets of a dose, or slices of nuclear medicine. Frames of a time series are all at that position.

    References
    ----------
    DICOM PS3.3 C.7.6.16.2.3 (functional group), C.8.8.3.2 (dose grid), C.8.4.15 (nuclear medicine).

    Examples
    --------
    >>> data = Dataset()
    >>> data.NumberOfFrames, data.GridFrameOffsetVector = 2, [0, 2.5]
    >>> data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 10], [1, 0, 0, 0, 1, 0]
    >>> position(data, 1)
    (0.0, 0.0, 12.5)
    """
    name = "ImagePositionPatient"
    if _has_group(data, index, "PlanePositionSequence"):
        return numbers(from_groups(data, index, "PlanePositionSequence", name), 3)
    of_file = numbers(element(data, name), 3) or numbers(_of_detector(data, index, name), 3)
    if whole(data, "NumberOfFrames", 1) < 2:
        return of_file
    normal = normal_of(orientation(data, index))
    if not of_file or normal is None:
        return ()
    way = _shift(data, index, normal)
    return () if way is None else tuple(at + way * step for at, step in zip(of_file, normal, strict=True))


def _has_group(data: Dataset, index: int, name: str) -> bool:
    own = data.get("PerFrameFunctionalGroupsSequence") or []
    shared = data.get("SharedFunctionalGroupsSequence") or []
    return any(groups.get(name) for groups in (*own[index : index + 1], *shared[:1]))


def _shift(data: Dataset, index: int, normal: tuple[float, ...]) -> float | None:
    """Return how far a frame is from the position of the file along the normal, in mm; None if unknown."""
    offsets = [number(one) for one in several(element(data, "GridFrameOffsetVector"))]
    if index < len(offsets):
        first, own = offsets[0], offsets[index]
        if first is None or own is None:
            return None
        # A vector that does not start at 0 has heights in the patient.
        return own - first if first == 0 else (own - first) * math.copysign(1.0, normal[2])
    slices = [number(one) for one in several(element(data, "SliceVector"))]
    distance = number(element(data, "SpacingBetweenSlices"))
    if index < len(slices) and distance:
        own = slices[index]
        return None if own is None else (own - 1) * distance
    pointers = {Tag(one) for one in several(element(data, "FrameIncrementPointer"))}
    return 0.0 if pointers and pointers <= _TIMES else None


def _of_detector(data: Dataset, index: int, name: str) -> Any:
    """Return an attribute of the detector of a frame in nuclear medicine (PS3.3 C.8.4.11)."""
    detectors = data.get("DetectorInformationSequence")
    vector = several(element(data, "DetectorVector"))
    place = int(vector[index]) - 1 if index < len(vector) else 0
    return element(detectors[place], name) if detectors and 0 <= place < len(detectors) else None


def _in_patient(data: Dataset, index: int) -> tuple[float, ...]:
    return _positive(from_groups(data, index, "PixelMeasuresSequence", "PixelSpacing"))


def _at_detector(data: Dataset) -> tuple[float, ...]:
    return next((found for name in _AT_DETECTOR if (found := _positive(element(data, name)))), ())


def _of_regions(data: Dataset) -> tuple[float, ...]:
    """Return the spacing of an ultrasound image in mm if it is the same in all its regions (PS3.3 C.8.5.5).

    Regions with other units, such as a spectrum, would be measured wrongly.
    """
    found: tuple[float, ...] = ()
    for region in data.get("SequenceOfUltrasoundRegions") or ():
        units = (whole(region, "PhysicalUnitsXDirection"), whole(region, "PhysicalUnitsYDirection"))
        steps = (number(element(region, f"PhysicalDelta{axis}")) for axis in "YX")
        own = tuple(abs(step) * 10 for step in steps if step)
        flat = whole(region, "RegionSpatialFormat") == _FLAT and units == (_CENTIMETERS, _CENTIMETERS)
        if not flat or len(own) != 2 or (found and not _close(own, found)):
            return ()
        found = found or own
    return found


def _close(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(math.isclose(a, b, rel_tol=_EQUAL) for a, b in zip(one, other, strict=True))


def _positive(value: Any) -> tuple[float, ...]:
    found = numbers(value, 2)
    return found if found and min(found) > 0 else ()
