"""A stack of slices as session and tools see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.py.geometry.image_parts import VolumePart

if TYPE_CHECKING:
    from webapp.py.workspace.context import AnnotationView


@dataclass(frozen=True, slots=True)
class SliceView:
    """One slice: the image (asset) that it is, the name of its values, and where it lies, in mm."""

    asset: int
    address: str
    place: float = 0.0


def _none(asset: int) -> Sequence[AnnotationView]:
    return ()


@dataclass(frozen=True, slots=True)
class StackView:
    """The slices among which the image at hand lies, in order, and which of them it is.

    ``spacing`` is the distance of neighbors in mm: from slice to slice, row to row and column to column;
    empty where the files do not say. ``annotations_of`` returns the annotations of an image, by asset.
    """

    slices: tuple[SliceView, ...]
    index: int
    spacing: tuple[float, ...] = ()
    annotations_of: Callable[[int], Sequence[AnnotationView]] = _none

    @property
    def anchor(self) -> int:
        """The image that stands for all slices where something is about the stack as a whole."""
        return min(one.asset for one in self.slices)

    @property
    def part(self) -> VolumePart:
        """What stands for the values of all slices in a question to the worker."""
        return VolumePart(tuple(one.address for one in self.slices))

    def annotations(self, index: int) -> Sequence[AnnotationView]:
        """Return the annotations of a slice, bottom to top; those of the slice at hand among them."""
        return self.annotations_of(self.slices[index].asset)
