"""A stack of slices as sessions and tools see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.py.geometry.image_parts import VolumePart
from webapp.py.workspace.annotation_view import AnnotationView


@dataclass(frozen=True, slots=True)
class SliceView:
    """One slice: its image (asset), the address of its values, and its position, in mm."""

    asset: int
    address: str
    place: float = 0.0


def _none(asset: int) -> Sequence[AnnotationView]:
    return ()


@dataclass(frozen=True, slots=True)
class StackView:
    """The slices that the current image belongs to, in order, and its index among them.

    ``spacing`` is the distance between neighbors in mm: slice to slice, row to row and column to column;
    empty if the files do not say. ``annotations_of`` returns the annotations of an image, by asset.
    """

    slices: tuple[SliceView, ...]
    index: int
    spacing: tuple[float, ...] = ()
    annotations_of: Callable[[int], Sequence[AnnotationView]] = _none

    @property
    def anchor(self) -> int:
        """The image that represents the stack as a whole."""
        return min(one.asset for one in self.slices)

    @property
    def part(self) -> VolumePart:
        """The values of all slices, for a question to the worker."""
        return VolumePart(tuple(one.address for one in self.slices))

    def annotations(self, index: int) -> Sequence[AnnotationView]:
        """Return the annotations of a slice, bottom to top."""
        return self.annotations_of(self.slices[index].asset)
