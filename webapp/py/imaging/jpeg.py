"""The segments of a JPEG up to its first scan (ITU-T T.81 annex B)."""

from __future__ import annotations

from dataclasses import dataclass

END = b"\xff\xd9"
"""The marker at the end of the image."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_ARITHMETIC = frozenset({0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_SCAN, _END = 0xDA, 0xD9


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame header says: size in pixels, bits of a sample, ids of the components, and the coding."""

    width: int
    height: int
    bits: int
    components: bytes
    lossless: bool
    arithmetic: bool


def frame_of(data: bytes) -> Frame | None:
    r"""Return what the frame header of a JPEG says, or None if it is not in these bytes.

    Examples
    --------
    >>> frame_of(b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00")
    Frame(width=3, height=2, bits=8, components=b'\x01', lossless=False, arithmetic=False)
    """
    for marker, start in segments(data):
        if marker in _FRAMES and start + 8 <= len(data):
            bits, count = data[start + 2], data[start + 7]
            height, width = (int.from_bytes(data[at : at + 2], "big") for at in (start + 3, start + 5))
            ids = data[start + 8 : start + 8 + 3 * count : 3]
            return Frame(width, height, bits, bytes(ids), marker in _LOSSLESS, marker in _ARITHMETIC)
    return None


def scan_of(data: bytes) -> int | None:
    r"""Return where the first scan of the image starts; in it, FF D9 always means the end.

    Examples
    --------
    >>> scan_of(b"\xff\xd8\xff\xda\x00\x00"), scan_of(b"\xff\xd8")
    (4, None)
    """
    return next((start for marker, start in segments(data) if marker == _SCAN), None)


def segments(data: bytes) -> list[tuple[int, int]]:
    r"""Return the markers up to the first scan, each with the position of its length field.

    Stray bytes between segments are skipped, as libjpeg does.

    Examples
    --------
    >>> segments(b"\xff\xd8\xff\xe0\x00\x02stray\xff\xda\x00\x00")
    [(224, 4), (218, 13)]
    """
    found: list[tuple[int, int]] = []
    place = 2
    while (place := data.find(b"\xff", place)) >= 0 and place + 4 <= len(data):
        marker = data[place + 1]
        if marker in (0x00, 0xFF) or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == _END:
            break
        found.append((marker, place + 2))
        if marker == _SCAN:
            break
        place += 2 + max(int.from_bytes(data[place + 2 : place + 4], "big"), 2)
    return found
