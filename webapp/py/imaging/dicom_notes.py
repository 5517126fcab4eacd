"""What a person should know about how a file was read: what it leaves out or writes wrongly."""

from __future__ import annotations

from pydicom import Dataset

from webapp.py.imaging import texts
from webapp.py.imaging.dicom_description import assumed
from webapp.py.imaging.dicom_elements import element, number, several
from webapp.py.imaging.dicom_values import rescale_is_unreadable

_DECIMALS = (
    "DoseGridScaling",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "ImagerPixelSpacing",
    "PixelSpacing",
    "RescaleIntercept",
    "RescaleSlope",
    "SliceThickness",
    "SpacingBetweenSlices",
    "WindowCenter",
    "WindowWidth",
)


def notes(data: Dataset, index: int = 0) -> tuple[str, ...]:
    """Return short lines about how a frame was read; none for a file as it should be.

    Examples
    --------
    >>> data = Dataset()
    >>> data.SamplesPerPixel, data.BitsStored, data.PixelRepresentation, data.PixelData = 3, 8, 0, b""
    >>> notes(data)
    ('Planar configuration missing: read pixel by pixel',)
    """
    found = [texts.ASSUMED[option] for option in assumed(data)] if "PixelData" in data else []
    if any(_has_comma(data, name) for name in _DECIMALS):
        found.append(texts.DECIMAL_COMMA)
    if rescale_is_unreadable(data, index):
        found.append(texts.RESCALE_UNREADABLE)
    return tuple(found)


def _has_comma(data: Dataset, name: str) -> bool:
    return any(
        isinstance(one, str) and "," in one and number(one) is not None
        for one in several(element(data, name))
    )
