"""Masks read pixel by pixel, and bitmaps to try."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from webapp.py.domain.shapes import Mask

quarters = st.integers(-12, 60).map(lambda value: value / 4)
bitmaps = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 1))
places = st.integers(-5, 5)


def on_pixels(mask: Mask | None) -> set[tuple[int, int]]:
    """The pixels that are on, read run by run."""
    found: set[tuple[int, int]] = set()
    if mask is None:
        return found
    position, value = 0, 0
    for run in mask.runs:
        for index in range(position, position + run):
            if value:
                found.add((mask.x + index % mask.width, mask.y + index // mask.width))
        position, value = position + run, 1 - value
    return found


def pixels_of(bitmap: np.ndarray, x: int = 0, y: int = 0) -> set[tuple[int, int]]:
    return {(x + int(column), y + int(row)) for row, column in np.argwhere(bitmap)}
