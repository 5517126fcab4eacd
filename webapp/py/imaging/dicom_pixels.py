"""The pixels of DICOM files: gray values in their unit, or colors (DICOM PS3.3 C.7.6.3, PS3.5 section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from webapp.py.imaging import dicom_codecs, texts
from webapp.py.imaging.dicom_description import (
    assumed,
    bits_stored,
    high_bit,
    is_signed,
    samples_per_pixel,
    stored_range,
)
from webapp.py.imaging.dicom_elements import text, whole
from webapp.py.imaging.dicom_problems import reasons
from webapp.py.imaging.dicom_stored import stored_values
from webapp.py.imaging.dicom_tables import read_palette
from webapp.py.imaging.dicom_values import rescaled
from webapp.py.imaging.sources import ImageProblem

dicom_codecs.register()


def read_frame(data: Dataset, index: int = 0) -> NDArray[Any]:
    """Return the pixels of one frame.

    Parameters
    ----------
    data
        From `read_file`.
    index
        Which frame, counted from 0.

    Returns
    -------
    array
        For a gray image, its values after the modality LUT or rescale (HU for CT), of shape (rows, columns):
        int16 if all of them fit, else int32 if they are whole numbers, else float32. For a color image, RGB
        as uint8 of shape (rows, columns, 3).

    Raises
    ------
    ImageProblem
        If the pixels are missing, cut off, or encoded in a way that cannot be decoded.

    References
    ----------
    DICOM PS3.3 C.7.6.3 (pixels) and C.11.1 (modality LUT); PS3.5 section 8 (encoding).

    Examples
    --------
    >>> from pydicom.dataset import FileMetaDataset
    >>> data = Dataset()
    >>> data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = 1, 2, 1, "MONOCHROME2"
    >>> data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    >>> data.RescaleSlope, data.RescaleIntercept, data.PixelData = 1, -1024, bytes([0, 4, 100, 4])
    >>> data.file_meta = FileMetaDataset()
    >>> data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    >>> read_frame(data)
    array([[  0, 100]], dtype=int16)
    """
    frames = whole(data, "NumberOfFrames", 1) or 1
    if not 0 <= index < frames:
        raise ImageProblem("damaged", texts.no_such_frame(frames, index + 1))
    with reasons():
        stored = _stored(data, index)
        if samples_per_pixel(data) > 1:
            return _as_bytes(stored, whole(data, "BitsStored", stored.dtype.itemsize * 8))
        if text(data, "PhotometricInterpretation").upper() == "PALETTE COLOR":
            table, colors = read_palette(data, stored_range(data))
            return np.take(colors, table.places(stored), axis=0)
        return _as_values(rescaled(stored, data, index))


def needs_codecs(data: Dataset) -> bool:
    """Return whether more packages must be loaded before the pixels can be decoded.

    Examples
    --------
    >>> from pydicom.dataset import FileMetaDataset
    >>> data = Dataset()
    >>> data.file_meta = FileMetaDataset()
    >>> data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    >>> needs_codecs(data)
    False
    """
    return dicom_codecs.is_missing(_syntax(data))


def _stored(data: Dataset, index: int) -> NDArray[Any]:
    """Return the stored values of a frame, or its colors as RGB."""
    syntax = _syntax(data)
    options: dict[str, Any] = {"high_bit": high_bit(data), **assumed(data)}
    try:
        cells = pixel_array(
            data,
            index=index,
            decoding_plugin=dicom_codecs.plugin_for(syntax),
            view_only=True,
            correct_unused_bits=False,
            apply_j2k_sign_correction=False,
            apply_jls_sign_correction=False,
            **options,
        )
    except Exception as error:
        raise _undecodable(data, error) from error
    # This plugin has the bits of the code stream, and returns stored values itself.
    whole_cells = cells.dtype.kind not in "iu" or whole(data, "BitsAllocated") < 8
    if whole_cells or dicom_codecs.is_available(syntax):
        return cells
    size = cells.dtype.itemsize * 8
    return stored_values(cells, size, bits_stored(data), high_bit(data), is_signed(data))


def _undecodable(data: Dataset, error: Exception) -> ImageProblem:
    name = UID(_syntax(data)).name or texts.UNKNOWN_SYNTAX
    lines = str(error).splitlines() or [type(error).__name__]
    if "bytes of pixel data is less than expected" in lines[0]:
        return ImageProblem("truncated", texts.DICOM_PIXELS_CUT_OFF)
    return ImageProblem("unsupported", texts.pixels_undecodable(name, lines[-1].strip()[:200]))


def _syntax(data: Dataset) -> str:
    return str(data.file_meta.get("TransferSyntaxUID", ""))


def _as_values(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "b":
        return values.astype(np.int16)
    whole = values.dtype.kind in "iu" or bool(np.all(values == np.rint(values)))
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if whole and low >= -32768 and high <= 32767:
        return values.astype(np.int16)
    if whole and low >= -(2**31) and high < 2**31:
        return values.astype(np.int32)
    return values.astype(np.float32)


def _as_bytes(colors: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    """Return 8-bit colors. Deeper colors keep their highest bits."""
    return colors if colors.dtype == np.uint8 else (colors >> max(bits - 8, 0)).astype(np.uint8)
