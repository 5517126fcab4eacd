"""The pixels of the masks that were worked on last, kept so that the next stroke begins at once."""

from __future__ import annotations

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import Pixels, decode_into


class RasterCache:
    """Keeps whole-image arrays of the last few masks used, found again by the mask's value.

    Parameters
    ----------
    most : int
        How many are kept; on a 4096 x 4096 image each takes 16 MB.
    """

    def __init__(self, most: int = 2) -> None:
        self.most = most
        self._kept: list[tuple[Mask, Pixels]] = []

    def copy_of(self, mask: Mask, width: int, height: int) -> Pixels:
        """Return the pixels of ``mask`` in an image of ``width`` x ``height``, an array of the caller's own.

        Examples
        --------
        >>> RasterCache().copy_of(Mask(x=1, y=0, width=1, height=1, runs=[0, 1]), 3, 1)
        array([[0, 1, 0]], dtype=uint8)
        """
        for kept, pixels in self._kept:
            if pixels.shape == (height, width) and kept == mask:
                return pixels.copy()
        pixels = decode_into(mask, width, height)
        self.keep(mask, pixels)
        return pixels.copy()

    def keep(self, mask: Mask, pixels: Pixels) -> None:
        """Keep ``pixels``, the whole-image array of ``mask``. The caller must not change it afterwards."""
        self._kept = [(mask, pixels), *self._kept][: self.most]
