"""What a tool can know about the current image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Point, Shape
from webapp.py.geometry.hits import hit
from webapp.py.geometry.image_parts import VolumePart
from webapp.py.geometry.masks import Rect
from webapp.py.geometry.measures import PixelSize
from webapp.py.geometry.rasters import Raster
from webapp.py.geometry.shapes import bounds
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.changes import changed_places
from webapp.py.workspace.messages import GRAB, Create, Prepared
from webapp.py.workspace.settings import Value
from webapp.py.workspace.stack_view import StackView

SMALLEST = 3.0
"""Boxes smaller than this many screen pixels are accidental clicks, not annotations."""
MOST_VIEWPORTS = 4
"""The number of images whose extents are cached."""


@dataclass(frozen=True, slots=True)
class Context:
    """The state when a gesture starts (or the pointer hovers, or an idle tool gets a key). It never changes.

    Attributes
    ----------
    width, height
        The size of the image, in pixels.
    annotations
        The annotations of the image, bottom to top: a new sequence if any of them changed, else the same one.
    selected
        The ids of the selected annotations.
    class_id
        The active class.
    settings
        The values of the tool's `settings`.
    scale
        Screen pixels per image pixel.
    image
        The address of the image, for an `ImagePart`.
    visible
        The rectangle of the image that is in view, in whole pixels; None if nothing is.
    prepared
        The latest answer to what `Tool.prepare` asked for this image, possibly with other settings.
    values
        The values of a grayscale DICOM image for a question to the worker, as a volume of one slice; None for
        other images.
    stack
        The slices that the image belongs to, or None.
    pixel
        The size of a pixel, as far as the file says.
    adding
        Whether the person chose that every stroke adds to the selected mask.
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
    adding: bool = False

    @property
    def tolerance(self) -> float:
        """How far away a mouse grabs things, in image pixels (`Pointer.tolerance` is the one of an event)."""
        return GRAB["mouse"] / self.scale

    def annotation(self, annotation_id: str) -> AnnotationView | None:
        """Return the annotation with this id, or None."""
        return next((view for view in self.annotations if view.id == annotation_id), None)

    def chosen(self) -> list[AnnotationView]:
        """Return the selected annotations that can be changed, bottom to top."""
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
        """Return the nearest point within the image."""
        return (min(max(point[0], 0.0), float(self.width)), min(max(point[1], 0.0), float(self.height)))

    def raster(self, annotation_id: str | None) -> Raster:
        """Return the pixels of a mask annotation, to read, draw on, and turn into a mask again.

        All pixels are off if ``annotation_id`` is None or is not a mask.
        """
        view = None if annotation_id is None else self.annotation(annotation_id)
        mask = view.shape if view is not None and isinstance(view.shape, Mask) else None
        return Raster(mask, self.width, self.height)

    def create(self, shape: Shape) -> Create:
        """Return the edit that creates an annotation of the active class."""
        return Create(shape)

    def big_enough(self, box: Box | None) -> bool:
        """Return whether a drawn box is intended, not an accidental click: 3 screen pixels each way."""
        return box is not None and min(box.width, box.height) * self.scale >= SMALLEST


class _Extents:
    """Caches the extents of the latest sequences, and computes only what is new in the next."""

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
        changed = changed_places(before[:shared], annotations[:shared])
        others = range(shared) if changed is None else changed
        for place in (*others, *range(shared, len(annotations))):
            edges[:, place] = bounds(annotations[place].shape) or np.nan
        self._kept = [(annotations, edges), *self._kept][:MOST_VIEWPORTS]
        return edges


_extents = _Extents()


def extents(annotations: Sequence[AnnotationView]) -> NDArray[np.float64]:
    """Return left, top, right and bottom edges of all annotations; NaN for a shape without any.

    Returns
    -------
    array of shape (4, annotations)
        Cached for the same sequence, and for annotations that it shares with the one before.
    """
    return _extents.of(annotations)
