"""Boxes: made from two corners, and resized by their eight handles."""

from __future__ import annotations

from typing import Literal

from webapp.py.domain.shapes import Box, Point

Resizing = Literal["nwse-resize", "ns-resize", "nesw-resize", "ew-resize"]
HANDLE_CURSORS: tuple[Resizing, ...] = ("nwse-resize", "ns-resize", "nesw-resize", "ew-resize") * 2
"""The cursor for each handle of a box, in the order of `box_handles`."""


def box_between(first: Point, second: Point) -> Box | None:
    """Return the box with two opposite corners, in any order, or None if it has no area.

    Examples
    --------
    >>> box_between((4, 6), (1, 2))
    Box(x=1, y=2, width=3, height=4)
    >>> box_between((4, 6), (4, 9)) is None
    True
    """
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def box_handles(box: Box) -> list[Point]:
    """Return the four corners and the middles of the four edges of a box, clockwise from the top left.

    Examples
    --------
    >>> box_handles(Box(x=0, y=0, width=4, height=2))[:4]
    [(0, 0), (2.0, 0), (4, 0), (4, 1.0)]
    """
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    middle, center = box.x + box.width / 2, box.y + box.height / 2
    return [
        (left, top),
        (middle, top),
        (right, top),
        (right, center),
        (right, bottom),
        (middle, bottom),
        (left, bottom),
        (left, center),
    ]


def resize_box(box: Box, handle: int, point: Point) -> Box | None:
    """Return the box after one of its handles is dragged to ``point``, or None if it would have no area.

    Dragging a handle over the opposite side flips the box.

    Parameters
    ----------
    box : Box
        The box, in pixels.
    handle : int
        Index in `box_handles`.
    point : (x, y)
        In pixels.

    Examples
    --------
    >>> resize_box(Box(x=0, y=0, width=4, height=2), 4, (6, 7))
    Box(x=0, y=0, width=6, height=7)
    >>> resize_box(Box(x=0, y=0, width=4, height=2), 7, (9, 100))
    Box(x=4, y=0, width=5, height=2)
    """
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    x, y = point
    if handle in (0, 6, 7):
        left = x
    if handle in (2, 3, 4):
        right = x
    if handle in (0, 1, 2):
        top = y
    if handle in (4, 5, 6):
        bottom = y
    return box_between((left, top), (right, bottom))
