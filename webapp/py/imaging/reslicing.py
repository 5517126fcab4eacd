"""Multiplanar reformats: planes through a stack of slices, perpendicular to them, in the usual orientation.

A point of the stack is ``(slice, row, column)`` as floats, counted like pixels: the center of the first voxel
is (0.5, 0.5, 0.5). Slices are counted in steps of the stack's usual distance. A missing one is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import Plane
from webapp.py.imaging.series import Vector

Kind = Literal["axial", "sagittal", "coronal"]
"""Seen from the feet, from the left, from the front."""
Voxel = tuple[float, float, float]
"""A point of a stack: slice, row and column."""
SLICE, ROW, COLUMN = 0, 1, 2
"""The axes of a stack."""
NEAR = 0.75
"""How far from its step a slice may be to be shown there, in steps. A step without a slice is empty."""
_SIDES: dict[Kind, tuple[int, int, int, int]] = {
    "axial": (2, 0, 1, 1),
    "sagittal": (0, 1, 2, -1),
    "coronal": (1, 0, 2, -1),
}
"""The patient axis that a view looks along, the one to its right, the one down, and the sign of the latter.
x points to the patient's left, which is at the right of the view; y to the back; z to the head."""


@dataclass(frozen=True, slots=True)
class Reformat:
    """The planes of a stack in one direction: which axis they look ``along``, and which go right and down.

    ``mirrored`` says whether right, and down, go against the axis. ``size`` and ``spacing`` are those of the
    stack: the number of steps along each axis, and the length of a step in mm.

    Examples
    --------
    >>> reformat = Reformat("coronal", ROW, COLUMN, SLICE, (False, True), (60, 512, 512), (2.5, 0.8, 0.8))
    >>> reformat.width, reformat.height, reformat.aspect
    (512, 60, 3.125)
    >>> reformat.to_image((59.5, 100.5, 30.0)), reformat.to_voxel((30.0, 0.5), 100)
    ((30.0, 0.5), (59.5, 100.5, 30.0))
    """

    kind: Kind
    along: int
    right: int
    down: int
    mirrored: tuple[bool, bool]
    size: tuple[int, int, int]
    spacing: tuple[float, float, float]

    @property
    def width(self) -> int:
        """Pixels of a row of the view."""
        return self.size[self.right]

    @property
    def height(self) -> int:
        """Pixels of a column of the view."""
        return self.size[self.down]

    @property
    def count(self) -> int:
        """How many planes there are."""
        return self.size[self.along]

    @property
    def aspect(self) -> float:
        """The height of a pixel relative to its width."""
        return self.spacing[self.down] / self.spacing[self.right]

    def to_image(self, voxel: Voxel) -> Point:
        """Return where the view shows a point of the stack, in pixels."""
        x, y = voxel[self.right], voxel[self.down]
        return (self.width - x if self.mirrored[0] else x), (self.height - y if self.mirrored[1] else y)

    def to_voxel(self, point: Point, index: int) -> Voxel:
        """Return the point of the stack that plane ``index`` shows at a point, at the middle of its depth."""
        found = [index + 0.5] * 3
        found[self.right] = self.width - point[0] if self.mirrored[0] else point[0]
        found[self.down] = self.height - point[1] if self.mirrored[1] else point[1]
        return found[0], found[1], found[2]

    def turned(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return pixels as the view shows them, from an array of its two axes in the stack's order.

        Both arrays have two dimensions. The result is a view of the argument.
        """
        seen = pixels.T if self.right < self.down else pixels
        return seen[:: -1 if self.mirrored[1] else 1, :: -1 if self.mirrored[0] else 1]


def reformats_of(plane: Plane, slices: int, distance: float) -> dict[Kind, Reformat]:
    """Return the three reformats of a stack, as close to the usual orientation as possible.

    Parameters
    ----------
    plane
        The plane of a slice of the stack.
    slices
        How many steps the stack has.
    distance
        Length of a step along the normal of the plane, in mm.

    Returns
    -------
    dict
        The reformats by the name of the view. An oblique stack is reformatted along its own axes, each named
        after the nearest axis of the patient.

    Examples
    --------
    >>> axial = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.8, 0.8), 512, 256, "1.2")
    >>> reformat = reformats_of(axial, 60, 2.5)["sagittal"]
    >>> (reformat.along, reformat.right, reformat.down) == (COLUMN, ROW, SLICE)
    True
    >>> reformat.mirrored  # the head is up
    (False, True)
    """
    directions = plane.normal, plane.down, plane.across

    def fits(order: tuple[int, ...]) -> float:
        return sum(abs(directions[axis][side]) for side, axis in enumerate(order))

    axes = max(permutations((SLICE, ROW, COLUMN)), key=fits)
    size = slices, plane.rows, plane.columns
    spacing = distance, plane.spacing[1], plane.spacing[0]
    reformats = {}
    for kind, (along, right, down, downwards) in _SIDES.items():
        mirrored = (
            directions[axes[right]][right] < 0,
            directions[axes[down]][down] * downwards < 0,
        )
        reformats[kind] = Reformat(kind, axes[along], axes[right], axes[down], mirrored, size, spacing)
    return reformats


def steps_of(places: Sequence[float], distance: float) -> list[int | None]:
    """Return which slice is shown at each step of a stack, None where it is missing.

    Parameters
    ----------
    places
        Positions of the slices along the normal in mm, ascending.
    distance
        Length of a step, in mm.

    Examples
    --------
    >>> steps_of([0.0, 2.5, 5.0, 10.0], 2.5)
    [0, 1, 2, None, 3]
    >>> steps_of([0.0, 2.4, 5.3], 2.5)
    [0, 1, 2]
    """
    known = np.asarray(places, np.float64)
    count = round((known[-1] - known[0]) / distance) + 1
    steps = known[0] + np.arange(count) * distance
    after = np.clip(np.searchsorted(known, steps), 1, max(len(known) - 1, 1))
    before = after - 1
    last = np.minimum(after, len(known) - 1)
    nearest = np.where(np.abs(known[last] - steps) < np.abs(known[before] - steps), last, before)
    away = np.abs(known[nearest] - steps)
    return [
        index if gap <= NEAR * distance else None
        for index, gap in zip(nearest.tolist(), away.tolist(), strict=True)
    ]


def reslice(
    slices: Sequence[NDArray[Any] | None], reformat: Reformat, index: int, empty: float = 0
) -> NDArray[Any]:
    """Return the values of a plane through a stack.

    Parameters
    ----------
    slices : sequence of arrays of shape (rows, columns)
        One for each step of the stack; None where it is missing or not loaded yet.
    reformat
        The direction of the plane.
    index
        Which plane, counted along its axis.
    empty
        The value where there is no slice.

    Returns
    -------
    array of shape (reformat.height, reformat.width)
        Of the type that can represent the values of all slices.

    Examples
    --------
    >>> stack = np.arange(24).reshape(2, 3, 4)
    >>> coronal = Reformat("coronal", ROW, COLUMN, SLICE, (False, True), (2, 3, 4), (1.0, 1.0, 1.0))
    >>> reslice(list(stack), coronal, 1)
    array([[16, 17, 18, 19],
           [ 4,  5,  6,  7]])
    """
    here = [one for one in slices if one is not None]
    kind = np.result_type(*{one.dtype for one in here}) if here else np.dtype(np.int16)
    lowest = np.full((1, 1), empty).astype(kind)[0, 0]
    if reformat.along == SLICE:
        chosen = slices[index]
        return reformat.turned(np.full(reformat.size[1:], lowest, kind) if chosen is None else chosen)
    rest = ROW if reformat.along == COLUMN else COLUMN
    values = np.full((reformat.size[SLICE], reformat.size[rest]), lowest, kind)
    for place, one in enumerate(slices):
        if one is not None:
            values[place] = one[index] if reformat.along == ROW else one[:, index]
    return reformat.turned(values)


def reformat_plane(first: Plane, reformat: Reformat, index: int) -> Plane:
    """Return the position of a plane through a stack in space.

    Parameters
    ----------
    first
        The plane of the first slice.
    reformat, index
        The direction of the plane, and which one it is along its axis.

    Examples
    --------
    >>> first = Plane((0.0, 0.0, 100.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5), 8, 8, "1.2")
    >>> plane = reformat_plane(first, reformats_of(first, 5, 2.0)["coronal"], 6)
    >>> plane.origin, plane.across, plane.down, plane.spacing
    ((0.0, 3.0, 108.0), (1.0, 0.0, 0.0), (-0.0, -0.0, -1.0), (0.5, 2.0))
    """
    directions = first.normal, first.down, first.across
    origin = np.array(first.origin)
    for direction, step, at in zip(
        directions, reformat.spacing, reformat.to_voxel((0.5, 0.5), index), strict=True
    ):
        origin = origin + np.array(direction) * step * (at - 0.5)
    across, down = (
        _signed(directions[axis], mirrored)
        for axis, mirrored in zip((reformat.right, reformat.down), reformat.mirrored, strict=True)
    )
    x, y, z = origin.tolist()
    spacing = reformat.spacing[reformat.right], reformat.spacing[reformat.down]
    return Plane((x, y, z), across, down, spacing, reformat.width, reformat.height, first.space)


def _signed(direction: Vector, against: bool) -> Vector:
    x, y, z = direction
    return (-x, -y, -z) if against else direction
