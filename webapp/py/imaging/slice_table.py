"""The slices of a folder: which stacks they make, which of them are in memory, and which come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import msgspec

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series import Stack, stacks_of

MEGABYTE = 1024 * 1024


def of_frame(header: Header, frame: int | None) -> Header:
    """Return the header of one frame of a file, as if it lay in a file of its own.

    Examples
    --------
    >>> both = Header(rows=2, columns=2, frames=2, positions=[(0, 0, 1), (0, 0, 2)])
    >>> of_frame(both, 1).positions, of_frame(both, 1).frames
    ([(0, 0, 2)], 1)
    """
    at = frame or 0
    return msgspec.structs.replace(header, frames=1, positions=header.positions[at : at + 1])


class SliceTable:
    """What is known of the images of a folder, by their number in the dataset.

    Parameters
    ----------
    items
        The numbers of the images, in the order of the list.
    budget
        Bytes of values that may be in memory at once.

    Examples
    --------
    >>> table = SliceTable([7, 8, 9], budget=10)
    >>> flat = (1, 0, 0, 0, 1, 0)
    >>> for item, height in ((7, 5.0), (8, 0.0), (9, 2.5)):
    ...     table.know(item, Header(rows=1, columns=1, positions=[(0, 0, height)], orientation=flat))
    >>> table.order_of(7)
    (8, 9, 7)
    """

    def __init__(self, items: Sequence[int], budget: int) -> None:
        self.items = list(items)
        self.budget = budget
        self.headers: dict[int, Header | None] = {}
        """By item; None for an image that could not be read or is none of DICOM."""
        self.bytes: dict[int, int] = {}
        """Sizes of the values in memory, by item."""

    # --- what comes in

    def extend(self, items: Sequence[int]) -> None:
        """Take in that the folder has these images now, those of before among them."""
        self.items = list(items)
        self._forget_stacks()

    def know(self, item: int, header: Header | None) -> None:
        """Take in the header of an image; None says that it has none."""
        self.headers[item] = header
        self._forget_stacks()

    def forget(self, item: int) -> None:
        """Take note that an image is to be looked at once more."""
        self.headers.pop(item, None)
        self._forget_stacks()

    def hold(self, item: int, size: int) -> None:
        """Note that the values of an image are in memory."""
        self.bytes[item] = size

    def drop(self, item: int) -> None:
        """Note that the values of an image are not in memory any more."""
        self.bytes.pop(item, None)

    # --- what is asked

    @property
    def complete(self) -> bool:
        """Whether every image of the folder has been looked at."""
        return len(self.headers) == len(self.items)

    @property
    def share(self) -> float:
        """Which share of the folder's images has been looked at, 1 for all."""
        return len(self.headers) / len(self.items) if self.items else 1.0

    @cached_property
    def stacks(self) -> list[Stack]:
        """The stacks that the images known so far make; their slices name the images by number."""
        found = stacks_of([self.headers.get(item) for item in self.items])
        return [
            replace(
                stack,
                slices=tuple(replace(one, item=self.items[one.item]) for one in stack.slices),
                repeated=tuple(replace(one, item=self.items[one.item]) for one in stack.repeated),
            )
            for stack in found
        ]

    def stack_of(self, item: int) -> Stack | None:
        """Return the stack that an image lies in, also where it is left out as a repetition."""
        return self._stacks_by_item.get(item)

    def order_of(self, item: int) -> tuple[int, ...]:
        """Return the items of the stack that an image lies in, bottom to top; empty for one in none."""
        stack = self.stack_of(item)
        return tuple(one.item for one in stack.slices) if stack is not None else ()

    def loaded(self, order: Sequence[int]) -> list[bool]:
        """Return which images are in memory."""
        return [item in self.bytes for item in order]

    def wanted(self, at: int, busy: set[int], direction: int = 1) -> int | None:
        """Return the image to bring next while ``at`` is looked at; None when there is nothing to bring.

        Images that nobody has looked at come first, for the order depends on them; then those of the stack
        at hand as far as the budget goes. The nearest come first, of two those in the direction of travel.
        """
        unknown = [item for item in self.items if item not in self.headers and item not in busy]
        if unknown:
            return min(unknown, key=lambda item: _way(item - at, direction))
        order = self.order_of(at)
        if at not in order:
            return None
        middle = order.index(at)
        missing = [
            (_way(place - middle, direction), item)
            for place, item in enumerate(order)
            if item not in self.bytes and item not in busy and self.headers.get(item) is not None
        ]
        if not missing:
            return None
        way, item = min(missing)
        size = max(self.bytes.values(), default=0)
        nearer = sum(_way(place - middle, direction) < way for place in range(len(order)))
        return item if (nearer + 1) * size <= self.budget else None

    def surplus(self, at: int) -> list[int]:
        """Return the images to let go of so that the budget holds: other stacks first, then the farthest."""
        if sum(self.bytes.values()) <= self.budget:
            return []
        order = {item: place for place, item in enumerate(self.order_of(at))}
        middle = order.get(at, 0)
        far = sorted(
            (item for item in self.bytes if item != at),
            key=lambda item: abs(order[item] - middle) if item in order else len(order) + abs(item - at),
        )
        over = sum(self.bytes.values()) - self.budget
        found = []
        while over > 0 and far:
            found.append(far.pop())
            over -= self.bytes[found[-1]]
        return found

    # --- inside

    @cached_property
    def _stacks_by_item(self) -> dict[int, Stack]:
        return {one.item: stack for stack in self.stacks for one in (*stack.slices, *stack.repeated)}

    def _forget_stacks(self) -> None:
        for name in ("stacks", "_stacks_by_item"):
            self.__dict__.pop(name, None)


def _way(steps: int, direction: int) -> tuple[int, bool]:
    return abs(steps), steps * direction < 0
