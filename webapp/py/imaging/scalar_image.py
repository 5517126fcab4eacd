"""Images whose pixels are values, such as Hounsfield units, instead of shades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Window


@dataclass(frozen=True)
class ScalarImage:
    """The values of one image, of shape (rows, columns), and the window to show it with at first.

    Examples
    --------
    >>> import numpy as np
    >>> image = ScalarImage(np.array([[10, 20]]), Window(15.0, 10.0), unit="HU")
    >>> image.at(1, 0), image.at(2, 0)
    (20.0, None)
    """

    values: NDArray[Any]
    window: Window
    inverted: bool = False
    unit: str = ""

    def at(self, column: int, row: int) -> float | None:
        """Return the value of a pixel, or None outside the image."""
        rows, columns = self.values.shape
        return float(self.values[row, column]) if 0 <= row < rows and 0 <= column < columns else None
