"""A DICOM file with one frame, made of the responses of WADO-RS: metadata, bulk data and the frame's pixels.

With it, one frame of a huge instance can be shown without the others, by everything that reads DICOM files.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from webapp.py.imaging import texts
from webapp.py.imaging.dicomweb_metadata import PIXELS, is_public
from webapp.py.imaging.sources import ImageProblem

_MEDIA = {
    "image/jpeg": "1.2.840.10008.1.2.4.70",
    "image/dicom-rle": "1.2.840.10008.1.2.5",
    "image/x-dicom-rle": "1.2.840.10008.1.2.5",
    "image/jls": "1.2.840.10008.1.2.4.80",
    "image/x-jls": "1.2.840.10008.1.2.4.80",
    "image/jp2": "1.2.840.10008.1.2.4.90",
    "image/jphc": "1.2.840.10008.1.2.4.201",
}
"""The transfer syntaxes of media types that name none (PS3.18, table 8.7.3-4)."""


def frame_file(
    metadata: Mapping[str, Any], frame: int, pixels: bytes, media_type: str, bulk: Mapping[str, bytes]
) -> bytes:
    """Return a DICOM file that contains one frame.

    Parameters
    ----------
    metadata
        The instance in the DICOM JSON model (PS3.18 F.2).
    frame
        Which frame it is, counted from 1. Of the functional groups of all frames, only its own are kept.
    pixels, media_type
        The frame, and the Content-Type that it came with.
    bulk
        Bulk data by tag, from the addresses of `dicomweb_metadata.bulk_addresses`.

    Raises
    ------
    ImageProblem
        If the metadata does not make a file, or the media type is unknown.

    References
    ----------
    DICOM PS3.18, sections 8.7.3 (media types) and 10.4 (WADO-RS), PS3.10 (files).

    Examples
    --------
    >>> uids = {"00080016": {"vr": "UI", "Value": ["1.2"]}, "00080018": {"vr": "UI", "Value": ["3.4"]}}
    >>> frame_file(uids, 1, bytes(2), "application/octet-stream", {})[128:132]
    b'DICM'
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
        raise ImageProblem("damaged", texts.METADATA_RECURSION) from None
    except Exception as error:
        # pydicom raises exceptions of many kinds for invalid metadata.
        raise ImageProblem("damaged", texts.metadata_unreadable(error)) from None
    return file.getvalue()


def _elements(metadata: Mapping[str, Any], bulk: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for tag, element in metadata.items():
        if not isinstance(element, dict) or not is_public(tag) or tag.upper() in PIXELS or tag[:4] == "0002":
            continue
        if "BulkDataURI" not in element:
            yield tag, element
        elif tag in bulk:
            yield tag, {"vr": element.get("vr", "OB"), "InlineBinary": b64encode(bulk[tag]).decode()}


def _syntax(media_type: str) -> UID:
    kind, _, rest = media_type.partition(";")
    named = re.search(r"transfer-syntax\s*=\s*\"?([\d.]+)", rest)
    syntax = UID(named[1] if named else _MEDIA.get(kind.strip().lower(), ExplicitVRLittleEndian))
    if not syntax.is_transfer_syntax:
        raise ImageProblem("unsupported", texts.FRAME_SYNTAX_UNKNOWN)
    # The pixels are the same in both, and the attributes are written here.
    return ExplicitVRLittleEndian if syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian) else syntax
