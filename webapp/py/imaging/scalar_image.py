"""Gray images whose pixels are values, such as Hounsfield units, and not shades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Window


@dataclass(frozen=True)
class ScalarImage:
    """The values of one image, of shape (rows, columns), and the window that it is shown through at first."""

    values: NDArray[Any]
    window: Window
    inverted: bool = False
    unit: str = ""

    def at(self, column: int, row: int) -> float | None:
        """Return the value of a pixel, None outside of the image."""
        rows, columns = self.values.shape
        return float(self.values[row, column]) if 0 <= row < rows and 0 <= column < columns else None
