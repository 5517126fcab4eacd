"""The images that are labeled, and what is kept of database and browser profiles."""

from __future__ import annotations

import contextlib
import io
import json
import lzma
import platform
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

WIDTH, HEIGHT = 160, 120
SLICES = 4
KEPT_FOLDERS = ("IndexedDB", "File System", "Local Storage", "WebStorage")
"""Of a profile, below ``Default``: database, private files, small settings, and the list of what there is."""
LEFT_OUT = {"LOG", "LOG.old", "LOCK"}
"""Files of a LevelDB that only say where and when it was opened."""
DUMP = """async (name) => {
    const outcome = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await outcome(indexedDB.open(name));
    const found = {version: database.version, stores: {}};
    for (const store of database.objectStoreNames) {
        const source = database.transaction(store).objectStore(store);
        const [keys, values] = [await outcome(source.getAllKeys()), await outcome(source.getAll())];
        found.stores[store] = keys.map((key, at) => [key, values[at]]);
    }
    database.close();
    return found;
}"""
FORGET = """(name) => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
})"""
REMEMBERED = "() => Object.fromEntries(Object.entries(localStorage))"
PASSING = ("limner.clock.",)
"""Prefixes of settings that mean nothing later."""


def write_images(folder: Path) -> list[dict[str, Any]]:
    """Write small photos and a small stack of slices; return the list of the photos."""
    (folder / "photos").mkdir(parents=True)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    listed = []
    for number, name in enumerate(("first", "second", "third", "fourth")):
        shades = [columns + 20 * number, rows * 2, (rows // 10 + columns // 10) % 2 * 90 + 60]
        picture = Image.fromarray(np.stack(shades, axis=-1).clip(0, 255).astype(np.uint8))
        picture.save(folder / "photos" / f"{name}.png", optimize=True)
        place = {"folder": "photos", "name": f"{name}.png", "path": f"photos/{name}.png"}
        listed.append({**place, "bytes": 0, "width": WIDTH, "height": HEIGHT})
    (folder / "ct").mkdir()
    for number in range(SLICES):
        slice_of(number).save_as(folder / "ct" / f"slice-{number + 1}.dcm", enforce_file_format=True)
    return listed


def slice_of(number: int) -> FileDataset:
    """Return a slice with a ball, without a patient."""

    def uid(*words: str) -> str:
        return generate_uid(entropy_srcs=["limner old data", *words])

    size = 64
    rows, columns = np.mgrid[:size, :size]
    inside = (rows - 32) ** 2 + (columns - 32) ** 2 < (14 + 2 * number) ** 2
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid("slice", str(number))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = uid("study"), uid("series")
    made.FrameOfReferenceUID = uid("frame")
    made.PatientName, made.PatientID, made.Modality = "Ball^Computed", "BALL", "CT"
    made.SeriesDescription, made.SeriesNumber, made.InstanceNumber = "Computed ball", 1, number + 1
    made.ImagePositionPatient, made.ImageOrientationPatient = [0, 0, 3.0 * number], [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness = [1, 1], 3
    made.Rows = made.Columns = size
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = -1024, 1, "HU"
    made.WindowCenter, made.WindowWidth = 40, 400
    made.PixelData = np.where(inside, 1124, 24).astype("<u2").tobytes()
    made["PixelData"].VR = "OW"
    return made


def read_stored(stored: dict[str, Any], remembered: dict[str, str]) -> dict[str, Any]:
    """Return the content of a person's database and settings.

    ``records`` are the records as the person sees them: the base with the outbox applied.
    """
    stores = stored["stores"]
    records: dict[str, dict[str, Any]] = {}
    for (_scope, table, name), text in stores["base"]:
        row = json.loads(text)
        records[f"{table}/{name}"] = json.loads(row["fields"])
    waiting = [
        {"scope": entry["scope"], **json.loads(entry["text"])}
        for _, entry in sorted(stores["outbox"], key=lambda pair: pair[0])
    ]
    for op in waiting:
        before = records.get(f"{op['table']}/{op['id']}", {})
        records[f"{op['table']}/{op['id']}"] = {**before, **op["fields"]}
    lists: dict[str, list[Any]] = {"refused": [], "overwritten": [], "aside": []}
    for _, entry in stores["lists"]:
        lists[entry["kind"]].append({"scope": entry["scope"], **json.loads(entry["text"])})
    return {
        "scopes": {name: json.loads(text) for name, text in stores["scopes"]},
        "records": records,
        "waiting": waiting,
        **lists,
        "meta": {key: json.loads(text) for key, text in stores["meta"]},
        "assets": [json.loads(text) for _, text in stores["assets"]],
        "remembered": {key: text for key, text in remembered.items() if not key.startswith(PASSING)},
    }


def keep_profile(profile: Path, packed: Path) -> None:
    """Copy what belongs to the site from a profile."""
    for name in KEPT_FOLDERS:
        source = profile / "Default" / name
        if source.is_dir():
            shutil.copytree(
                source,
                packed / "Default" / name,
                ignore=lambda _, names: [one for one in names if one in LEFT_OUT],
            )


def write(out: Path, packed: Path, manifest: dict[str, Any]) -> None:
    """Write archive and manifest, unless something in them names the computer."""
    words = {platform.node(), str(Path.home()), tempfile.gettempdir(), str(packed.parent)}
    telling = [word.encode() for word in words if len(word) > 3] + [b"/tmp/"]
    for file in sorted(packed.rglob("*")):
        content = file.read_bytes() if file.is_file() else b""
        found = [word for word in telling if word in content]
        assert not found, f"{file.relative_to(packed)} names this computer: {found}"
    out.mkdir(parents=True, exist_ok=True)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for file in sorted(packed.rglob("*")):
            entry = archive.gettarinfo(file, str(file.relative_to(packed)))
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            with file.open("rb") if file.is_file() else contextlib.nullcontext() as content:
                archive.addfile(entry, content)
    content = lzma.compress(made.getvalue(), preset=9 | lzma.PRESET_EXTREME)
    (out / "data.tar.xz").write_bytes(content)
    (out / "manifest.json").write_text(as_text(manifest) + "\n", encoding="utf-8")
    say(f"{out}: {len(content):,} bytes")


def as_text(value: Any, depth: int = 0) -> str:
    """Return JSON with a record on each line."""
    if depth == 3 or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = (
        [f"{json.dumps(name)}: {as_text(part, depth + 1)}" for name, part in value.items()]
        if isinstance(value, dict)
        else [as_text(part, depth + 1) for part in value]
    )
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opened, ",\n".join(lines), closed])


def say(what: str) -> None:
    """Print the progress."""
    print(what, flush=True)


def keep_database(database: Path, packed: Path) -> dict[str, Any]:
    """Copy the database without its sign-ins. Return its content."""
    packed.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(database / "limner.db")) as rows:
        rows.execute("DELETE FROM sessions")
        rows.commit()
        rows.execute("VACUUM INTO ?", [str(packed / "limner.db")])
    with contextlib.closing(sqlite3.connect(packed / "limner.db")) as rows:
        rows.row_factory = sqlite3.Row
        return {
            table: [_plain(row) for row in rows.execute(f"SELECT * FROM {table} ORDER BY {order}")]
            for table, order in {
                "meta": "key",
                "memberships": "project, person",
                "records": "seq",
                "ops": "seq",
                "assets": "dataset, ordinal",
            }.items()
        }


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    made = dict(row)
    for name in ("fields", "before"):
        if made.get(name) is not None:
            made[name] = json.loads(made[name])
    return made
