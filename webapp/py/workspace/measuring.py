"""Measurements of the region that is drawn or selected: its area and values, or the length of a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline, Shape
from webapp.py.geometry.image_parts import VolumePart
from webapp.py.geometry.measures import (
    PixelSize,
    Statistics,
    angle_in_words,
    length_in_words,
    region_in_words,
    region_of,
    statistics,
    values_in,
)
from webapp.py.geometry.shapes import bounds
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace import texts
from webapp.py.workspace.messages import Label
from webapp.py.workspace.preparing import Worker

AT_ONCE = 65_536
"""Regions whose bounding box has at most this many pixels are measured on the page, between two frames."""
PAUSE = 0.05
"""Seconds without a change before the worker measures a larger region."""


def pixel_size(header: Header | None) -> PixelSize:
    """Return the size of the pixels of an image, as far as its file says.

    Examples
    --------
    >>> pixel_size(Header(rows=1, columns=1, spacing=(2.0, 0.5)))
    PixelSize(across=0.5, down=2.0, unit='mm', note='')
    >>> pixel_size(None).unit
    'px'
    """
    if header is None:
        return PixelSize()
    if len(header.spacing) != 2:
        return PixelSize(1.0, header.aspect)  # in pixel widths, so that angles are correct
    down, across = header.spacing
    return PixelSize(across, down, "mm", texts.AT_DETECTOR if header.at_detector else "")


def size_label(box: Box) -> Label:
    """Return the width and height of a box in pixels, to show beside it.

    Examples
    --------
    >>> size_label(Box(x=10, y=20, width=29.6, height=7.2)).text
    '30 × 7 px'
    """
    right, bottom = box.x + box.width, box.y + box.height
    return Label([(box.x, box.y), (right, bottom)], texts.box_size(box.width, box.height))


class Measuring:
    """Measures one shape at a time, and caches the last result.

    Parameters
    ----------
    worker
        Measures large regions in the background.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._shape: Shape | None = None
        self._values: NDArray[Any] | None = None
        self._found: Statistics | None = None
        self._cancel: Callable[[], None] = lambda: None

    def label(
        self, shape: Shape, size: PixelSize, scalars: ScalarImage | None, part: VolumePart | None
    ) -> Label | None:
        """Return the measurements of a shape, or None if there are none.

        Parameters
        ----------
        shape
            The region or line.
        size
            The size of the image's pixels.
        scalars, part
            The values of the image, here and for a question to the worker; None for images without values.
        """
        edges = bounds(shape)
        if edges is None:
            return None
        corners = [(edges[0], edges[1]), (edges[2], edges[1]), (edges[2], edges[3]), (edges[0], edges[3])]
        if isinstance(shape, Polyline):
            lines = [texts.length(length_in_words(shape.points, size)), angle_in_words(shape.points, size)]
            return Label(corners, "\n".join(line for line in lines if line))
        if not isinstance(shape, Box | Polygon | Mask):
            return None
        found = self._read(shape, scalars.values, part) if scalars is not None and part is not None else None
        return Label(
            corners, region_in_words(shape, size, found, scalars.unit if scalars is not None else "")
        )

    def forget(self) -> None:
        """Cancel the pending question, and forget shape and values."""
        self._cancel()
        self._shape = self._values = self._found = None

    def _read(self, shape: Shape, values: NDArray[Any], part: VolumePart) -> Statistics | None:
        if shape is self._shape and values is self._values:
            return self._found
        self.forget()
        self._shape, self._values = shape, values
        rect = region_of(shape, values.shape[1], values.shape[0])
        if rect is None:
            return None
        if rect[2] * rect[3] <= AT_ONCE:
            self._found = statistics(values_in(values, shape))
        else:
            fields = msgspec.to_builtins(shape)
            asked = {"values": part, "shape": fields}
            self._cancel = self._worker.ask("measure_region", asked, self._answered, _ignore, PAUSE)
        return self._found

    def _answered(self, answer: Any) -> None:
        self._found = msgspec.convert(answer, Statistics) if answer else None


def _ignore(reason: str) -> None:
    """Ignore a failure: the area is shown anyway, and the next shape asks again."""
