"""Writes the demo data into a folder, once, with lists of what is there."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
from pydicom.errors import InvalidDicomError

from datasets_server.demo.dicom_files import DICOM_FILES, find_dicom_file
from datasets_server.demo.phantom import SLICES, encode_slices
from datasets_server.demo.photos import PHOTOS, displayed_size, encode_photo, photos_folder

VERSION = 1
"""Raised with every change of the data, so that an older layout is written again."""
MARKER = ".limner-demo.json"

Report = Callable[[str, int, int], None]
"""Called with what is being written, how many are done and how many there are."""


def lay_out(target: Path, photos_only: bool, report: Report) -> bool:
    """Write the demo data below ``target``.

    Each file appears complete or not at all. The marker is written last, so an interrupted run is repeated.

    Parameters
    ----------
    target : Path
        Folder, created when missing. Other files in it are not touched.
    photos_only : bool
        Leave out the DICOM files.
    report : callable
        Progress.

    Returns
    -------
    bool
        False when everything already exists.
    """
    parts = ["photos"] if photos_only else ["photos", "dicom"]
    if set(parts) <= _parts_there(target):
        return False
    target.mkdir(parents=True, exist_ok=True)
    photos = list(_write_photos(target, report))
    _write(target, "assets.json", _json(photos))
    _write(target, "SOURCES.txt", _sources().encode())
    if not photos_only:
        _write(target, "dicom.json", _json(list(_write_dicom(target, report))))
    _write(target, MARKER, _json({"version": VERSION, "parts": parts}))
    return True


def _parts_there(target: Path) -> set[str]:
    try:
        marker = json.loads((target / MARKER).read_bytes())
        return set(marker["parts"]) if marker["version"] == VERSION else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _write_photos(target: Path, report: Report) -> Iterator[dict[str, Any]]:
    folder = photos_folder()
    for done, photo in enumerate(PHOTOS, 1):
        data = encode_photo(photo, (folder / photo.source).read_bytes())
        _write(target, photo.path, data)
        width, height = displayed_size(data)
        yield {**_place(photo.path, data), "width": width, "height": height}
        report("photos", done, len(PHOTOS))


def _write_dicom(target: Path, report: Report) -> Iterator[dict[str, Any]]:
    wanted = [(folder, name) for folder, names in DICOM_FILES.items() for name in names]
    for done, (folder, name) in enumerate(wanted, 1):
        source = find_dicom_file(name)
        if source is not None:
            data = source.read_bytes()
            _write(target, f"{folder}/{name}", data)
            yield {**_place(f"{folder}/{name}", data), **_describe(data)}
        report("DICOM files", done, len(wanted))
    for done, (path, data) in enumerate(encode_slices(), 1):
        _write(target, path, data)
        yield {**_place(path, data), **_describe(data)}
        report("CT slices", done, SLICES)


def _describe(data: bytes) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of these files are odd on purpose
        try:
            header = pydicom.dcmread(BytesIO(data), stop_before_pixels=True)
        except InvalidDicomError:
            return {}
        return {
            "width": int(header.Columns),
            "height": int(header.Rows),
            "frames": int(header.get("NumberOfFrames") or 1),
            "modality": str(header.get("Modality", "")),
            "series": str(header.get("SeriesInstanceUID", "")),
        }


def _place(path: str, data: bytes) -> dict[str, Any]:
    folder, _, name = path.rpartition("/")
    return {"folder": folder, "name": name, "path": path, "bytes": len(data)}


def _sources() -> str:
    lines = ["Where the demo data comes from", ""]
    lines += [f"{photo.path}: {photo.source} in scikit-image; {photo.license}" for photo in PHOTOS]
    lines += ["", "dicom/: test files in pydicom (MIT)", "ct/: computed for Limner, no patient"]
    return "\n".join(lines) + "\n"


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def _write(target: Path, path: str, data: bytes) -> None:
    place = target / path
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    part.write_bytes(data)
    os.replace(part, place)
