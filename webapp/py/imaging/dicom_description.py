"""How a file describes its pixels, also where it leaves out elements that have one harmless meaning."""

from __future__ import annotations

from pydicom import Dataset

from webapp.py.imaging.dicom_elements import element, number, text, whole

MOST_BITS = 64
_GRAY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "")


def samples_per_pixel(data: Dataset) -> int:
    """Return how many samples a pixel has. Without the element, the photometric interpretation says it.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PhotometricInterpretation = "RGB"
    >>> samples_per_pixel(data), samples_per_pixel(Dataset())
    (3, 1)
    """
    gray = text(data, "PhotometricInterpretation").upper() in _GRAY
    return whole(data, "SamplesPerPixel", 1 if gray else 3)


def bits_stored(data: Dataset) -> int:
    """Return how many bits of a pixel are used; all of them if the file does not say.

    Examples
    --------
    >>> data = Dataset()
    >>> data.BitsAllocated = 16
    >>> bits_stored(data)
    16
    """
    found = whole(data, "BitsStored") or whole(data, "BitsAllocated", 16)
    return min(max(found, 1), MOST_BITS)


def high_bit(data: Dataset) -> int:
    """Return the place of the highest bit of a stored value, counted from 0.

    Examples
    --------
    >>> data = Dataset()
    >>> data.BitsStored = 12
    >>> high_bit(data)
    11
    """
    lowest = bits_stored(data) - 1
    return max(whole(data, "HighBit", lowest), lowest)


def is_signed(data: Dataset) -> bool:
    """Return whether stored values have a sign. Without the element they do not, as in other software.

    Examples
    --------
    >>> is_signed(Dataset())
    False
    """
    return whole(data, "PixelRepresentation") == 1


def stored_range(data: Dataset) -> tuple[int, int]:
    """Return the lowest and highest value that can be stored.

    Examples
    --------
    >>> data = Dataset()
    >>> data.BitsStored, data.PixelRepresentation = 12, 1
    >>> stored_range(data)
    (-2048, 2047)
    """
    half = 1 << bits_stored(data) - 1
    return (-half, half - 1) if is_signed(data) else (0, 2 * half - 1)


def assumed(data: Dataset) -> dict[str, int]:
    """Return what is assumed for elements that the file leaves out, by pydicom's names for them.

    Examples
    --------
    >>> data = Dataset()
    >>> data.SamplesPerPixel, data.BitsStored = 3, 8
    >>> assumed(data)
    {'pixel_representation': 0, 'planar_configuration': 0}
    """
    found = {
        "samples_per_pixel": ("SamplesPerPixel", samples_per_pixel(data)),
        "bits_stored": ("BitsStored", bits_stored(data)),
        "pixel_representation": ("PixelRepresentation", 0),
    }
    if samples_per_pixel(data) > 1:
        found["planar_configuration"] = ("PlanarConfiguration", 0)
    return {option: meant for option, (name, meant) in found.items() if number(element(data, name)) is None}
