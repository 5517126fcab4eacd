"""Slices that the compute worker has decoded, and volumes made of them.

Slices that `dicom_image` decodes stay here, up to a limit. A volume is one array. Its slices become views of
it, so that nothing is in memory twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.protocol import ComputeProblem

MOST_BYTES = 2048 * 1024 * 1024
"""Most bytes of values that stay: as much as a page may use. The page decides which to forget."""


class Slices:
    """Values of slices by address: those used last.

    Parameters
    ----------
    most_bytes
        Largest sum of their sizes. The slice added last always stays.

    Examples
    --------
    >>> slices = Slices()
    >>> slices.keep("a", np.zeros((2, 3), np.int16))
    >>> slices.missing(["a", "b"])
    [1]
    >>> slices.keep("b", np.ones((2, 3), np.int16))
    >>> slices.volume(["a", "b"]).shape
    (2, 2, 3)
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, NDArray[Any]] = OrderedDict()
        self._volume: tuple[tuple[str, ...], NDArray[Any]] | None = None

    def keep(self, address: str, values: NDArray[Any]) -> None:
        """Keep the values of a slice, of shape (rows, columns)."""
        self._kept[address] = values
        self._kept.move_to_end(address)
        if self._volume is not None and address in self._volume[0]:
            self._volume = None
        while len(self._kept) > 1 and sum(one.nbytes for one in self._kept.values()) > self._most:
            gone, _ = self._kept.popitem(last=False)
            if self._volume is not None and gone in self._volume[0]:
                self._volume = None

    def forget(self, addresses: Sequence[str]) -> None:
        """Free the memory of slices."""
        for address in addresses:
            self._kept.pop(address, None)
        if self._volume is not None and set(addresses) & set(self._volume[0]):
            self._volume = None

    def missing(self, addresses: Sequence[str]) -> list[int]:
        """Return which of these slices are missing, as positions in the sequence."""
        return [place for place, address in enumerate(addresses) if address not in self._kept]

    def volume(self, addresses: Sequence[str]) -> NDArray[Any]:
        """Return slices as one array of shape (slices, rows, columns). Do not change it.

        Raises
        ------
        ComputeProblem
            If one is missing, or they differ in size.
        """
        key = tuple(addresses)
        if self._volume is not None and self._volume[0] == key:
            return self._volume[1]
        if not key or self.missing(key):
            raise ComputeProblem(texts.SERIES_GONE)
        first = self._kept[key[0]]
        if len(key) == 1:
            return first[None]
        if any(self._kept[one].shape != first.shape for one in key):
            raise ComputeProblem(texts.SLICES_DIFFER)
        kind = np.result_type(*{self._kept[one].dtype for one in key})
        volume = np.empty((len(key), *first.shape), kind)
        for place, address in enumerate(key):
            volume[place] = self._kept[address]
            self._kept[address] = volume[place]
        self._volume = key, volume
        return volume


kept_slices = Slices()
"""The slices of this worker."""


def missing_slices(addresses: list[str]) -> list[int]:
    """Return which slices the page must send before they can be a volume, as positions in the list.

    Examples
    --------
    >>> missing_slices(["http://pacs/9.dcm"])
    [0]
    """
    return kept_slices.missing(addresses)


def keep_slice(address: str, values: NDArray[Any]) -> None:
    """Store the values of a slice, of shape (rows, columns), that the page sent.

    Examples
    --------
    >>> keep_slice("http://pacs/8.dcm", np.zeros((2, 3), np.int16))
    >>> missing_slices(["http://pacs/8.dcm"])
    []
    >>> forget_slices(["http://pacs/8.dcm"])
    """
    kept_slices.keep(address, values)


def forget_slices(addresses: list[str]) -> None:
    """Free the memory of slices that are no longer shown.

    Examples
    --------
    >>> keep_slice("http://pacs/8.dcm", np.zeros((2, 3), np.int16))
    >>> forget_slices(["http://pacs/8.dcm"])
    >>> missing_slices(["http://pacs/8.dcm"])
    [0]
    """
    kept_slices.forget(addresses)
