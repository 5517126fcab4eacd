"""A frame that came alone shows what it shows within its file."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from msgspec import structs
from pydicom import Dataset, dcmread
from pydicom.encaps import get_frame
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.imaging.test_dicom_display import overlaid
from tests.imaging.test_dicom_frames import FLAT, ON_FACE, dataset, enhanced, groups
from tests.imaging.test_dicom_reading import ct
from webapp.py.compute.dicomweb_frames import dicom_frame_file
from webapp.py.compute.frame_answers import FrameFile
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_overlays import read_overlays
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.dicomweb_frame import frame_file
from webapp.py.imaging.dicomweb_metadata import bulk_addresses, uncompressed_bytes
from webapp.py.imaging.sources import ImageProblem

CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
BASE = "http://pacs/dicom-web"


def answers(data: Dataset, threshold: int = 100) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return an instance as a server tells it: metadata, and by address what it keeps apart."""
    apart: dict[str, bytes] = {}

    def keep(element: Any) -> str:
        tag = f"{element.tag.group:04X}{element.tag.element:04X}-{len(apart)}"
        address = f"http://inside:8042/dicom-web/studies/1/series/2/instances/3/bulk/{tag}"
        apart[f"{BASE}/studies/1/series/2/instances/3/bulk/{tag}"] = bytes(element.value)
        return address

    metadata = json.loads(data.to_json(bulk_data_threshold=threshold, bulk_data_element_handler=keep))
    return metadata, apart


def frame_of(data: Dataset, index: int) -> bytes:
    frames = int(data.get("NumberOfFrames", 1))
    if data.file_meta.TransferSyntaxUID.is_compressed:
        return get_frame(data.PixelData, index, number_of_frames=frames)
    size = uncompressed_bytes(answers(data)[0]) // frames
    return bytes(data.PixelData[index * size : (index + 1) * size])


@pytest.mark.parametrize(
    ("name", "frame", "media_type"),
    [
        ("SC_rgb_rle_16bit_2frame.dcm", 2, "image/dicom-rle; transfer-syntax=1.2.840.10008.1.2.5"),
        ("SC_rgb_rle_2frame.dcm", 1, "image/dicom-rle"),
        ("rtdose.dcm", 11, "application/octet-stream"),
        ("examples_palette.dcm", 1, "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"),
        ("MR_small_jp2klossless.dcm", 1, 'image/jp2; transfer-syntax="1.2.840.10008.1.2.4.90"'),
        ("JPGExtended.dcm", 1, "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.51"),
        ("CT_small.dcm", 1, "application/octet-stream; transfer-syntax=1.2.840.10008.1.2"),
    ],
)
def test_a_frame_alone_has_the_pixels_of_that_frame(name: str, frame: int, media_type: str) -> None:
    data = dcmread(CORPUS / name)
    metadata, apart = answers(data)
    bulk = {tag: apart[address] for tag, address in bulk_addresses(metadata, BASE).items()}
    pixels = np.frombuffer(frame_of(data, frame - 1), np.uint8)
    parts = {tag: np.frombuffer(content, np.uint8) for tag, content in bulk.items()}
    made = dicom_frame_file(json.dumps(metadata), frame, pixels, media_type, parts)
    assert isinstance(made, FrameFile)
    alone = dcmread(BytesIO(made.content.tobytes()))
    assert int(alone.NumberOfFrames) == 1
    whole = data.pixel_array
    expected = whole[frame - 1] if int(data.get("NumberOfFrames", 1)) > 1 else whole
    assert np.array_equal(alone.pixel_array, expected)
    for table in ("RedPaletteColorLookupTableData", "RescaleIntercept", "DoseGridScaling"):
        assert alone.get(table) == data.get(table)


def multi_frame_files() -> dict[str, Dataset]:
    """Return files with values for each frame of every kind, and how many bytes a server keeps apart."""
    table = dataset(LUTDescriptor=[200, 0, 8], LUTData=np.arange(200, dtype=np.uint16).tobytes())
    frames = [
        groups(
            PixelMeasuresSequence={"PixelSpacing": [1 + at, 1 + at], "SliceThickness": 3 + at},
            PlanePositionSequence={"ImagePositionPatient": [0, 0, 5 * at]},
            PlaneOrientationSequence={"ImageOrientationPatient": [FLAT, ON_FACE, FLAT][at]},
            FrameVOILUTSequence={
                "WindowCenter": 10 + at,
                "WindowWidth": 20,
                "VOILUTSequence": Sequence([table]),
            },
            PixelValueTransformationSequence={"RescaleSlope": 1 + at, "RescaleIntercept": at},
            FrameContentSequence={"DimensionIndexValues": [at, 1], "TemporalPositionIndex": at},
        )
        for at in range(3)
    ]
    place = {"ImagePositionPatient": [1, 2, 30], "ImageOrientationPatient": ON_FACE}
    values = np.zeros((3, 4, 5), np.uint16)
    return {
        "groups": enhanced(*frames),
        "dose": ct(
            values, Modality="RTDOSE", GridFrameOffsetVector=[0, 2.5, 7.5], DoseGridScaling=0.5, **place
        ),
        "nuclear medicine": ct(
            values,
            DetectorInformationSequence=Sequence([dataset(**place)]),
            SliceVector=[1, 2, 3],
            TimeSlotVector=[1, 1, 2],
            SpacingBetweenSlices=4,
        ),
        "movie": ct(values, FrameIncrementPointer=Tag("FrameTime"), FrameTime=40, **place),
        "unknown places": ct(values, **place),
        "overlay": overlaid(2, 2, [1, 0, 0, 1, 0, 1, 1, 1], frames=2, first=2, origin=[2, 3]),
    }


@pytest.mark.parametrize("kind", multi_frame_files())
@pytest.mark.parametrize("apart", [8, 10_000])
def test_a_frame_alone_reads_as_it_does_in_its_file(kind: str, apart: int) -> None:
    """Also with everything above 8 bytes as bulk data, inside of sequences, too."""
    data = multi_frame_files()[kind]
    metadata, kept = answers(data, apart)
    for index in range(int(data.NumberOfFrames)):
        addresses = bulk_addresses(metadata, BASE, index + 1)
        bulk = {path: kept[address] for path, address in addresses.items()}
        made = read_file(
            frame_file(metadata, index + 1, frame_of(data, index), "application/octet-stream", bulk)
        )
        whole = structs.replace(read_header(data, index), frames=1)
        assert read_header(made) == whole
        assert np.array_equal(read_frame(made), read_frame(data, index))
        planes, expected = read_overlays(made), read_overlays(data, index)
        assert len(planes) == len(expected)
        assert all(np.array_equal(one, other) for one, other in zip(planes, expected, strict=True))


def test_numbers_and_text_may_be_bulk_data() -> None:
    """PS3.18 F.2.6: the bytes are those of the element in a little-endian file."""
    data = multi_frame_files()["dose"]
    metadata, _ = answers(data)
    apart = {"3004000C": b"0\\2.5\\7.5 ", "00280010": b"\x04\x00"}
    for tag in apart:
        metadata[tag] = {"vr": metadata[tag]["vr"], "BulkDataURI": f"http://inside/studies/1/bulk/{tag}"}
    assert set(bulk_addresses(metadata, BASE)) == set(apart)
    made = read_file(frame_file(metadata, 3, frame_of(data, 2), "application/octet-stream", apart))
    assert read_header(made).position == read_header(data, 2).position == (1, 2, 22.5)


def test_bulk_data_of_other_frames_are_not_asked_for() -> None:
    metadata, _ = answers(multi_frame_files()["groups"], 100)
    assert len(bulk_addresses(metadata, BASE, 2)) == 1


def test_of_functional_groups_that_of_the_frame_stays() -> None:
    data = dcmread(CORPUS / "CT_small.dcm")
    for position in range(3):
        groups, plane = Dataset(), Dataset()
        plane.ImagePositionPatient = [0, 0, position]
        groups.PlanePositionSequence = [plane]
        data.setdefault("PerFrameFunctionalGroupsSequence", pydicom.Sequence())
        data.PerFrameFunctionalGroupsSequence.append(groups)
    data.NumberOfFrames = 3
    made = frame_file(answers(data)[0], 2, bytes(data.PixelData), "application/octet-stream", {})
    (kept,) = dcmread(BytesIO(made)).PerFrameFunctionalGroupsSequence
    assert kept.PlanePositionSequence[0].ImagePositionPatient == [0, 0, 1]


def test_bulk_data_are_asked_for_at_the_service_itself_whatever_the_server_calls_it() -> None:
    table = {"vr": "OW", "BulkDataURI": "http://evil.example/steal?token=1"}
    inside = {"vr": "OW", "BulkDataURI": "http://inside:8042/other/studies/1/bulk/x"}
    climbing = {"vr": "OW", "BulkDataURI": "/studies/../../secret"}
    pixels = {
        "7FE00010": inside,
        "00291010": inside,
        "00281201": table,
        "00281202": inside,
        "00281203": climbing,
    }
    assert bulk_addresses(pixels, BASE) == {"00281202": f"{BASE}/studies/1/bulk/x"}


@pytest.mark.parametrize(
    ("metadata", "media_type", "code"),
    [
        ({}, "application/octet-stream", "damaged"),
        ({"00080016": 7, "00080018": {"vr": "??"}}, "application/octet-stream", "damaged"),
        ({"00081115": {"vr": "SQ", "Value": ["no sequence"]}}, "application/octet-stream", "damaged"),
        ({}, "video/mpeg; transfer-syntax=1.2.3.4", "unsupported"),
    ],
)
def test_metadata_that_make_no_file_say_so(metadata: dict[str, Any], media_type: str, code: str) -> None:
    with pytest.raises(ImageProblem) as problem:
        frame_file(metadata, 1, b"", media_type, {})
    assert problem.value.code == code


def test_the_size_of_an_instance_is_that_of_its_unpacked_pixels() -> None:
    data = dcmread(CORPUS / "SC_rgb_rle_16bit_2frame.dcm")
    assert uncompressed_bytes(answers(data)[0]) == data.pixel_array.nbytes
    assert uncompressed_bytes({"00280010": {"Value": ["-4"]}, "00280011": 5}) == 0
