"""The slices of a folder: which stacks they form, which are in memory, and which to load next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series import Stack, stacks_of

MEGABYTE = 1024 * 1024


class SliceTable:
    """What is known about the images of a folder, by their number in the dataset.

    Parameters
    ----------
    items
        The numbers of the images, in the order of the list.
    budget
        Most bytes of values in memory at once.

    Examples
    --------
    >>> table = SliceTable([7, 8, 9], budget=10)
    >>> flat = (1, 0, 0, 0, 1, 0)
    >>> for item, height in ((7, 5.0), (8, 0.0), (9, 2.5)):
    ...     table.know(item, Header(rows=1, columns=1, position=(0, 0, height), orientation=flat))
    >>> table.order_of(7)
    (8, 9, 7)
    """

    def __init__(self, items: Sequence[int], budget: int) -> None:
        self.items = list(items)
        self.budget = budget
        self.headers: dict[int, Header | None] = {}
        """By item; None for an image that could not be read or is not DICOM."""
        self.bytes: dict[int, int] = {}
        """Size of the values in memory in bytes, by item."""

    # --- updates

    def extend(self, items: Sequence[int]) -> None:
        """Set the images of the folder, of which some may be new."""
        self.items = list(items)
        self._forget_stacks()

    def know(self, item: int, header: Header | None) -> None:
        """Add the header of an image; None if it has none."""
        self.headers[item] = header
        self._forget_stacks()

    def forget(self, item: int) -> None:
        """Forget the header of an image, so that it is read again."""
        self.headers.pop(item, None)
        self._forget_stacks()

    def hold(self, item: int, size: int) -> None:
        """Note that the values of an image are in memory."""
        self.bytes[item] = size

    def drop(self, item: int) -> None:
        """Note that the values of an image are no longer in memory."""
        self.bytes.pop(item, None)

    # --- queries

    @property
    def complete(self) -> bool:
        """Whether every image of the folder has been read."""
        return len(self.headers) == len(self.items)

    @property
    def share(self) -> float:
        """Which share of the images has been read, from 0 to 1."""
        return len(self.headers) / len(self.items) if self.items else 1.0

    @cached_property
    def stacks(self) -> list[Stack]:
        """The stacks that the images read so far form, with the numbers of the images as items."""
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
        """Return the stack of an image, even if the image is left out of it as a repetition."""
        return self._stacks_by_item.get(item)

    def order_of(self, item: int) -> tuple[int, ...]:
        """Return the items of an image's stack from bottom to top, empty if it has no stack."""
        stack = self.stack_of(item)
        return tuple(one.item for one in stack.slices) if stack is not None else ()

    def loaded(self, order: Sequence[int]) -> list[bool]:
        """Return which images are in memory."""
        return [item in self.bytes for item in order]

    def wanted(self, at: int, busy: set[int], direction: int = 1) -> int | None:
        """Return the image to load next while ``at`` is shown, or None if there is nothing to load.

        Images whose header is unknown come first, because the order depends on them. Then come those of the
        current stack, as far as the budget allows. The nearest comes first; of two equally near ones, the one
        in ``direction`` (1 or -1). Images in ``busy`` are being loaded already.
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
        """Return the images to drop to stay within the budget: other stacks first, then the farthest."""
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

    # --- internals

    @cached_property
    def _stacks_by_item(self) -> dict[int, Stack]:
        return {one.item: stack for stack in self.stacks for one in (*stack.slices, *stack.repeated)}

    def _forget_stacks(self) -> None:
        for name in ("stacks", "_stacks_by_item"):
            self.__dict__.pop(name, None)


def _way(steps: int, direction: int) -> tuple[int, bool]:
    return abs(steps), steps * direction < 0
