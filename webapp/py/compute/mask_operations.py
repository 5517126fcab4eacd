"""Operations on masks and other regions in the compute worker.

Shapes move as dictionaries whose long parts are arrays: a mask as its box and run lengths, a polygon as its
contours. They never become images.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np

from webapp.py.compute import texts
from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.crossings import are_nested
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import intersect, subtract, union
from webapp.py.geometry.morphology import fill_holes, grow, remove_specks, shrink, smooth, split
from webapp.py.geometry.simplifying import simplify_outline

_EXACT = 0.1
"""In pixels. A line that leaves out a corner of a pixel is always farther than this from the corner."""
Packed = dict[str, Any]
Region = Box | Polygon | Mask
"""Shapes that have an inside."""


def mask_operation(
    operation: str, shapes: Sequence[Packed], size: Sequence[int], parameters: dict[str, float]
) -> Generator[Progress, None, list[list[Packed]]]:
    """Apply an operation to regions of an image.

    Parameters
    ----------
    operation : str
        ``fill_holes``, ``remove_specks`` (``size``, in pixels), ``grow`` and ``shrink`` (``distance``),
        ``smooth`` (``radius``), ``split``, ``to_polygons`` (``tolerance``, 0 for every corner of a pixel),
        ``to_mask``: applied to each shape. ``union``, ``subtract``, ``intersect``: applied to all shapes
        together, from the first one on.
    shapes : sequence of dict
        From `pack_region`.
    size : (width, height)
        Size of the image, in pixels.
    parameters : dict
        The numbers named above, by name.

    Returns
    -------
    list of lists of dict
        What each shape, or all together, became: no shape, one or several.

    Raises
    ------
    ComputeProblem
        If there is no such operation, or a result cannot be stored as a shape.

    Examples
    --------
    >>> square = pack_region(Box(1, 1, 2, 2))
    >>> steps = mask_operation("to_mask", [square], (9, 9), {})
    >>> [unpack_region(found) for found in finish(steps)[0]]
    [Mask(x=1, y=1, width=2, height=2, runs=[0, 4])]
    """
    width, height = size
    regions = [unpack_region(shape) for shape in shapes]
    if operation in _TOGETHER:
        groups = [_combined(_TOGETHER[operation], regions, width, height)]
        yield Progress(1.0)
    elif operation in _EACH:
        groups = []
        for number, region in enumerate(regions):
            groups.append(_stored(_EACH[operation], region, width, height, parameters))
            yield Progress((number + 1) / len(regions))
    else:
        raise ComputeProblem(texts.unknown_mask_operation(operation))
    return [[pack_region(region) for region in group] for group in groups]


def finish(steps: Generator[Progress, None, list[list[Packed]]]) -> list[list[Packed]]:
    """Run all steps of `mask_operation` and return its result.

    Examples
    --------
    >>> finish(mask_operation("fill_holes", [], (9, 9), {}))
    []
    """
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: list[list[Packed]] = stop.value
            return found


def pack_region(region: Region) -> Packed:
    """Return a region as a dictionary of numbers and arrays that can move to the worker.

    Examples
    --------
    >>> pack_region(Mask(x=1, y=2, width=1, height=1, runs=[0, 1]))
    {'kind': 'mask', 'box': [1, 2, 1, 1], 'runs': array([0, 1], dtype=uint32)}
    """
    if isinstance(region, Mask):
        box = [region.x, region.y, region.width, region.height]
        return {"kind": "mask", "box": box, "runs": np.array(region.runs, dtype=np.uint32)}
    polygon = _outline(region)
    contours = [np.array(contour, dtype=np.float64) for contour in (polygon.points, *polygon.holes)]
    return {"kind": "polygon", "contours": contours}


def unpack_region(packed: Packed) -> Region:
    """Return the region that `pack_region` packed. A box comes back as a polygon.

    Examples
    --------
    >>> unpack_region(pack_region(Box(1, 2, 1, 1)))
    Polygon(points=[(1.0, 2.0), (2.0, 2.0), (2.0, 3.0), (1.0, 3.0)], holes=[])
    """
    if packed["kind"] == "mask":
        x, y, width, height = packed["box"]
        return Mask(x=x, y=y, width=width, height=height, runs=packed["runs"].tolist())
    first, *holes = [[(x, y) for x, y in contour.tolist()] for contour in packed["contours"]]
    return Polygon(first, holes)


def _outline(region: Region) -> Polygon:
    if isinstance(region, Polygon):
        return region
    right, bottom = region.x + region.width, region.y + region.height
    return Polygon([(region.x, region.y), (right, region.y), (right, bottom), (region.x, bottom)])


def as_mask(region: Region, width: int, height: int) -> Mask | None:
    """Return the pixels of a region as a mask, or None if it has none.

    Parameters
    ----------
    region
        The region, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> as_mask(Box(1, 1, 2, 1), 9, 9)
    Mask(x=1, y=1, width=2, height=1, runs=[0, 2])
    """
    return region if isinstance(region, Mask) else polygon_mask(_outline(region), width, height)


def _one(mask: Mask | None) -> list[Region]:
    return [] if mask is None else [mask]


Numbers = dict[str, float]
_EACH: dict[str, Callable[[Mask, int, int, Numbers], Sequence[Region]]] = {
    "fill_holes": lambda mask, width, height, numbers: [fill_holes(mask)],
    "remove_specks": lambda mask, width, height, numbers: _one(remove_specks(mask, int(numbers["size"]))),
    "grow": lambda mask, width, height, numbers: [grow(mask, int(numbers["distance"]), width, height)],
    "shrink": lambda mask, width, height, numbers: _one(
        shrink(mask, int(numbers["distance"]), width, height)
    ),
    "smooth": lambda mask, width, height, numbers: _one(smooth(mask, int(numbers["radius"]), width, height)),
    "split": lambda mask, width, height, numbers: split(mask),
    "to_polygons": lambda mask, width, height, numbers: [
        _simplified(piece, numbers.get("tolerance", 0.0)) for piece in mask_polygons(mask)
    ],
    "to_mask": lambda mask, width, height, numbers: [mask],
}
_TOGETHER: dict[str, Callable[[Mask, Mask], Mask | None]] = {
    "union": union,
    "subtract": subtract,
    "intersect": intersect,
}


def _stored(
    change: Callable[[Mask, int, int, Numbers], Sequence[Region]],
    region: Shape,
    width: int,
    height: int,
    parameters: Numbers,
) -> list[Region]:
    assert isinstance(region, Box | Polygon | Mask)
    mask = as_mask(region, width, height)
    try:
        return [] if mask is None else list(change(mask, width, height, parameters))
    except ValueError as problem:
        raise ComputeProblem(texts.TOO_FINE) from problem


def _simplified(polygon: Polygon, tolerance: float) -> Polygon:
    """Leave out points, but only as far as no contour crosses another."""
    while tolerance > _EXACT:
        outline = simplify_outline(polygon.points, tolerance)
        simpler = Polygon(outline, [simplify_outline(hole, tolerance) for hole in polygon.holes])
        if are_nested(simpler):
            return simpler
        tolerance /= 2
    return polygon


def _combined(
    change: Callable[[Mask, Mask], Mask | None], regions: Sequence[Region], width: int, height: int
) -> list[Region]:
    masks = [as_mask(region, width, height) for region in regions]
    result = masks[0]
    for other in masks[1:]:
        if change is union and result is None:
            result = other
        elif result is not None and other is not None:
            result = change(result, other)
        elif change is intersect:
            result = None
    return _one(result)
