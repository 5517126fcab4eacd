"""A stack of slices on the page as a volume that can be cut, and a cut of it as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import structs
from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.planes import Plane
from webapp.py.imaging.reslicing import SLICE, Kind, Reformat, reformats_of, steps_of
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.series import Stack
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Place

SLIP = 1.0
"""Pixels by which the last slice of a stack may lie beside the first."""


@dataclass(frozen=True, slots=True)
class ReformatPicture:
    """A cut as a picture that a stage shows."""

    width: int
    height: int
    header: Header
    scalars: ScalarImage
    bitmap: Any = None
    overview: Any = None
    overlay: NDArray[Any] | None = None
    frame: int = 0

    def close(self) -> None:
        """Nothing to free: the values are the page's."""


class Volume:
    """The slices of a stack as something that can be cut.

    Parameters
    ----------
    slices, place
        The folder, and which of its images make the stack.
    first
        Where the lowest slice lies.
    """

    def __init__(self, slices: FolderSlices, place: Place, first: Plane) -> None:
        stack = place.stack
        found = steps_of([one.place for one in stack.slices], stack.distance)
        self.order = place.order
        self.assets = [None if at is None else place.order[at] for at in found]
        """The image at each step, None where a slice is missing."""
        self.cuts = reformats_of(first, len(found), stack.distance)
        self.first = first
        last = slices.plane(place.order[-1])
        slip = max(abs(at - 0.5) for at in first.to_image(last.origin)) if last is not None else 0.0
        self.slanted = slip > SLIP
        """Whether the slices slip sideways from one to the next, so that shapes in cuts are slanted."""
        self._slices = slices

    @property
    def kind(self) -> Kind:
        """What the slices themselves are called."""
        return next(kind for kind, cut in self.cuts.items() if cut.along == SLICE)

    @property
    def values(self) -> list[NDArray[Any] | None]:
        """The values at each step, None where they are not in memory."""
        pictures = [None if asset is None else self._slices.picture(asset) for asset in self.assets]
        return [
            None if picture is None or picture.scalars is None else picture.scalars.values
            for picture in pictures
        ]

    def step_of(self, asset: int) -> int:
        """Return the step at which an image lies; one that lies between two is at the lower one."""
        if asset in self.assets:
            return self.assets.index(asset)
        share = self.order.index(asset) / max(len(self.order) - 1, 1)
        return round(share * (len(self.assets) - 1))

    def asset_at(self, step: int) -> int:
        """Return the image at a step, or the nearest one where a slice is missing."""
        here = [at for at, asset in enumerate(self.assets) if asset is not None]
        found = self.assets[min(here, key=lambda at: abs(at - step))]
        assert found is not None
        return found


def steps_between(stack: Stack) -> float:
    """Return how many steps of the usual distance a stack is high."""
    return (stack.slices[-1].place - stack.slices[0].place) / stack.distance


def header_of(header: Header, plane: Plane, cut: Reformat) -> Header:
    """Return the header of a slice as that of a cut, of which the file says nothing."""
    return structs.replace(
        header,
        rows=cut.height,
        columns=cut.width,
        frames=1,
        instance_number=0,
        spacing=(plane.spacing[1], plane.spacing[0]),
        aspect=cut.aspect,
        positions=[plane.origin],
        orientation=(*plane.across, *plane.down),
        directions=(),
        thickness=None,
    )
