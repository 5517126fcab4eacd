"""Reading DICOM files: what the header says about the image, and the values of its pixels.

Runs where pydicom is: in the compute worker and in native Python. Attributes are those of DICOM PS3.3
(C.7.6.3 Image Pixel, C.7.6.16 Functional Groups, C.11.1 Modality LUT, C.11.2 VOI LUT).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from webapp.py.imaging import dicom_codecs, texts
from webapp.py.imaging.dicom_display import aspect, at_detector, directions, spacing, windows
from webapp.py.imaging.dicom_elements import from_groups, number, numbers, text, whole
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.sources import ImageProblem

MOST_FRAMES = 100_000
MOST_PIXELS = 1 << 28
"""Most pixels of one frame. More would not fit into the memory of a browser."""
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_TELLING = ("SOPClassUID", "SOPInstanceUID", "Modality", "Rows", "PatientID", "PatientName")
"""Attributes by which a file without preamble is recognized."""
_PARTS = {
    "SR": "a structured report",
    "RTPLAN": "a radiotherapy plan",
    "RTSTRUCT": "a set of radiotherapy structures",
    "RTRECORD": "a radiotherapy treatment record",
    "ECG": "a waveform",
    "PR": "a presentation state",
    "KO": "a selection of key objects",
    "DOC": "a document",
    "REG": "a registration",
    "AU": "sound",
}

dicom_codecs.register()
# Its messages may contain patient data.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


@contextmanager
def _reasons() -> Iterator[None]:
    """Turn whatever exception a damaged file causes into a reason for the person."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImageProblem:
        raise
    except MemoryError as error:
        raise ImageProblem("too_large", texts.NO_MEMORY) from error
    except Exception as error:
        raise ImageProblem("damaged", texts.dicom_damaged(error)) from error


@_reasons()
def read_file(content: bytes) -> Dataset:
    """Return the data set of a DICOM file that contains an image.

    Files without preamble or meta header are read, too: PS3.10 requires both, but many writers omit them.

    Raises
    ------
    ImageProblem
        If it is not a DICOM file, is cut off, or contains something other than an image.

    Examples
    --------
    >>> try: read_file(b"not DICOM")
    ... except ImageProblem as problem: problem.code
    'not_an_image'
    """
    data = dcmread(BytesIO(content), force=True)
    _touch(data)
    if content[128:132] != b"DICM" and not any(name in data for name in _TELLING):
        raise ImageProblem("not_an_image", texts.NOT_DICOM)
    _check_image(data)
    return data


@_reasons()
def read_header(data: Dataset) -> Header:
    """Return what the page needs to know about an image: geometry, values, identity and patient.

    Raises
    ------
    ImageProblem
        If rows, columns or frames are missing or impossible.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Rows, data.Columns, data.PixelSpacing = 2, 3, [0.5, 0.25]
    >>> header = read_header(data)
    >>> header.rows, header.columns, header.spacing
    (2, 3, (0.5, 0.25))
    """
    rows, columns = whole(data, "Rows"), whole(data, "Columns")
    frames = whole(data, "NumberOfFrames", 1) or 1
    if min(rows, columns, frames) < 1 or rows * columns > MOST_PIXELS or frames > MOST_FRAMES:
        raise ImageProblem("damaged", texts.dicom_size_impossible(columns, rows, frames))
    photometric = _photometric(data)
    return Header(
        rows=rows,
        columns=columns,
        frames=frames,
        color=whole(data, "SamplesPerPixel", 1) > 1 or photometric == "PALETTE COLOR",
        inverted=photometric == "MONOCHROME1",
        modality=text(data, "Modality"),
        sop_instance=text(data, "SOPInstanceUID"),
        series=text(data, "SeriesInstanceUID"),
        study=text(data, "StudyInstanceUID"),
        frame_of_reference=text(data, "FrameOfReferenceUID"),
        series_number=whole(data, "SeriesNumber", 0),
        series_description=text(data, "SeriesDescription"),
        instance_number=whole(data, "InstanceNumber", 0),
        spacing=spacing(data),
        at_detector=at_detector(data),
        aspect=aspect(data),
        positions=_positions(data, frames),
        orientation=numbers(from_groups(data, 0, "PlaneOrientationSequence", "ImageOrientationPatient"), 6),
        directions=directions(data),
        thickness=number(from_groups(data, 0, "PixelMeasuresSequence", "SliceThickness")),
        windows=windows(data),
        unit=_unit(data),
        patient_name=text(data, "PatientName").replace("^", " ").strip(),
        patient_id=text(data, "PatientID"),
        patient_birth=text(data, "PatientBirthDate"),
        patient_sex=text(data, "PatientSex"),
        study_date=text(data, "StudyDate"),
        institution=text(data, "InstitutionName"),
    )


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
    >>> data = Dataset()
    >>> data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = 1, 2, 1, "MONOCHROME2"
    >>> data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    >>> data.RescaleSlope, data.RescaleIntercept, data.PixelData = 1, -1024, bytes([0, 4, 100, 4])
    >>> data.file_meta = FileMetaDataset()
    >>> data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    >>> read_frame(data)
    array([[  0, 100]], dtype=int16)
    """
    frames = whole(data, "NumberOfFrames", 1) or 1
    if not 0 <= index < frames:
        raise ImageProblem("damaged", texts.no_such_frame(frames, index + 1))
    with _reasons():
        try:
            stored = pixel_array(data, index=index, decoding_plugin=dicom_codecs.plugin_for(_syntax(data)))
        except Exception as error:
            raise _undecodable(data, error) from error
        if whole(data, "SamplesPerPixel", 1) > 1:
            return _as_bytes(stored, whole(data, "BitsStored", stored.dtype.itemsize * 8))
        if _photometric(data) == "PALETTE COLOR":
            colors = apply_color_lut(stored, data)
            return _as_bytes(colors, colors.dtype.itemsize * 8)
        return _as_values(_rescaled(stored, data, index))


def needs_codecs(data: Dataset) -> bool:
    """Return whether more packages must be loaded before the pixels can be decoded.

    Examples
    --------
    >>> data = Dataset()
    >>> data.file_meta = FileMetaDataset()
    >>> data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    >>> needs_codecs(data)
    False
    """
    return dicom_codecs.is_missing(_syntax(data))


@_reasons()
def read_overlays(data: Dataset, index: int = 0) -> list[NDArray[np.bool_]]:
    """Return the overlay planes (PS3.3 C.9.2) of a frame, each of shape (rows, columns).

    Damaged planes are left out, and so are planes in unused bits of the pixels, which the standard retired.

    Parameters
    ----------
    data
        From `read_file`.
    index
        Which frame, counted from 0.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Rows, data.Columns = 1, 8
    >>> for element, kind, value in ((0x0010, "US", 1), (0x0011, "US", 8), (0x0050, "SS", [1, 1])):
    ...     data.add_new(0x60000000 | element, kind, value)
    >>> data.add_new(0x60000100, "US", 1)
    >>> data.add_new(0x60003000, "OB", bytes([5, 0]))
    >>> [plane.astype(int).tolist() for plane in read_overlays(data)]
    [[[1, 0, 1, 0, 0, 0, 0, 0]]]
    """
    planes = []
    shape = whole(data, "Rows"), whole(data, "Columns")
    for group in range(0x6000, 0x6020, 2):
        if (group, 0x3000) not in data:
            continue
        try:
            plane = _overlay(data, group, index, shape)
        except Exception:
            continue  # the image can be shown without an overlay
        planes += [plane] if plane is not None else []
    return planes


@_reasons()
def padding(data: Dataset) -> tuple[int, int] | None:
    """Return the lowest and highest stored value that mean "no pixel" (PS3.3 C.7.5.1.1.2), if any.

    Examples
    --------
    >>> data = Dataset()
    >>> data.add_new("PixelPaddingValue", "SS", -2000)
    >>> padding(data)
    (-2000, -2000)
    """
    low = number(data.get("PixelPaddingValue"))
    if low is None:
        return None
    high = number(data.get("PixelPaddingRangeLimit"))
    ends = sorted((int(low), int(high if high is not None else low)))
    return ends[0], ends[1]


# --- checks and reasons


def _touch(data: Dataset) -> None:
    """Read the elements that are needed later, so that damage is found here, and note the encoding."""
    for name in ("Rows", "Columns", "SOPClassUID", "Modality", "NumberOfFrames"):
        data.get(name)
    if getattr(data, "file_meta", None) is None:
        data.file_meta = FileMetaDataset()
    if "TransferSyntaxUID" not in data.file_meta and len(data):
        implicit, little = data.original_encoding
        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit


def _check_image(data: Dataset) -> None:
    if any(name in data for name in _PIXELS) and "Rows" in data and "Columns" in data:
        return
    kind = UID(str(data.get("SOPClassUID") or data.file_meta.get("MediaStorageSOPClassUID", "")))
    if kind == MediaStorageDirectoryStorage or "DirectoryRecordSequence" in data:
        raise ImageProblem("not_an_image", texts.DICOM_DIRECTORY)
    if "WaveformSequence" in data:
        raise ImageProblem("not_an_image", texts.DICOM_WAVEFORM)
    if any(name in data for name in ("Rows", *_PIXELS)) or "Image Storage" in kind.name:
        raise ImageProblem("damaged", texts.DICOM_WITHOUT_PIXELS)
    what = _PARTS.get(text(data, "Modality")) or (kind.name if kind and kind.name != str(kind) else "")
    raise ImageProblem("not_an_image", texts.other_than_image(what) if what else texts.DICOM_WITHOUT_IMAGE)


def _undecodable(data: Dataset, error: Exception) -> ImageProblem:
    name = UID(_syntax(data)).name or texts.UNKNOWN_SYNTAX
    lines = str(error).splitlines() or [type(error).__name__]
    if "bytes of pixel data is less than expected" in lines[0]:
        return ImageProblem("truncated", texts.DICOM_PIXELS_CUT_OFF)
    return ImageProblem("unsupported", texts.pixels_undecodable(name, lines[-1].strip()[:200]))


# --- elements


def _photometric(data: Dataset) -> str:
    return text(data, "PhotometricInterpretation").upper()


def _syntax(data: Dataset) -> str:
    return str(data.file_meta.get("TransferSyntaxUID", ""))


def _positions(data: Dataset, frames: int) -> list[tuple[float, ...]]:
    places = range(frames) if data.get("PerFrameFunctionalGroupsSequence") else range(1)
    found = [
        numbers(from_groups(data, place, "PlanePositionSequence", "ImagePositionPatient"), 3)
        for place in places
    ]
    return found if all(found) else []


def _unit(data: Dataset) -> str:
    kind = str(from_groups(data, 0, "PixelValueTransformationSequence", "RescaleType") or "").strip()
    if kind == "US":
        kind = ""
    return kind or ("HU" if text(data, "Modality") == "CT" else "")


# --- values


def _overlay(data: Dataset, group: int, index: int, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Return an overlay plane, placed on the image by its origin; None if it belongs to other frames."""

    def element(number: int) -> Any:
        return data[group, number].value if (group, number) in data else None

    stored = np.asarray(data.overlay_array(group), bool)
    frames = stored.reshape(-1, *stored.shape[-2:])
    first = element(0x0051)
    place = 0 if first is None and len(frames) == 1 else index - (int(first or 1) - 1)
    if not 0 <= place < len(frames):
        return None
    top, left = (int(one) - 1 for one in element(0x0050) or (1, 1))
    placed = np.zeros(shape, bool)
    plane = frames[place][max(-top, 0) :, max(-left, 0) :]
    part = placed[max(top, 0) :, max(left, 0) :]
    high, wide = min(part.shape[0], plane.shape[0]), min(part.shape[1], plane.shape[1])
    part[:high, :wide] = plane[:high, :wide]
    return placed


def _rescaled(stored: NDArray[Any], data: Dataset, index: int) -> NDArray[Any]:
    if data.get("ModalityLUTSequence"):
        return np.asarray(apply_modality_lut(stored, data))
    group = "PixelValueTransformationSequence"
    slope = number(from_groups(data, index, group, "RescaleSlope"))
    intercept = number(from_groups(data, index, group, "RescaleIntercept"))
    if slope in (None, 1.0) and not intercept:
        return stored
    return stored.astype(np.float64) * (1.0 if slope is None else slope) + (intercept or 0.0)


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
