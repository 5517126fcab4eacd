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

import numpy as np
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from webapp.py.imaging import texts
from webapp.py.imaging.dicomweb_metadata import MOST_NESTED, PIXELS, is_public, needed_items
from webapp.py.imaging.single_frame import keep_frame
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
_NUMBERS = {"US": "<u2", "SS": "<i2", "UL": "<u4", "SL": "<i4", "FL": "<f4", "FD": "<f8"}
_TEXTS = frozenset({"CS", "DA", "DS", "IS", "LO", "SH", "TM", "UI"})


def frame_file(
    metadata: Mapping[str, Any], frame: int, pixels: bytes, media_type: str, bulk: Mapping[str, bytes]
) -> bytes:
    """Return a DICOM file that contains one frame.

    Parameters
    ----------
    metadata
        The instance in the DICOM JSON model (PS3.18 F.2).
    frame
        Which frame it is, counted from 1. Of what is given for each frame, only its own is kept.
    pixels, media_type
        The frame, and the Content-Type that it came with.
    bulk
        Bulk data by path, from the addresses of `dicomweb_metadata.bulk_addresses`.

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
        elements = dict(_elements(metadata, bulk, "", frame, MOST_NESTED))
        keep_frame(data := Dataset.from_json(json.dumps(elements)), frame - 1)
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


def _elements(
    elements: Mapping[str, Any], bulk: Mapping[str, bytes], path: str, frame: int, depth: int
) -> Iterator[tuple[str, Any]]:
    """Return the elements of a data set, with bulk data in their places, and without what no frame needs."""
    for tag, element in elements.items():
        if not isinstance(element, dict) or not is_public(tag) or tag.upper() in PIXELS or tag[:4] == "0002":
            continue
        if "BulkDataURI" in element:
            if path + tag in bulk:
                yield tag, _inline(str(element.get("vr", "OB")), bulk[path + tag])
        elif element.get("vr") != "SQ" or not depth:
            yield tag, element
        else:
            items = dict(needed_items(tag, element, frame))
            # Items keep their places, because other elements may name them by number.
            count = max(items, default=-1) + 1
            yield (
                tag,
                {
                    "vr": "SQ",
                    "Value": [
                        dict(
                            _elements(items.get(number, {}), bulk, f"{path}{tag}/{number}/", frame, depth - 1)
                        )
                        for number in range(count)
                    ],
                },
            )


def _inline(kind: str, content: bytes) -> dict[str, Any]:
    """Return bulk data as an element of the JSON model, which has only bytes inline (PS3.18 F.2.6, F.2.7)."""
    if kind in _NUMBERS:
        return {"vr": kind, "Value": np.frombuffer(content, _NUMBERS[kind]).tolist()}
    if kind in _TEXTS:
        return {"vr": kind, "Value": content.decode("ascii", "replace").strip(" \0").split("\\")}
    return {"vr": kind, "InlineBinary": b64encode(content).decode()}


def _syntax(media_type: str) -> UID:
    kind, _, rest = media_type.partition(";")
    named = re.search(r"transfer-syntax\s*=\s*\"?([\d.]+)", rest)
    syntax = UID(named[1] if named else _MEDIA.get(kind.strip().lower(), ExplicitVRLittleEndian))
    if not syntax.is_transfer_syntax:
        raise ImageProblem("unsupported", texts.FRAME_SYNTAX_UNKNOWN)
    # The pixels are the same in both, and the attributes are written here.
    return ExplicitVRLittleEndian if syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian) else syntax
