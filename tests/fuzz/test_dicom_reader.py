"""Damaged and hostile DICOM files: bytes changed, cut, doubled and moved. There is a picture or a reason."""

from __future__ import annotations

import random
from pathlib import Path

import pydicom

from tests.fuzz.test_sync_fuzz import FIRST, ROUNDS
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_overlays import read_overlays
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.sources import ImageProblem

CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
SMALL = 100_000
"""Bytes of the largest file that is damaged; larger ones differ in nothing but pixels."""
FILES_A_SEED = 20


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Return the file with one to twenty damages."""
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at = dice.randrange(len(data))
        kind = dice.randrange(6)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"))
        elif kind == 2 and len(data) > 400:
            del data[max(at, 200) :]
        elif kind == 3:
            del data[at : at + dice.randrange(1, 40)]
        elif kind == 4:
            data[at:at] = data[at : at + dice.randrange(1, 200)]
        else:
            # Headers lie in front: most of what can go wrong does so there.
            data[dice.randrange(min(len(data), 2_000))] = dice.randrange(256)
        if not data:
            return b""
    return bytes(data)


def test_a_damaged_file_gives_a_picture_or_a_reason() -> None:
    files = sorted(path for path in CORPUS.glob("*.dcm") if path.stat().st_size <= SMALL)
    shown = refused = 0
    for seed in range(FIRST, FIRST + ROUNDS):
        dice = random.Random(seed)
        for _ in range(FILES_A_SEED):
            content = mutated(dice.choice(files).read_bytes(), dice)
            try:
                data = read_file(content)
                header = read_header(data)
                pixels = read_frame(data)
                read_overlays(data)
            except ImageProblem as problem:
                refused += 1
                assert problem.message.endswith((".", ")")) or ":" in problem.message
            else:
                shown += 1
                assert pixels.shape[:2] == (header.rows, header.columns)
    assert shown and refused
