"""DICOM data for a PACS in tests: a patient nobody may learn about, and an instance with many frames."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate
from pydicom.pixels import get_encoder
from pydicom.uid import RLELossless, generate_uid

from datasets_server.demo.phantom import encode_slices
from tests.browser.pacs import Pacs

CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
SECRETS = {
    "PatientName": "Zzyzx^Quentinella",
    "PatientID": "PID-4711-XQ",
    "PatientBirthDate": "19440229",
    "InstitutionName": "Klinikum Nullmarkstein",
    "ReferringPhysicianName": "Vogelfrei^Ottokar",
    "StudyDescription": "Wanderniere linksseitig",
    "SeriesDescription": "Oberbauch nativissimo",
    "AccessionNumber": "ACC-90210-Q",
}
SLICES = (28, 29, 30, 31)


def of_patient() -> list[Dataset]:
    """Slices of the demo's CT as those of somebody about whom nobody may learn anything."""
    study, series = generate_uid(), generate_uid()
    found = []
    files = list(encode_slices())
    for number in SLICES:
        data = dcmread(BytesIO(files[number - 1][1]))
        for name, value in SECRETS.items():
            setattr(data, name, value)
        data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID = study, series, generate_uid()
        data.SeriesNumber = 7
        found.append(data)
    return found


def of_many_frames(side: int, frames: int) -> Dataset:
    """An instance of frames that each say which it is, packed."""
    data = dcmread(CORPUS / "CT_small.dcm")
    data.StudyInstanceUID, data.SeriesInstanceUID = generate_uid(), generate_uid()
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.PatientName, data.Modality = "Many^Frames", "XA"
    data.Rows = data.Columns = side
    data.NumberOfFrames = frames
    data.file_meta.TransferSyntaxUID = RLELossless
    encoder = get_encoder(RLELossless)
    data.PixelData = encapsulate(
        [encoder.encode(frame_pixels(side, number), **_layout(side)) for number in range(1, frames + 1)]
    )
    data["PixelData"].VR = "OB"
    return data


def frame_pixels(side: int, number: int) -> np.ndarray[Any, Any]:
    pixels = np.zeros((side, side), np.int16)
    pixels[: side // 2] = 10 * number
    return pixels


def _layout(side: int) -> dict[str, Any]:
    return {
        "rows": side,
        "columns": side,
        "samples_per_pixel": 1,
        "number_of_frames": 1,
        "bits_allocated": 16,
        "bits_stored": 16,
        "pixel_representation": 1,
        "photometric_interpretation": "MONOCHROME2",
    }


def place_of(data: Dataset) -> str:
    return f"studies/{data.StudyInstanceUID}/series/{data.SeriesInstanceUID}/instances/{data.SOPInstanceUID}"


def address_of(pacs: Pacs, data: Dataset, way: str = "open", frame: int = 0) -> str:
    return f"{pacs.address(way)}/{place_of(data)}" + (f"/frames/{frame}" if frame else "")


def hounsfield(data: Dataset, frame: int = 0) -> np.ndarray[Any, Any]:
    """What pydicom and the rescale of PS3.3 C.11.1, or the scaling of a dose (C.8.8.3), make of a frame."""
    pixels = data.pixel_array[frame] if int(data.get("NumberOfFrames", 1)) > 1 else data.pixel_array
    if "DoseGridScaling" in data:
        return (pixels * float(data.DoseGridScaling)).astype(np.float32)
    return pixels * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))
