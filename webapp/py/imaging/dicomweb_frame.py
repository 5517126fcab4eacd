"""A DICOM file of one frame, made of what WADO-RS answers about it: metadata, bulk data, the frame's pixels.

With it a frame of a huge instance can be shown without the others, and everything that reads DICOM files
reads it too.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from webapp.py.imaging.sources import ImageProblem

_PIXELS = {"7FE00008", "7FE00009", "7FE00010"}
_MEDIA = {
    "image/jpeg": "1.2.840.10008.1.2.4.70",
    "image/dicom-rle": "1.2.840.10008.1.2.5",
    "image/x-dicom-rle": "1.2.840.10008.1.2.5",
    "image/jls": "1.2.840.10008.1.2.4.80",
    "image/x-jls": "1.2.840.10008.1.2.4.80",
    "image/jp2": "1.2.840.10008.1.2.4.90",
    "image/jphc": "1.2.840.10008.1.2.4.201",
}
"""Transfer syntaxes of media types that name none (PS3.18, table 8.7.3-4)."""


def uncompressed_bytes(metadata: Mapping[str, Any]) -> int:
    """Return how many bytes the pixels of an instance have when they are unpacked; 0 where it does not say.

    Examples
    --------
    >>> entry = {"00280010": {"Value": [2]}, "00280011": {"Value": [3]}, "00280100": {"Value": [16]}}
    >>> uncompressed_bytes(entry | {"00280008": {"Value": ["5"]}})
    60
    """
    rows, columns, bits = (_number(metadata, tag, 0) for tag in ("00280010", "00280011", "00280100"))
    samples, frames = _number(metadata, "00280002", 1), _number(metadata, "00280008", 1)
    return rows * columns * samples * frames * bits // 8


def bulk_addresses(metadata: Mapping[str, Any], base: str) -> dict[str, str]:
    """Return where bulk data other than pixels lies, look-up tables and the like, by the tag.

    A server that does not know under which address it is seen from outside names wrong ones: what counts is
    the path from ``/studies`` on, under ``base``, the service's own address. So nobody is asked who was not
    meant to be.

    Examples
    --------
    >>> bulk_addresses({"00281201": {"vr": "OW", "BulkDataURI": "http://in:8042/x/studies/1/bulk/2"}}, "http://p/d")
    {'00281201': 'http://p/d/studies/1/bulk/2'}
    """
    found = {}
    for tag, element in metadata.items():
        address = element.get("BulkDataURI") if isinstance(element, dict) else None
        if not isinstance(address, str) or tag.upper() in _PIXELS or not _is_public(tag):
            continue
        _, mark, rest = urlsplit(address).path.partition("/studies/")
        if mark and ".." not in rest:
            found[tag] = f"{base}{mark}{rest}"
    return found


def frame_file(
    metadata: Mapping[str, Any], frame: int, pixels: bytes, media_type: str, bulk: Mapping[str, bytes]
) -> bytes:
    """Return a DICOM file that holds one frame.

    Parameters
    ----------
    metadata
        The instance in the DICOM JSON model (PS3.18 F.2).
    frame
        Which one it is, from 1: its own functional groups are kept of those of all frames.
    pixels, media_type
        The frame, and the Content-Type that it came with.
    bulk
        Bulk data by tag, as `bulk_addresses` asks for it.

    Raises
    ------
    ImageProblem
        When the metadata make no file.
    """
    syntax = _syntax(media_type)
    try:
        data = Dataset.from_json(json.dumps(dict(_elements(metadata, bulk))))
        groups = data.get("PerFrameFunctionalGroupsSequence")
        if groups:
            data.PerFrameFunctionalGroupsSequence = [groups[min(frame, len(groups)) - 1]]
        data.NumberOfFrames = 1
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = syntax
        meta.MediaStorageSOPClassUID = data.SOPClassUID
        meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.file_meta = meta
        wide = int(data.get("BitsAllocated", 8)) > 8
        data.add_new(
            0x7FE00010,
            "OB" if syntax.is_compressed or not wide else "OW",
            encapsulate([pixels]) if syntax.is_compressed else pixels + b"\0" * (len(pixels) % 2),
        )
        file = BytesIO()
        dcmwrite(file, data, enforce_file_format=True)
    except RecursionError:
        raise ImageProblem("damaged", "The metadata of this image are nested too deeply.") from None
    except Exception as error:
        # pydicom raises about anything on metadata that no DICOM file could have.
        raise ImageProblem(
            "damaged", f"The server's metadata of this image cannot be read ({type(error).__name__})."
        ) from None
    return file.getvalue()


def _elements(metadata: Mapping[str, Any], bulk: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for tag, element in metadata.items():
        if (
            not isinstance(element, dict)
            or not _is_public(tag)
            or tag.upper() in _PIXELS
            or tag[:4] == "0002"
        ):
            continue
        if "BulkDataURI" not in element:
            yield tag, element
        elif tag in bulk:
            yield tag, {"vr": element.get("vr", "OB"), "InlineBinary": b64encode(bulk[tag]).decode()}


def _is_public(tag: str) -> bool:
    return (
        bool(re.fullmatch(r"[0-9A-Fa-f]{8}", tag)) and int(tag[3], 16) % 2 == 0 and tag[:4].upper() < "FFF0"
    )


def _syntax(media_type: str) -> UID:
    kind, _, rest = media_type.partition(";")
    named = re.search(r"transfer-syntax\s*=\s*\"?([\d.]+)", rest)
    syntax = UID(named[1] if named else _MEDIA.get(kind.strip().lower(), ExplicitVRLittleEndian))
    if not syntax.is_transfer_syntax:
        raise ImageProblem("unsupported", "The server sent the frame in a form that is not known.")
    # Pixels are the same, and the attributes are written here.
    return ExplicitVRLittleEndian if syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian) else syntax


def _number(metadata: Mapping[str, Any], tag: str, default: int) -> int:
    element = metadata.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    text = str(values[0]) if isinstance(values, list) and values else ""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default
