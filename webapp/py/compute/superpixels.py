"""Superpixels: small regions of similar color that follow the edges of an image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.protocol import ComputeProblem


def superpixels(
    image: NDArray[np.uint8], size: float = 24.0, compactness: float = 10.0, smoothing: float = 0.0
) -> NDArray[np.int32]:
    """Split an image into superpixels with SLIC.

    Parameters
    ----------
    image : array of uint8, shape (height, width), (height, width, 3) or (height, width, 4)
        Gray, RGB or RGBA. The alpha channel is ignored.
    size : float
        Wanted width of a superpixel in pixels, at least 2.
    compactness : float
        Weight of distance against difference of color, above 0. Higher values give squarer superpixels. Meant
        for the CIELAB colors of RGB; gray images are weighted to match.
    smoothing : float
        Standard deviation, in pixels, of the Gaussian that smooths the image first; 0 for none.

    Returns
    -------
    labels : array of int32, shape (height, width)
        The superpixel of each pixel, numbered from 1 without gaps. Every superpixel is connected.

    Raises
    ------
    ComputeProblem
        If the image is empty or has another shape or type, or a setting is out of range.

    References
    ----------
    R. Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods", IEEE Transactions
    on Pattern Analysis and Machine Intelligence 34(11), 2012.

    Examples
    --------
    >>> image = np.zeros((8, 8), np.uint8)
    >>> image[:, 4:] = 200
    >>> labels = superpixels(image, size=4)
    >>> bool(set(labels[:, :4].flat).isdisjoint(labels[:, 4:].flat))
    True
    """
    _check(image, size, compactness, smoothing)
    # Imported here, so that the table of functions works without this large package.
    from skimage.segmentation import slic

    height, width = image.shape[:2]
    color = image.ndim == 3
    if color:
        image = image[:, :, :3]
    labels: Any = slic(
        image,
        n_segments=max(1, round(height * width / size**2)),
        # CIELAB runs from 0 to 100 in lightness, a gray image from 0 to 1.
        compactness=compactness if color else compactness / 100.0,
        sigma=smoothing,
        start_label=1,
        channel_axis=-1 if color else None,
    )
    return np.asarray(labels, dtype=np.int32)


def segments(
    image: NDArray[np.uint8], size: float = 24.0, compactness: float = 10.0
) -> dict[str, NDArray[Any]]:
    """Split an image into superpixels, with what is needed to show and pick them quickly.

    Parameters
    ----------
    image, size, compactness
        As for `superpixels`.

    Returns
    -------
    dict
        ``labels``: as from `superpixels`. ``boxes``: left, top, right and bottom of each, int32 of shape
        (superpixels, 4); right and bottom are exclusive. ``levels``: uint8 of the shape of the image, from
        `levels_of`.

    Raises
    ------
    ComputeProblem
        As for `superpixels`.

    Examples
    --------
    >>> image = np.zeros((4, 8), np.uint8)
    >>> image[:, 4:] = 200
    >>> segments(image, size=4)["boxes"].tolist()
    [[0, 0, 4, 4], [4, 0, 8, 4]]
    """
    labels = superpixels(image, size, compactness)
    from scipy.ndimage import find_objects

    found = [(across.start, down.start, across.stop, down.stop) for down, across in find_objects(labels)]
    return {"labels": labels, "boxes": np.array(found, np.int32), "levels": levels_of(labels)}


def levels_of(labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return levels from 1 to 255 that differ between neighboring areas, so that borders can be drawn.

    Neighbors share an edge of a pixel. Areas that are not neighbors may have the same level.

    Parameters
    ----------
    labels : array of int32, shape (height, width)
        Areas, numbered from 1.

    Returns
    -------
    array of uint8, shape (height, width)

    Examples
    --------
    >>> levels_of(np.array([[1, 1, 255], [1, 2, 2]], np.int32))
    array([[1, 1, 3],
           [1, 2, 2]], dtype=uint8)
    """
    count = int(labels.max())
    levels = (np.arange(count + 1, dtype=np.int64) - 1) % 254 + 1
    pairs = _neighbors(labels, count)
    clashing = pairs[levels[pairs[:, 0]] == levels[pairs[:, 1]]]
    for label in np.unique(clashing[:, 1]).tolist():
        around = np.concatenate([pairs[pairs[:, 0] == label, 1], pairs[pairs[:, 1] == label, 0]])
        free = np.setdiff1d(np.arange(1, 256), levels[around])
        # An area with 255 neighbors of different levels keeps its own; one border is not drawn.
        levels[label] = free[0] if len(free) else levels[label]
    return levels.astype(np.uint8)[labels]


def _neighbors(labels: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Return the pairs of labels that share an edge of a pixel: each once, the smaller label first."""
    keys = []
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        differ = one != other
        first, second = one[differ].astype(np.int64), other[differ].astype(np.int64)
        keys.append(np.unique(np.minimum(first, second) * (count + 1) + np.maximum(first, second)))
    return np.stack(np.divmod(np.unique(np.concatenate(keys)), count + 1), axis=1)


def _check(image: NDArray[np.uint8], size: float, compactness: float, smoothing: float) -> None:
    shaped = image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))
    if not shaped or image.dtype != np.uint8 or image.size == 0:
        raise ComputeProblem(texts.superpixels_need_8_bits(image.shape, image.dtype))
    if not size >= 2:
        raise ComputeProblem(texts.SUPERPIXEL_SIZE)
    if not compactness > 0:
        raise ComputeProblem(texts.SUPERPIXEL_COMPACTNESS)
    if not smoothing >= 0:
        raise ComputeProblem(texts.SUPERPIXEL_SMOOTHING)
