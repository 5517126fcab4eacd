"""Masks to polygons, exactly along the edges of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask, Point, Polygon
from webapp.py.geometry.spans import mask_spans, rows_of

Indices = NDArray[np.intp]


def mask_polygons(mask: Mask) -> list[Polygon]:
    """Return the contours of a mask as polygons, one for each piece, with its holes.

    Points are corners of pixels, so filling the polygons gives exactly the same mask. Pixels that meet only
    at a corner belong to different pieces (4-connectivity). Contours run clockwise on screen, and holes
    counterclockwise. Pieces are ordered by their topmost, then leftmost corners.

    Parameters
    ----------
    mask : Mask
        The mask, in pixels.

    Raises
    ------
    ValueError
        If a contour has more points than a polygon can have.

    Examples
    --------
    >>> mask_polygons(Mask(x=5, y=1, width=3, height=3, runs=[0, 4, 1, 4]))
    [Polygon(points=[(5.0, 1.0), (8.0, 1.0), (8.0, 4.0), (5.0, 4.0)], \
holes=[[(6.0, 2.0), (6.0, 3.0), (7.0, 3.0), (7.0, 2.0)]])]
    """
    rows, columns, begins, across, down = _corners(mask)
    contour = np.full(len(rows), -1, dtype=np.intp)
    loops: list[list[int]] = []
    for start in range(len(rows)):  # corners are sorted, so a loop starts at its topmost, leftmost corner
        if contour[start] < 0:
            loops.append(_loop(start, across, down, contour, len(loops)))
    firsts = [loop[0] for loop in loops]
    owners = _owners(begins, rows, columns, down, contour, firsts, mask.width + 2)
    pieces: dict[int, tuple[list[Point], list[list[Point]]]] = {}
    for number, loop in enumerate(loops):
        points = [(float(columns[i] + mask.x), float(rows[i] + mask.y)) for i in loop]
        if owners[number] == number:
            pieces[number] = (points, [])
        else:
            pieces[owners[number]][1].append([points[0], *reversed(points[1:])])
    return [Polygon(points, holes) for points, holes in pieces.values()]


def _corners(mask: Mask) -> tuple[Indices, Indices, NDArray[np.bool_], Indices, Indices]:
    """Return row and column of every corner of the contours, and its neighbors in its row and its column.

    The third array says whether pixels start below and to the right of the corner. Where two pixels meet only
    at a point there are two corners, one for each pixel.
    """
    lines, lefts, rights = rows_of(mask_spans(mask, (mask.x, mask.y, mask.width, mask.height)), mask.width)
    stride = mask.width + 1
    starts, ends = lines * stride + lefts, lines * stride + rights
    sides = np.concatenate([starts, ends])
    # Pixels start (1) or end (-1) at these places in the row below, and in the row above.
    places = np.unique(np.concatenate([sides, sides + stride]))
    below, above = np.zeros(len(places), np.int8), np.zeros(len(places), np.int8)
    for found, move in ((below, 0), (above, stride)):
        found[np.searchsorted(places, starts + move)] = 1
        found[np.searchsorted(places, ends + move)] = -1
    rising = (above == 1) & (below == -1)
    falling = (above == -1) & (below == 1)
    times = ((above == 0) != (below == 0)).astype(np.intp) + 2 * (falling | rising)
    turning = times > 0
    repeat = times[turning]
    order = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    which = np.repeat(np.flatnonzero(turning), repeat)
    rows, columns = (places[which] // stride).astype(np.intp), (places[which] % stride).astype(np.intp)
    # Of two corners at one point, the first belongs to the upper pixel: on its left if that is the left one.
    beside = np.where(rising[which], 1 - order, order)
    across = _partners(np.lexsort((beside, columns, rows)))
    down = _partners(np.lexsort((order, rows, columns)))
    return rows, columns, below[which] == 1, across, down


def _partners(order: NDArray[np.intp]) -> Indices:
    """Pair the corners along each grid line: an edge runs from the first to the second, and so on."""
    partner = np.empty(len(order), dtype=np.intp)
    partner[order[0::2]] = order[1::2]
    partner[order[1::2]] = order[0::2]
    return partner


def _loop(start: int, across: Indices, down: Indices, contour: Indices, number: int) -> list[int]:
    """Follow a contour from corner to corner, and mark the corners with its number."""
    loop: list[int] = []
    corner = start
    while True:
        loop.append(corner)
        contour[corner] = number
        corner = int(across[corner])
        loop.append(corner)
        contour[corner] = number
        corner = int(down[corner])
        if corner == start:
            return loop


def _owners(
    begins: NDArray[np.bool_],
    rows: Indices,
    columns: Indices,
    down: Indices,
    contour: Indices,
    firsts: list[int],
    stride: int,
) -> list[int]:
    """Return the outer contour of the piece of every contour: itself, or for a hole the one around it."""
    upper = np.flatnonzero(rows < rows[down])
    length = rows[down[upper]] - rows[upper]
    edge = np.repeat(upper, length)
    row = rows[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(length) - length, length)
    keys = row * stride + columns[edge]
    order = np.argsort(keys, kind="stable")
    keys, edge = keys[order], edge[order]
    owners: list[int] = []
    for number, first in enumerate(firsts):
        if begins[first]:  # at the topmost, leftmost corner of an outer contour, else of a hole
            owners.append(number)
        else:  # the nearest upright edge to the left bounds the same piece and was seen before
            left = int(np.searchsorted(keys, rows[first] * stride + columns[first])) - 1
            owners.append(owners[contour[edge[left]]])
    return owners
