"""Filling polygons and tracing masks, against exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import label

from tests.support.mask_pixels import bitmaps, pixels_of, quarters
from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.filling import fill, polygon_mask
from webapp.py.geometry.masks import (
    encode,
)
from webapp.py.geometry.polygons import signed_area


def center_inside(contours: list[list[tuple[float, float]]], column: int, row: int) -> bool:
    """Even-odd rule in rational numbers, edge by edge; upper and left edges belong to the polygon."""
    x, y = Fraction(2 * column + 1, 2), Fraction(2 * row + 1, 2)
    inside = False
    for contour in contours:
        for i, (ax, ay) in enumerate(contour):
            bx, by = contour[(i + 1) % len(contour)]
            x0, y0, x1, y1 = Fraction(ax), Fraction(ay), Fraction(bx), Fraction(by)
            if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
                inside = not inside
    return inside


outlines = st.lists(st.tuples(quarters, quarters), min_size=3, max_size=8)


rough = st.floats(-3, 15)
wild_outlines = st.lists(st.tuples(rough, rough), min_size=3, max_size=6)


@given(outlines | wild_outlines, st.lists(outlines, max_size=2))
def test_filling_takes_the_pixels_whose_centers_are_inside(
    contour: list[tuple[float, float]], holes: list[list[tuple[float, float]]]
) -> None:
    pixels = fill(Polygon(contour, holes), (1, 2, 9, 7))
    expected = {(c, r) for c in range(1, 10) for r in range(2, 9) if center_inside([contour, *holes], c, r)}
    assert pixels_of(pixels, 1, 2) == expected


def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out() -> None:
    left = fill(Polygon([(0, 0), (2.5, 0), (5.5, 6), (0, 6)]), (0, 0, 8, 6))
    right = fill(Polygon([(2.5, 0), (8, 0), (8, 6), (5.5, 6)]), (0, 0, 8, 6))
    assert (left + right == 1).all()


def test_filling_is_exact_where_floating_point_is_not() -> None:
    # Half way down, the slanted edge is a hair to the right of the center (3.5, 4.5): these floats are a
    # little more than 1.3 and 5.7. Rounded, it would pass through the center.
    assert Fraction(1.3) + Fraction(5.7) > 7 and 1.3 + 5.7 == 7
    pixels = fill(Polygon([(1.3, 0), (5.7, 9), (20, 9), (20, 0)]), (0, 0, 9, 9))
    assert pixels[4].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_a_polygon_between_pixel_centers_is_no_mask() -> None:
    assert polygon_mask(Polygon([(0.6, 0.6), (1.4, 0.6), (1.4, 1.4)]), 10, 10) is None
    assert polygon_mask(Polygon([(20, 20), (30, 20), (30, 30)]), 10, 10) is None


def test_a_polygon_with_a_hole_becomes_a_ring() -> None:
    ring = Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    assert polygon_mask(ring, 10, 10) == Mask(x=0, y=0, width=3, height=3, runs=[0, 4, 1, 4])


def test_the_contour_of_one_pixel_is_its_square() -> None:
    (square,) = mask_polygons(Mask(x=3, y=4, width=1, height=1, runs=[0, 1]))
    assert square == Polygon([(3, 4), (4, 4), (4, 5), (3, 5)])


def test_a_mask_with_a_hole_and_an_island_in_it_is_two_polygons() -> None:
    bitmap = np.ones((5, 5), dtype=np.uint8)
    bitmap[1:4, 1:4] = 0
    bitmap[2, 2] = 1
    mask = encode(bitmap)
    assert mask is not None
    outer, island = mask_polygons(mask)
    assert outer.points == [(0, 0), (5, 0), (5, 5), (0, 5)]
    assert outer.holes == [[(1, 1), (1, 4), (4, 4), (4, 1)]]
    assert island == Polygon([(2, 2), (3, 2), (3, 3), (2, 3)])


def test_holes_side_by_side_belong_to_the_same_piece() -> None:
    mask = Mask(x=0, y=0, width=7, height=3, runs=[0, 8, 1, 1, 1, 1, 1, 8])
    (piece,) = mask_polygons(mask)
    assert [hole[0] for hole in piece.holes] == [(1, 1), (3, 1), (5, 1)]


def test_pixels_that_meet_at_a_corner_are_two_pieces() -> None:
    for bitmap in ([[1, 0], [0, 1]], [[0, 1], [1, 0]]):
        mask = encode(np.array(bitmap))
        assert mask is not None
        assert sorted(signed_area(piece.points) for piece in mask_polygons(mask)) == [1, 1]


@settings(max_examples=300)
@given(bitmaps)
def test_contours_filled_again_are_the_mask(bitmap: np.ndarray) -> None:
    mask = encode(bitmap)
    if mask is None:
        return
    pieces = mask_polygons(mask)
    height, width = bitmap.shape
    together = sum(fill(piece, (0, 0, width, height)).astype(int) for piece in pieces)
    assert (together == bitmap).all()
    assert len(pieces) == label(bitmap, connectivity=1, return_num=True)[1]
    background = label(np.pad(1 - bitmap, 1, constant_values=1), connectivity=2, return_num=True)[1]
    assert sum(len(piece.holes) for piece in pieces) == background - 1
    for piece in pieces:
        assert signed_area(piece.points) > 0
        assert all(signed_area(hole) < 0 for hole in piece.holes)
