"""Directions in the patient as letters, for the edges of an image (DICOM PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.py.imaging.dicom_header import Header

STEEPEST = 0.05
"""Smallest cosine that counts as a direction. Images tilted by less than 3° are called straight."""
_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
"""Along and against the axes of patient coordinates."""
_OPPOSITES = dict(zip("LRPAHF", "RLAPFH", strict=True))


def letters(direction: Sequence[float]) -> str:
    """Return the letters of a direction, the strongest first: at most three of L, R, P, A, H and F.

    Parameters
    ----------
    direction
        In patient coordinates: x to the left, y to the back, z to the head. Any length.

    Examples
    --------
    >>> letters((1, 0, 0)), letters((0, 0.6, -0.8)), letters((-0.02, 1, 0))
    ('L', 'FP', 'P')
    """
    length = sum(part * part for part in direction) ** 0.5
    strongest = sorted(zip(direction, _LETTERS, strict=True), key=lambda one: -abs(one[0]))
    return "".join(pair[part < 0] for part, pair in strongest if abs(part) > STEEPEST * length)


def opposite(named: str) -> str:
    """Return the letters of the opposite direction, without letters that are not a direction.

    Examples
    --------
    >>> opposite("FP"), opposite("")
    ('HA', '')
    """
    return "".join(_OPPOSITES.get(letter, "") for letter in named)


def ends(header: Header) -> tuple[str, str]:
    """Return the letters at the ends of rows and of columns, empty if the file does not say.

    Examples
    --------
    >>> ends(Header(rows=1, columns=1, orientation=(1, 0, 0, 0, 0, -1)))
    ('L', 'F')
    >>> ends(Header(rows=1, columns=1, directions=("A", "F")))
    ('A', 'F')
    """
    if len(header.orientation) == 6:
        return letters(header.orientation[:3]), letters(header.orientation[3:])
    if len(header.directions) == 2:
        # The opposite of the opposite keeps only letters that have one.
        row, column = (opposite(opposite(one)) for one in header.directions)
        return row, column
    return "", ""
