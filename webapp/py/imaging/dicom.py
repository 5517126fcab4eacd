"""Reading DICOM files: what is in them, and what the header says about an image.

Runs where pydicom is: in the compute worker and in native Python. Attributes are those of DICOM PS3.3
(C.7.6.3 Image Pixel, C.7.6.16 Functional Groups).
"""

from __future__ import annotations

import logging
from io import BytesIO

from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from webapp.py.imaging import texts
from webapp.py.imaging.dicom_description import samples_per_pixel
from webapp.py.imaging.dicom_elements import from_groups, number, text, whole
from webapp.py.imaging.dicom_geometry import aspect, at_detector, directions, orientation, position, spacing
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicom_notes import notes
from webapp.py.imaging.dicom_problems import reasons
from webapp.py.imaging.dicom_traits import dimensions, traits
from webapp.py.imaging.dicom_values import unit
from webapp.py.imaging.dicom_windows import windows
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

# Its messages may contain patient data.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


@reasons()
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


@reasons()
def read_header(data: Dataset, index: int = 0) -> Header:
    """Return what the page needs to know about a frame: geometry, values, identity and patient.

    Parameters
    ----------
    data
        From `read_file`.
    index
        Which frame, counted from 0. What the file gives for each frame, in functional groups or vectors, is
        that of this one.

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
    photometric = text(data, "PhotometricInterpretation").upper()
    return Header(
        rows=rows,
        columns=columns,
        frames=frames,
        color=samples_per_pixel(data) > 1 or photometric == "PALETTE COLOR",
        inverted=photometric == "MONOCHROME1",
        modality=text(data, "Modality"),
        sop_instance=text(data, "SOPInstanceUID"),
        series=text(data, "SeriesInstanceUID"),
        study=text(data, "StudyInstanceUID"),
        frame_of_reference=text(data, "FrameOfReferenceUID"),
        series_number=whole(data, "SeriesNumber", 0),
        series_description=text(data, "SeriesDescription"),
        instance_number=whole(data, "InstanceNumber", 0),
        spacing=spacing(data, index),
        at_detector=at_detector(data, index),
        aspect=aspect(data, index),
        position=position(data, index),
        orientation=orientation(data, index),
        directions=directions(data),
        thickness=number(from_groups(data, index, "PixelMeasuresSequence", "SliceThickness")),
        windows=windows(data, index),
        unit=unit(data, index),
        notes=notes(data, index),
        traits=traits(data, index),
        dimensions=dimensions(data, index),
        patient_name=text(data, "PatientName").replace("^", " ").strip(),
        patient_id=text(data, "PatientID"),
        patient_birth=text(data, "PatientBirthDate"),
        patient_sex=text(data, "PatientSex"),
        study_date=text(data, "StudyDate"),
        institution=text(data, "InstitutionName"),
    )


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
