"""Masks of all slices of a volume at once, beside those of each slice by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import binary_fill_holes

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import encode
from webapp.py.geometry.volume_masks import volume_masks


def made(pixels: np.ndarray[Any, Any], fill_holes: bool) -> list[Mask | None]:
    found = volume_masks(pixels, 7, 3, fill_holes)
    return [
        None
        if one is None
        else Mask(x=one.box[0], y=one.box[1], width=one.box[2], height=one.box[3], runs=one.runs.tolist())
        for one in found
    ]


@settings(max_examples=200, deadline=None)
@given(pixels=arrays(bool, st.tuples(*[st.integers(1, 7)] * 3)), fill_holes=st.booleans())
def test_masks_are_those_of_each_slice_by_itself(pixels: np.ndarray[Any, Any], fill_holes: bool) -> None:
    planes = [binary_fill_holes(plane) if fill_holes else plane for plane in pixels]
    assert made(pixels, fill_holes) == [encode(plane, 7, 3) for plane in planes]


@pytest.mark.parametrize("fill_holes", [False, True])
def test_full_and_empty_slices_lie_side_by_side(fill_holes: bool) -> None:
    pixels = np.zeros((4, 3, 5), bool)
    pixels[1], pixels[2], pixels[3, 1, 4] = True, True, True
    full = Mask(x=7, y=3, width=5, height=3, runs=[0, 15])
    assert made(pixels, fill_holes) == [None, full, full, Mask(x=11, y=4, width=1, height=1, runs=[0, 1])]
