"""Values of regions that are too large to measure on the page."""

from __future__ import annotations

from typing import Any

import msgspec
from numpy.typing import NDArray

from webapp.py.domain.shapes import Shape
from webapp.py.geometry.measures import statistics, values_in


def measure_region(values: NDArray[Any], shape: dict[str, Any]) -> dict[str, Any] | None:
    """Return the statistics of the values in a region.

    Parameters
    ----------
    values : array, shape (1, rows, columns)
        The values of the whole image, as a volume of one slice.
    shape
        The fields of a `Shape`.

    Returns
    -------
    dict
        The fields of `Statistics`, or None if the region contains no pixel.

    Examples
    --------
    >>> import numpy as np
    >>> box = {"kind": "box", "x": 1, "y": 0, "width": 2, "height": 1}
    >>> measure_region(np.array([[[5, 6, 8]]]), box)["mean"]
    7.0
    """
    found = statistics(values_in(values[0], msgspec.convert(shape, Shape)))
    return None if found is None else dict(msgspec.to_builtins(found))
