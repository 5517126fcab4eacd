"""Recognizes DICOM files without preamble and the letters DICM, which many writers omit (PS3.10 7)."""

from __future__ import annotations

import struct

_ENOUGH = 3
"""Elements in a row that make sense."""
_LARGEST = 1 << 28
_UNDEFINED = 0xFFFFFFFF
_SHORT = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
"""Value representations with a length of 32 bits (PS3.5 7.1.2)."""


def is_bare_dicom(head: bytes) -> bool:
    r"""Return whether a file begins with data elements, in any of the encodings of PS3.5.

    They begin with group 2 (meta header) or 8, ascend, and each has a length that makes sense.

    Parameters
    ----------
    head
        The first bytes of the file; a few hundred are enough.

    Examples
    --------
    >>> first, second = b"\x08\x00\x05\x00CS\x02\x00  ", b"\x08\x00\x16\x00UI\x02\x001\x00"
    >>> is_bare_dicom(first + second + b"\x08\x00\x60\x00CS\x02\x00MR"), is_bare_dicom(second + first * 2)
    (True, False)
    """
    return any(_elements(head, order) >= _ENOUGH for order in "<>")


def _elements(head: bytes, order: str) -> int:
    """Return how many elements make sense, at most `_ENOUGH`."""
    place, before, count = 0, (0, -1), 0
    while count < _ENOUGH and place + 8 <= len(head):
        tag = struct.unpack_from(order + "HH", head, place)
        first_group = count == 0 and tag[0] not in (2, 8)
        if first_group or tag <= before or tag[0] % 2 or tag[0] > 0x0020:
            break
        kind = head[place + 4 : place + 6]
        if kind in _LONG:
            start, form = place + 8, "I"
        elif kind in _SHORT:
            start, form = place + 6, "H"
        else:
            start, form = place + 4, "I"
        size = struct.calcsize(form)
        if start + size > len(head):
            break
        (length,) = struct.unpack_from(order + form, head, start)
        if length != _UNDEFINED and (length % 2 or length > _LARGEST):
            break
        count, before = count + 1, tag
        if length == _UNDEFINED:
            break
        place = start + size + length
    return count
