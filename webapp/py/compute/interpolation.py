"""Interpolation of an object between the slices in which it is labeled, by shape."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.mask_operations import Packed, pack_region, unpack_region
from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import Rect, decode, encode, join_rects
from webapp.py.geometry.shapes import bounds


def interpolate(
    shapes: Sequence[Packed], places: Sequence[float], between: Sequence[float], size: Sequence[int]
) -> Generator[Progress, None, list[Packed | None]]:
    """Return the masks of an object between the slices in which it is labeled.

    Each labeled slice becomes the signed distance to the edge of the object. The distances of two labeled
    slices are blended by how near these are, and the object is where the blend is positive.

    Parameters
    ----------
    shapes : sequence of dict
        The object in two or more labeled slices, from `mask_operations.pack_region`.
    places : sequence of float
        Positions of these slices, ascending, in mm or any other unit.
    between : sequence of float
        Positions of the wanted masks, in the same unit.
    size : (width, height)
        Size of the slices, in pixels.

    Yields
    ------
    Progress
        After each mask.

    Returns
    -------
    list of dict or None
        A mask for each of ``between``; None where the object is not, such as beyond its labeled slices.

    Raises
    ------
    ComputeProblem
        If there are fewer than two labeled slices, or their positions do not ascend.

    References
    ----------
    S. P. Raya and J. K. Udupa, "Shape-based interpolation of multidimensional objects", IEEE Transactions on
    Medical Imaging 9(1), 1990.

    Examples
    --------
    >>> first = pack_region(Mask(0, 0, 3, 1, [0, 3]))
    >>> last = pack_region(Mask(1, 0, 3, 1, [0, 3]))
    >>> steps = interpolate([first, last], [0.0, 2.0], [1.0], (9, 1))
    >>> next(steps).share
    1.0
    >>> try: next(steps)
    ... except StopIteration as stop: unpack_region(stop.value[0])
    Mask(x=1, y=0, width=2, height=1, runs=[0, 2])
    """
    if len(shapes) < 2 or any(after <= before for before, after in pairwise(places)):
        raise ComputeProblem(texts.TOO_FEW_SLICES)
    masks = [_mask(shape, size) for shape in shapes]
    rect = None
    for mask in masks:
        rect = join_rects(rect, (mask.x, mask.y, mask.width, mask.height))
    assert rect is not None
    distances: dict[int, NDArray[np.float32]] = {}
    found: list[Packed | None] = []
    for number, place in enumerate(between):
        found.append(None)
        after = int(np.searchsorted(places, place))
        if 0 < after < len(places):
            for kept in set(distances) - {after - 1, after}:
                del distances[kept]
            for wanted in (after - 1, after):
                if wanted not in distances:
                    distances[wanted] = signed_distance(_within(masks[wanted], rect))
            share = (place - places[after - 1]) / (places[after] - places[after - 1])
            blend = (1 - share) * distances[after - 1] + share * distances[after]
            blended = encode(blend > 0, rect[0], rect[1])
            found[-1] = pack_region(blended) if blended is not None else None
        yield Progress((number + 1) / len(between), texts.INTERPOLATING)
    return found


def signed_distance(pixels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the distance of each pixel's center from the edge of a region, positive inside.

    Parameters
    ----------
    pixels : array of bool, shape (height, width)
        Nothing outside the array belongs to the region.

    Returns
    -------
    array of float32, shape (height, width)
        In pixels, to the middle of the edge between a pixel inside and its neighbor outside.

    Examples
    --------
    >>> signed_distance(np.array([[False, True, True, False, False]])).tolist()
    [[-0.5, 0.5, 0.5, -0.5, -1.5]]
    """
    from scipy.ndimage import distance_transform_edt

    framed = np.pad(pixels, 1)
    inside = distance_transform_edt(framed)
    outside = distance_transform_edt(~framed) if framed.any() else np.full(framed.shape, np.inf)
    both = np.where(framed, inside - 0.5, 0.5 - outside)
    return np.asarray(both[1:-1, 1:-1], np.float32)


def _within(mask: Mask, rect: Rect) -> NDArray[np.bool_]:
    """Return the pixels of a rectangle that contains a whole mask."""
    pixels = np.zeros((rect[3], rect[2]), bool)
    left, top = mask.x - rect[0], mask.y - rect[1]
    pixels[top : top + mask.height, left : left + mask.width] = decode(mask) > 0
    return pixels


def _mask(packed: Packed, size: Sequence[int]) -> Mask:
    region = unpack_region(packed)
    if isinstance(region, Mask):
        return region
    assert isinstance(region, Polygon)
    mask = polygon_mask(region, *size)
    if mask is None:
        left, top, _, _ = bounds(region) or (0.0, 0.0, 0.0, 0.0)
        raise ComputeProblem(texts.polygon_without_pixels(left, top))
    return mask
