"""DICOM files, read as the worker reads them: every file of pydicom's own test set, and files made by hand.

What the pixels should be comes from pydicom with other decoders than ours (libjpeg and OpenJPEG through
pylibjpeg), and from the standard's own formulas.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, get_decoder
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless, generate_uid

from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_overlays import read_overlays
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.dicom_values import padding
from webapp.py.imaging.sources import ImageProblem

CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())
LOSSY = ("JPEG Baseline", "JPEG Extended")
"""Two decoders of lossy JPEG may differ by a step of rounding, and more where colors are upsampled."""
UNSHOWN = {
    "ExplVR_BigEndNoMeta.dcm": "a radiotherapy plan",
    "JPEG2000-embedded-sequence-delimiter.dcm": "cannot be decoded",
    "MR_truncated.dcm": "cut off",
    "README.txt": "not a DICOM file",
    "UN_sequence.dcm": "contains none",
    "badVR.dcm": "cannot be decoded",
    "DICOMDIR": "a directory of other files",
    "IM000000": "contains none",
    "rtstruct.dcm": "radiotherapy structures",
    "test-SR.dcm": "a structured report",
    "waveform_ecg.dcm": "a waveform",
    "zipMR.gz": "not a DICOM file",
}


def image_files() -> list[Path]:
    """Return the files of the corpus that hold pixels which pydicom can decode by some means."""
    return [path for path in FILES if expected_of(path) is not None]


def expected_of(path: Path) -> np.ndarray[Any, Any] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data = dcmread(path, force=True)
            decoder = get_decoder(data.file_meta.TransferSyntaxUID)
            plugin = "pylibjpeg" if "pylibjpeg" in decoder.available_plugins else ""
            stored, _ = decoder.as_array(data, index=0, raw=False, decoding_plugin=plugin)
        except Exception:
            return None
    if data.PhotometricInterpretation == "PALETTE COLOR":
        return np.asarray(apply_color_lut(stored, data))
    if data.SamplesPerPixel > 1:
        return stored
    return np.asarray(apply_modality_lut(stored, data)) * float(data.get("DoseGridScaling", 1))


@pytest.mark.parametrize("path", image_files(), ids=lambda path: path.name)
def test_a_file_of_the_corpus_has_the_pixels_that_other_decoders_find(path: Path) -> None:
    expected = expected_of(path)
    assert expected is not None
    data = read_file(path.read_bytes())
    header, pixels = read_header(data), read_frame(data)
    assert (header.rows, header.columns) == pixels.shape[:2]
    if pixels.dtype == np.uint8 and expected.dtype != np.uint8:
        expected = expected >> (expected.dtype.itemsize * 8 - 8)
    # Fractions are kept in single precision.
    difference = np.abs(pixels.astype(np.float64) - expected.astype(pixels.dtype)).max()
    lossy = str(data.file_meta.TransferSyntaxUID.name).startswith(LOSSY)
    assert difference <= (6 if lossy else 0)


def test_most_of_the_corpus_is_images() -> None:
    assert len(image_files()) >= 60


@pytest.mark.parametrize("name", UNSHOWN)
def test_a_file_that_shows_no_image_says_why(name: str) -> None:
    path = next(path for path in FILES if path.name == name)
    with pytest.raises(ImageProblem, match=UNSHOWN[name]):
        read_frame(read_file(path.read_bytes()))


def test_no_file_of_the_corpus_fails_in_another_way_than_with_a_reason() -> None:
    for path in FILES:
        try:
            data = read_file(path.read_bytes())
            read_header(data)
            read_frame(data)
            read_overlays(data)
        except ImageProblem as problem:
            assert len(problem.message) > 20


def ct(values: np.ndarray[Any, Any], **attributes: Any) -> Dataset:
    """Return a CT image that holds these stored values, read back from a file."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.PatientName = "CT", "Doe^Jane"
    data.Rows, data.Columns = values.shape[-2:]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = values.dtype.itemsize * 8
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = int(values.dtype.kind == "i")
    if values.ndim == 3:
        data.NumberOfFrames = values.shape[0]
    data.PixelData = values.tobytes()
    for name, value in attributes.items():
        setattr(data, name, value)
    return read_file(written(data))


def written(data: Dataset) -> bytes:
    stream = BytesIO()
    data.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def test_stored_values_become_hounsfield_units_by_slope_and_intercept() -> None:
    data = ct(np.array([[0, 1024], [2048, 4000]], np.uint16), RescaleSlope="1", RescaleIntercept="-1024")
    assert read_frame(data).tolist() == [[-1024, 0], [1024, 2976]]
    assert read_frame(data).dtype == np.int16
    assert read_header(data).unit == "HU"


def test_values_that_are_not_whole_stay_fractions() -> None:
    data = ct(np.array([[1, 3]], np.uint16), RescaleSlope="0.5", RescaleIntercept="0")
    assert read_frame(data).tolist() == [[0.5, 1.5]]


def test_a_modality_table_wins_over_slope_and_intercept() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [3, 10, 16], np.array([100, 200, 300], np.uint16).tobytes()
    data = ct(np.array([[9, 10], [11, 99]], np.uint16), ModalityLUTSequence=Sequence([table]))
    assert read_frame(data).tolist() == [[100, 100], [200, 300]]


def test_frames_of_an_enhanced_file_have_their_own_slope_position_and_window() -> None:
    def group(slope: str, z: float, center: float) -> Dataset:
        values, plane, window, frame = Dataset(), Dataset(), Dataset(), Dataset()
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = slope, "0", "HU"
        plane.ImagePositionPatient = [0, 0, z]
        window.WindowCenter, window.WindowWidth = center, 10
        frame.PixelValueTransformationSequence = Sequence([values])
        frame.PlanePositionSequence = Sequence([plane])
        frame.FrameVOILUTSequence = Sequence([window])
        return frame

    data = ct(
        np.array([[[1, 2]], [[3, 4]]], np.uint16),
        PerFrameFunctionalGroupsSequence=Sequence([group("2", 5.0, 40), group("10", 7.5, 80)]),
    )
    assert read_frame(data, 0).tolist() == [[2, 4]]
    assert read_frame(data, 1).tolist() == [[30, 40]]
    headers = [read_header(data, index) for index in range(2)]
    assert [header.position for header in headers] == [(0, 0, 5.0), (0, 0, 7.5)]
    assert [header.windows[0].center for header in headers] == [40, 80]


def test_the_header_tells_geometry_windows_and_patient() -> None:
    data = ct(
        np.zeros((2, 3), np.int16),
        PixelSpacing=[0.5, 0.7],
        ImagePositionPatient=[1, 2, 3],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        WindowCenter=[40, 500],
        WindowWidth=[400, 2000],
        WindowCenterWidthExplanation=["SOFT", "BONE"],
        FrameOfReferenceUID="1.2.3",
    )
    header = read_header(data)
    assert header.spacing == (0.5, 0.7)
    assert header.position == (1, 2, 3)
    assert header.orientation == (1, 0, 0, 0, 1, 0)
    assert [(one.center, one.width, one.name) for one in header.windows] == [
        (40, 400, "SOFT"),
        (500, 2000, "BONE"),
    ]
    assert (header.patient_name, header.frame_of_reference) == ("Doe Jane", "1.2.3")


def test_monochrome1_is_told_and_padding_found() -> None:
    data = ct(
        np.array([[-2000, 5]], np.int16),
        PhotometricInterpretation="MONOCHROME1",
        PixelPaddingValue=-2000,
        PixelPaddingRangeLimit=-1500,
    )
    assert read_header(data).inverted
    assert padding(data) == (-2000, -1500)


def test_an_overlay_is_read_from_its_bits() -> None:
    data = read_file((CORPUS / "examples_overlay.dcm").read_bytes())
    (plane,) = read_overlays(data)
    assert plane.shape == (300, 484)
    assert plane.any()
    native = dcmread(CORPUS / "examples_overlay.dcm").overlay_array(0x6000)
    assert np.array_equal(plane, native.astype(bool))


def test_run_lengths_of_a_file_compressed_by_pydicom_come_back() -> None:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8)
    data = ct(values)
    data.compress(RLELossless)
    assert np.array_equal(read_frame(read_file(written(data))), values)


@pytest.mark.parametrize("index", [-1, 1, 10**9])
def test_a_frame_that_is_not_there_is_refused(index: int) -> None:
    with pytest.raises(ImageProblem, match="no frame"):
        read_frame(ct(np.zeros((2, 2), np.int16)), index)


@pytest.mark.parametrize(("rows", "frames"), [(0, 1), (65535, 10**8)])
def test_sizes_that_cannot_be_are_refused_before_any_memory_is_taken(rows: int, frames: int) -> None:
    data = ct(np.zeros((2, 2), np.int16), Rows=rows, NumberOfFrames=frames)
    with pytest.raises(ImageProblem, match="cannot be shown"):
        read_header(data)
