"""Which bits of the cells that a decoder returns are the stored value (PS3.5 8.1.1).

A cell may be larger than the value in it. The other bits may contain anything, such as the retired kind of
overlays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def stored_values(
    cells: NDArray[Any],
    precision: int,
    stored: int,
    high: int,
    signed: bool,
    lossy: bool = False,
) -> NDArray[Any]:
    """Return the stored values in cells.

    Parameters
    ----------
    cells : array of integers, of any shape
        What a decoder returns, signed or not.
    precision
        Bits of a cell that the decoder has filled.
    stored, high
        Bits Stored and High Bit of the file: how many bits a value has, and the place of its highest one.
    signed
        Whether values have a sign (Pixel Representation).
    lossy
        Whether the code may have moved values beyond the bits stored. Then they become the lowest or highest
        value, because leaving out their upper bits would make white black.

    Returns
    -------
    array of the same shape and size of integers

    Examples
    --------
    >>> stored_values(np.array([0x8000, 0x7FF0], np.uint16), 16, 12, 15, signed=False)
    array([2048, 2047], dtype=uint16)
    >>> stored_values(np.array([0x0FFF, 0x7FF], np.uint16), 16, 12, 11, signed=True)
    array([  -1, 2047], dtype=int16)
    >>> stored_values(np.array([4100, 7], np.uint16), 16, 12, 11, signed=False, lossy=True)
    array([4095,    7], dtype=uint16)
    """
    size = cells.dtype.itemsize * 8
    order = cells.dtype.byteorder
    kind = np.dtype(f"{'i' if signed else 'u'}{cells.dtype.itemsize}").newbyteorder(order)
    if lossy and stored < precision:
        values = _bits(cells, kind, 0, precision)
        ends = (-(1 << stored - 1), (1 << stored - 1) - 1) if signed else (0, (1 << stored) - 1)
        return np.asarray(np.clip(values, *ends))
    width = min(stored, precision)
    if width == size:
        return cells.view(kind)
    return _bits(cells, kind, min(max(high + 1 - stored, 0), precision - width), width)


def _bits(cells: NDArray[Any], kind: np.dtype[Any], low: int, width: int) -> NDArray[Any]:
    """Return ``width`` bits from bit ``low`` on as numbers, whose sign is the uppermost of them."""
    size = cells.dtype.itemsize * 8
    if width == size:
        return cells.view(kind)
    moved = np.left_shift(cells.view(kind), size - low - width)
    return np.asarray(np.right_shift(moved, size - width, out=moved))
