"""A stack of slices as a volume that can be reformatted, and a reformat as a picture."""

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

MOST_SHIFT = 1.0
"""Most pixels by which the last slice of a stack may be shifted sideways from the first."""


@dataclass(frozen=True, slots=True)
class ReformatPicture:
    """A reformat as a picture that a viewport canvas shows."""

    width: int
    height: int
    header: Header
    scalars: ScalarImage
    bitmap: Any = None
    overview: Any = None
    overlay: NDArray[Any] | None = None
    frame: int = 0

    def close(self) -> None:
        """Do nothing, because the values belong to the page."""


class Volume:
    """The slices of a stack as a volume that can be reformatted.

    Parameters
    ----------
    slices, place
        The folder, and which of its images form the stack.
    first
        The plane of the lowest slice.
    """

    def __init__(self, slices: FolderSlices, place: Place, first: Plane) -> None:
        stack = place.stack
        found = steps_of([one.place for one in stack.slices], stack.distance)
        self.order = place.order
        self.assets = [None if at is None else place.order[at] for at in found]
        """The image at each step, None if a slice is missing."""
        self.reformats = reformats_of(first, len(found), stack.distance)
        self.first = first
        last = slices.plane(place.order[-1])
        shift = max(abs(at - 0.5) for at in first.to_image(last.origin)) if last is not None else 0.0
        self.slanted = shift > MOST_SHIFT
        """Whether each slice is shifted sideways from the previous one, so that reformats are slanted."""
        self._slices = slices

    @property
    def kind(self) -> Kind:
        """The direction of the slices themselves."""
        return next(kind for kind, one in self.reformats.items() if one.along == SLICE)

    @property
    def values(self) -> list[NDArray[Any] | None]:
        """The values at each step, None if they are not in memory."""
        pictures = [None if asset is None else self._slices.picture(asset) for asset in self.assets]
        return [
            None if picture is None or picture.scalars is None else picture.scalars.values
            for picture in pictures
        ]

    def step_of(self, asset: int) -> int:
        """Return the step of an image; the lower one for an image between two steps."""
        if asset in self.assets:
            return self.assets.index(asset)
        share = self.order.index(asset) / max(len(self.order) - 1, 1)
        return round(share * (len(self.assets) - 1))

    def asset_at(self, step: int) -> int:
        """Return the image at a step, or the nearest one if a slice is missing."""
        present = [at for at, asset in enumerate(self.assets) if asset is not None]
        found = self.assets[min(present, key=lambda at: abs(at - step))]
        assert found is not None
        return found


def steps_between(stack: Stack) -> float:
    """Return the height of a stack, in steps of its usual distance."""
    return (stack.slices[-1].place - stack.slices[0].place) / stack.distance


def header_of(header: Header, plane: Plane, reformat: Reformat) -> Header:
    """Return the header of a slice, changed to describe a reformat, which has no file."""
    return structs.replace(
        header,
        rows=reformat.height,
        columns=reformat.width,
        frames=1,
        instance_number=0,
        spacing=(plane.spacing[1], plane.spacing[0]),
        aspect=reformat.aspect,
        position=plane.origin,
        orientation=(*plane.across, *plane.down),
        directions=(),
        thickness=None,
    )
