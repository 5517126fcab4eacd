"""Growing a region from one pixel over connected pixels of similar color.

`connected` is the base of all growth: it only needs to know which pixels may belong to the region. `grow`
decides this for photos, by the difference of colors in CIELAB.
"""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.geometry.memory import remembered

FIRST_REACH = 128
"""Pixels examined on each side of the seed at first, doubled while the region meets the edge."""
_STRIP = 262_144
"""Pixels whose colors are converted at a time. CIELAB takes 24 bytes for each."""


class Grown(TypedDict):
    """A region: the column and row of its top-left pixel, and which pixels of its box belong to it."""

    x: int
    y: int
    pixels: NDArray[np.bool_]


def grow(
    image: NDArray[np.uint8],
    seed: tuple[int, int],
    tolerance: float,
    distance: float = 0.0,
    diagonal: bool = False,
    fill_holes: bool = False,
) -> Grown:
    """Grow a region over connected pixels of similar color.

    Parameters
    ----------
    image : array of uint8, shape (height, width), (height, width, 3) or (height, width, 4)
        Gray, or sRGB with or without alpha. Alpha is ignored.
    seed : (column, row)
        Where it starts, in pixels.
    tolerance : float
        Largest difference from the color of the seed: CIE76, the Euclidean distance in CIELAB (D65). About
        2.3 is just noticeable; black and white differ by 100.
    distance : float
        Largest distance from the seed, in pixels from center to center; 0 for no limit.
    diagonal : bool
        Whether pixels that share only a corner are connected too.
    fill_holes : bool
        Whether pixels that the region encloses belong to it, whatever their color: those without a path of
        shared edges to the outside.

    Returns
    -------
    Grown
        The region in its bounding box. The seed always belongs to it.

    Raises
    ------
    ComputeProblem
        If the image has another shape or type, or the seed is outside.

    References
    ----------
    CIE 15:2004, Colorimetry, 3rd edition. R. Adams and L. Bischof, "Seeded region growing", IEEE
    Transactions on Pattern Analysis and Machine Intelligence 16(6), 1994.

    Examples
    --------
    >>> image = np.array([[0, 0, 90, 0], [0, 1, 90, 0]], np.uint8)
    >>> grow(image, (0, 0), tolerance=5)
    {'x': 0, 'y': 0, 'pixels': array([[ True,  True],
           [ True,  True]])}
    """
    shaped = image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))
    if not shaped or image.dtype != np.uint8:
        raise ComputeProblem(texts.growing_needs_8_bits(image.shape, image.dtype))
    height, width = image.shape[:2]
    column, row = (int(at) for at in seed)
    if not (0 <= column < width and 0 <= row < height):
        raise ComputeProblem(texts.START_OUTSIDE)
    reach = FIRST_REACH
    while True:
        left, top = max(column - reach, 0), max(row - reach, 0)
        right, bottom = min(column + reach + 1, width), min(row + reach + 1, height)
        inner = (row - top, column - left)
        like = _differences(image, (column, row), (left, top, right, bottom)) <= tolerance
        if distance > 0:
            like &= within(like.shape, inner, distance)
        region = connected(like, inner, 2 if diagonal else 1)
        at_edge = (
            (left > 0 and region[:, 0].any())
            or (top > 0 and region[0].any())
            or (right < width and region[:, -1].any())
            or (bottom < height and region[-1].any())
        )
        if not at_edge:
            return _trimmed(region, left, top, fill_holes)
        reach *= 2


def connected(allowed: NDArray[np.bool_], seed: tuple[int, ...], connectivity: int) -> NDArray[np.bool_]:
    """Return the part of ``allowed`` that is connected to the seed.

    Parameters
    ----------
    allowed : array of bool, of any shape
    seed : index
        Belongs to the part even if it is not allowed.
    connectivity : int
        Along how many axes at once a step may go: 1 for 4 neighbors in the plane and 6 in space, 2 for 8
        neighbors in the plane.

    Returns
    -------
    array of bool, of the same shape

    Examples
    --------
    >>> connected(np.array([True, True, False, True]), (0,), 1)
    array([ True,  True, False, False])
    """
    # Imported here, so that the table of functions works without this large package.
    from skimage.morphology import flood

    begun = allowed.copy()
    begun[seed] = True
    region: Any = flood(begun.view(np.uint8), seed, connectivity=connectivity)  # type: ignore[no-untyped-call]
    return np.asarray(region, dtype=bool)


def within(shape: tuple[int, ...], seed: tuple[int, ...], distance: float) -> NDArray[np.bool_]:
    """Return which pixels are within a distance of the seed.

    Parameters
    ----------
    shape
        Shape of the array.
    seed
        Index of the seed in it.
    distance
        In pixels from center to center.

    Returns
    -------
    array of bool, of this shape

    Examples
    --------
    >>> within((2, 3), (0, 0), 1)
    array([[ True,  True, False],
           [ True, False, False]])
    """
    squares = [(np.arange(size) - at) ** 2 for size, at in zip(shape, seed, strict=True)]
    return np.asarray(sum(np.ix_(*squares)) <= distance**2)


def color_differences(image: NDArray[np.uint8], color: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the difference of each pixel's color from ``color``: CIE76.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, 3 or 4)
    color : array of uint8, shape () or (3 or 4,)

    Returns
    -------
    array of float32, shape (height, width)

    Examples
    --------
    >>> color_differences(np.array([[255]], np.uint8), np.array(0, np.uint8))
    array([[100.]], dtype=float32)
    """
    from skimage.color import rgb2lab

    if image.ndim == 2:
        image, color = np.repeat(image[..., None], 3, axis=-1), np.repeat(color[None], 3)
    wanted = rgb2lab(color[:3] / 255.0)
    height, width = image.shape[:2]
    differences = np.empty((height, width), np.float32)
    rows = max(1, _STRIP // width)
    for start in range(0, height, rows):
        strip = image[start : start + rows, :, :3]
        differences[start : start + rows] = np.linalg.norm(rgb2lab(strip) - wanted, axis=-1)
    return differences


def _differences(
    image: NDArray[np.uint8], seed: tuple[int, int], window: tuple[int, int, int, int]
) -> NDArray[np.float32]:
    """Return the differences from the seed in a window. Those of the latest image and seed are cached.

    While a person tries tolerances, the same differences are needed again and again.
    """
    kept = _kept(image)
    if any(other != seed for other, _ in kept):
        kept.clear()
    if (seed, window) not in kept:
        left, top, right, bottom = window
        kept[seed, window] = color_differences(image[top:bottom, left:right], image[seed[1], seed[0]])
    return kept[seed, window]


@remembered(most=1)
def _kept(
    image: NDArray[np.uint8],
) -> dict[tuple[tuple[int, int], tuple[int, int, int, int]], NDArray[np.float32]]:
    return {}


def _trimmed(region: NDArray[np.bool_], left: int, top: int, fill_holes: bool) -> Grown:
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    pixels = region[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if fill_holes:
        from scipy.ndimage import binary_fill_holes

        pixels = np.asarray(binary_fill_holes(pixels), dtype=bool)
    return {"x": left + int(columns[0]), "y": top + int(rows[0]), "pixels": np.ascontiguousarray(pixels)}
