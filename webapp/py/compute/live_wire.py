"""Lines that follow the edges of an image: the cheapest way from one pixel to every other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.geometry.live_wire import SEED, STEPS, strongest_near

LEAST = 0.02
"""The cost of a pixel on the strongest edges; one without any edge costs 1 more."""
STRONG = 99.0
"""Gradients above this percentile count as the strongest edges."""


def live_wire(
    image: NDArray[np.uint8], seed: tuple[float, float], reach: float = 0.0, smoothing: float = 1.0
) -> dict[str, Any]:
    """Return the way from every pixel to a seed that follows the edges of the image best.

    These are the shortest paths of intelligent scissors [1]_ (Dijkstra), with a cost that falls with the
    strength of the edge.

    Parameters
    ----------
    image : array of uint8, shape (height, width), (height, width, 3) or (height, width, 4)
        Gray, RGB or RGBA. The alpha channel is ignored.
    seed : (x, y)
        In pixels.
    reach : float
        The strongest edge within this distance of the seed becomes the seed, in pixels.
    smoothing : float
        Standard deviation of the Gaussian derivatives, in pixels; larger for noisy images.

    Returns
    -------
    dict
        ``directions``: array of uint8, shape (height, width). The number of the step in
        `webapp.py.geometry.live_wire.STEPS` towards the seed, and `SEED` at the seed.
        ``strengths``: array of uint8, shape (height, width). How strong edges are, from 0 to 255.
        ``seed``: column and row of the seed.

    Raises
    ------
    ComputeProblem
        If the image is empty or has another shape or type, or the seed is outside.

    References
    ----------
    .. [1] E. N. Mortensen and W. A. Barrett, Intelligent scissors for image composition, SIGGRAPH 1995.

    Examples
    --------
    >>> image = np.zeros((5, 9), np.uint8)
    >>> image[2:] = 200
    >>> found = live_wire(image, (0.5, 2.5), smoothing=0.5)
    >>> found["directions"][2, 1:].tolist(), found["seed"]
    ([3, 3, 3, 3, 3, 3, 3, 3], [0, 2])
    """
    strengths = edge_strengths(image, smoothing)
    rows, columns = strengths.shape
    if not (0 <= seed[0] < columns and 0 <= seed[1] < rows):
        raise ComputeProblem(texts.SEED_OUTSIDE)
    column, row = strongest_near(strengths, (int(seed[0]), int(seed[1])), reach)
    from skimage.graph import MCP_Geometric

    costs = LEAST + (1.0 - strengths / np.float64(255.0)) ** 2
    paths = MCP_Geometric(costs)
    _, steps = paths.find_costs([(row, column)])
    numbers = np.full(len(paths.offsets) + 1, SEED, np.uint8)
    for number, (down, right) in enumerate(np.asarray(paths.offsets).tolist()):
        numbers[number] = STEPS.index((-right, -down))
    return {"directions": numbers[steps], "strengths": strengths, "seed": [column, row]}


def edge_strengths(image: NDArray[np.uint8], smoothing: float = 1.0) -> NDArray[np.uint8]:
    """Return how strong the edges of an image are: 255 at the strongest, 0 where it is flat.

    The gradient of Gaussian derivatives, of the channel where it is largest.

    Parameters
    ----------
    image : array of uint8, shape (height, width), (height, width, 3) or (height, width, 4)
        Gray, RGB or RGBA. The alpha channel is ignored.
    smoothing : float
        Standard deviation of the Gaussian, in pixels.

    Returns
    -------
    array of uint8, shape (height, width)

    Examples
    --------
    >>> image = np.zeros((3, 6), np.uint8)
    >>> image[:, 3:] = 200
    >>> edge_strengths(image, 0.5)[1].tolist()
    [0, 1, 255, 255, 1, 0]
    """
    shaped = image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))
    if not shaped or image.dtype != np.uint8 or image.size == 0:
        raise ComputeProblem(texts.live_wire_needs_8_bits(image.shape, image.dtype))
    from scipy.ndimage import gaussian_filter

    channels = image[..., None] if image.ndim == 2 else image[..., :3]
    if all(np.array_equal(channels[..., 0], channels[..., at]) for at in range(1, channels.shape[2])):
        channels = channels[..., :1]
    strength = np.zeros(image.shape[:2], np.float32)
    for at in range(channels.shape[2]):
        values = channels[..., at].astype(np.float32)
        across = gaussian_filter(values, smoothing, order=(0, 1))
        down = gaussian_filter(values, smoothing, order=(1, 0))
        strength = np.maximum(strength, np.hypot(across, down))
    some = strength[strength > strength.max() * 0.01]
    strongest = float(np.percentile(some, STRONG)) if some.size else 0.0
    if strongest <= 0.0:
        return np.zeros(image.shape[:2], np.uint8)
    shares: NDArray[np.float32] = np.minimum(strength / strongest, 1.0)
    return (shares * 255).astype(np.uint8)
