"""What a tool may know of the image at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import is_

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Point, Shape
from webapp.py.geometry.hits import hit
from webapp.py.geometry.image_parts import VolumePart
from webapp.py.geometry.masks import Rect
from webapp.py.geometry.measures import PixelSize
from webapp.py.geometry.rasters import Raster
from webapp.py.geometry.shapes import bounds
from webapp.py.workspace.messages import GRAB, Create, Prepared
from webapp.py.workspace.settings import Value
from webapp.py.workspace.stack_view import StackView

SMALLEST = 3.0
"""Boxes narrower or lower than this many screen pixels are a slip of the hand, not an annotation."""


MOST_VIEWPORTS = 4
"""Images side by side whose extents are remembered."""


@dataclass(frozen=True, slots=True)
class AnnotationView:
    """An annotation as tools see it. A locked one may be selected, not changed; a hidden one neither.

    Annotations of one ``object_id`` are slices of one object.
    """

    id: str
    shape: Shape
    class_id: str
    locked: bool = False
    hidden: bool = False
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What is true when a gesture begins (or a hover or an idle key arrives). It does not change meanwhile.

    ``annotations`` are those of the image at hand, bottom to top. ``settings`` are the values of the tool's
    own `settings`. ``scale`` is screen pixels per image pixel. The session hands over a new sequence of
    ``annotations`` when one of them changed, the same one otherwise.

    ``image`` is the address of the image at hand, to be put into an `ImagePart`. ``visible`` is the rectangle
    of it that is in view, in whole pixels, None when nothing is. ``prepared`` is the latest answer to what
    `Tool.prepare` asked about this image, perhaps with other settings than the present ones. ``values``
    stands for the values of a gray DICOM image in a question to the worker, as a volume of one slice; None
    for other images. ``pixel`` is how large a pixel is, as far as the file says. ``stack`` are the slices
    among which the image lies, None where it lies in none.
    """

    width: int
    height: int
    annotations: Sequence[AnnotationView] = ()
    selected: Sequence[str] = ()
    class_id: str | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)
    scale: float = 1.0
    image: str = ""
    visible: Rect | None = None
    prepared: Prepared | None = None
    values: VolumePart | None = None
    stack: StackView | None = None
    pixel: PixelSize = field(default_factory=PixelSize)

    @property
    def tolerance(self) -> float:
        """How far away a mouse grabs things, in image pixels (`Pointer.tolerance` is that of an event)."""
        return GRAB["mouse"] / self.scale

    def annotation(self, annotation_id: str) -> AnnotationView | None:
        """Return the annotation of that id, or None."""
        return next((view for view in self.annotations if view.id == annotation_id), None)

    def chosen(self) -> list[AnnotationView]:
        """Return the selected annotations that may be changed, bottom to top."""
        wanted = frozenset(self.selected)
        if not wanted:
            return []
        return [view for view in self.annotations if view.id in wanted and not (view.locked or view.hidden)]

    def at(self, point: Point, tolerance: float | None = None) -> AnnotationView | None:
        """Return the topmost annotation at ``point`` that is not hidden (a locked one counts), or None."""
        near = self.tolerance if tolerance is None else tolerance
        left, top, right, bottom = extents(self.annotations)
        x, y = point
        close = (left <= x + near) & (x - near <= right) & (top <= y + near) & (y - near <= bottom)
        for index in reversed(np.flatnonzero(close).tolist()):
            view = self.annotations[index]
            if not view.hidden and hit(view.shape, point, near):
                return view
        return None

    def inside(self, point: Point) -> Point:
        """Return the point of the image that is nearest to ``point``."""
        return (min(max(point[0], 0.0), float(self.width)), min(max(point[1], 0.0), float(self.height)))

    def raster(self, annotation_id: str | None) -> Raster:
        """Return the pixels of a mask annotation, to be read, drawn on, and made a mask again.

        None is on when ``annotation_id`` is None or names no mask.
        """
        view = None if annotation_id is None else self.annotation(annotation_id)
        mask = view.shape if view is not None and isinstance(view.shape, Mask) else None
        return Raster(mask, self.width, self.height)

    def create(self, shape: Shape) -> Create:
        """Return the edit that makes ``shape`` an annotation of the active class."""
        return Create(shape)

    def big_enough(self, box: Box | None) -> bool:
        """Tell whether a drawn box is meant, not the slip of a click: 3 screen pixels each way."""
        return box is not None and min(box.width, box.height) * self.scale >= SMALLEST


class _Extents:
    """Remembers the extents of the sequences asked for last, and works out only what is new in the next."""

    def __init__(self) -> None:
        self._kept: list[tuple[Sequence[AnnotationView], NDArray[np.float64]]] = []

    def of(self, annotations: Sequence[AnnotationView]) -> NDArray[np.float64]:
        for known, edges in self._kept:
            if known is annotations:
                return edges
        before, old = self._kept[0] if self._kept else ((), np.zeros((4, 0)))
        shared = min(len(before), len(annotations))
        edges = np.full((4, len(annotations)), np.nan)
        edges[:, :shared] = old[:, :shared]
        same = map(is_, before, annotations)
        others = [place for place, is_same in enumerate(same) if not is_same]
        for place in (*others, *range(shared, len(annotations))):
            edges[:, place] = bounds(annotations[place].shape) or np.nan
        self._kept = [(annotations, edges), *self._kept][:MOST_VIEWPORTS]
        return edges


_extents = _Extents()


def extents(annotations: Sequence[AnnotationView]) -> NDArray[np.float64]:
    """Return left, top, right and bottom edges of all annotations, NaN where a shape has none.

    Returns
    -------
    array of shape (4, annotations)
        What the same sequence was asked for before is remembered; so are the edges of its annotations.
    """
    return _extents.of(annotations)
