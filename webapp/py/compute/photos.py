"""Photos that the page cannot judge by itself."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.jpeg import END

MOST_PIXELS = 1 << 26
"""Largest photo that is decoded here, in pixels. It takes three bytes for each."""
_FILLINGS = (b"\x00" * 64, b"\xa5\x5a" * 32)


def jpeg_is_whole(content: NDArray[np.uint8]) -> bool:
    """Return whether a JPEG without its end has all its pixels.

    It is decoded twice, with different bytes in place of what may be missing. If any pixel depends on them,
    something is missing. Some cameras and programs leave out the end alone.

    Parameters
    ----------
    content : array of uint8
        The file.

    Examples
    --------
    >>> jpeg_is_whole(np.array([0xFF, 0xD8], np.uint8))
    False
    """
    from PIL import Image

    found: set[bytes] = set()
    for filling in _FILLINGS:
        try:
            image = Image.open(BytesIO(content.tobytes() + filling + END), formats=("JPEG",))
            if image.width * image.height > MOST_PIXELS:
                return False
            found.add(image.tobytes())
        except (OSError, SyntaxError, ValueError):
            return False
    return len(found) == 1
