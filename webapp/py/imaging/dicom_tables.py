"""Look-up tables of DICOM files: modality LUT, VOI LUT and palettes, which are all written in the same way.

Descriptors give the number of entries, the first value that is mapped, and the bits of an entry (PS3.3
C.11.1.1, C.11.2.1.1 and C.7.6.3.1.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import _expand_segmented_lut

from webapp.py.imaging.dicom_elements import element, several

MOST_ENTRIES = 1 << 16
_WORD = 0xFFFF
_COLORS = ("Red", "Green", "Blue")


@dataclass(frozen=True)
class LookupTable:
    """A table: the value of its first entry, its entries, and how many bits of an entry are in use."""

    first: int
    entries: NDArray[np.int64]
    bits: int

    @property
    def brightest(self) -> int:
        """The largest number that an entry may have."""
        return (1 << self.bits) - 1

    def places(self, values: NDArray[Any]) -> NDArray[np.intp]:
        """Return the entry of each value: the first for lower values, the last for higher ones."""
        steps = np.clip(values.astype(np.int64) - self.first, 0, self.entries.size - 1)
        return steps.astype(np.intp, copy=False)


def read_table(
    descriptor: Any, content: Any, values: tuple[float, float], big_endian: bool = False
) -> LookupTable:
    """Return a table.

    Parameters
    ----------
    descriptor, content
        The values of its two elements.
    values
        Lowest and highest value that can come in. The first value of a table is written in 16 bits, with or
        without sign depending on these values, and many writers choose wrongly. So it is read in the way that
        maps more of them.
    big_endian
        Whether words in bytes begin with the upper byte.

    Raises
    ------
    ValueError
        If a part is missing, or they do not belong together.

    Examples
    --------
    >>> table = read_table([3, 64512, 16], [0, 7, 4095], (-1024, 3071))
    >>> table.first, table.entries.tolist(), table.bits
    (-1024, [0, 7, 4095], 12)
    """
    numbers = several(descriptor)
    if len(numbers) != 3 or content is None or len(several(content)) == 0:
        raise ValueError("the table has no descriptor or no entries")
    count, first, bits = (int(one) & _WORD for one in numbers)
    count = count or MOST_ENTRIES
    if not 8 <= bits <= 16:
        raise ValueError("the standard has no table of this size")
    entries = _entries(content, count, big_endian)
    return LookupTable(_first(first, count, values), entries, used_bits(bits, int(entries.max())))


def read_palette(data: Dataset, values: tuple[float, float]) -> tuple[LookupTable, NDArray[np.uint8]]:
    """Return the palette of an image: the red table, and all colors as 8-bit RGB of shape (entries, 3).

    Parameters
    ----------
    data
        The data set.
    values
        Lowest and highest stored value.

    Raises
    ------
    ValueError
        If a table is missing or damaged, or they differ in length.

    References
    ----------
    DICOM PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, and C.7.9 (segmented tables).
    """
    big_endian = data.original_encoding[1] is False
    tables = []
    for color in _COLORS:
        descriptor = element(data, f"{color}PaletteColorLookupTableDescriptor")
        content = element(data, f"{color}PaletteColorLookupTableData")
        if content is None:
            content = _expanded(data, color, descriptor, big_endian)
        tables.append(read_table(descriptor, content, values, big_endian))
    if len({table.entries.size for table in tables}) > 1:
        raise ValueError("the tables of the palette differ in length")
    # A channel may have no bright entry at all, so the brightest one of all tells the bits.
    declared = int(several(element(data, "RedPaletteColorLookupTableDescriptor"))[2])
    bits = used_bits(declared, max(int(table.entries.max()) for table in tables))
    colors = np.stack([table.entries for table in tables], axis=-1)
    return tables[0], (colors >> (bits - 8)).astype(np.uint8)


def used_bits(declared: int, largest: int) -> int:
    """Return how many bits of the entries are in use, from 8 to 16.

    Some writers declare the size of the memory instead: entries of 8 bits in 16, or of 12. Others declare
    8 and write 16. Like other viewers, take what the entries show. Entries that are merely dark stay dark:
    they must be four times darker than declared.

    Examples
    --------
    >>> used_bits(16, 4095), used_bits(16, 40_000), used_bits(16, 20_000), used_bits(8, 65_535)
    (12, 16, 16, 16)
    """
    needed = max(largest.bit_length(), 8)
    if needed > declared:
        return 16 if declared == 8 else needed
    return needed if needed <= declared - 2 else declared


def _first(raw: int, count: int, values: tuple[float, float]) -> int:
    def mapped(first: int) -> float:
        return min(values[1], first + count - 1) - max(values[0], first)

    return max((raw, raw - _WORD - 1), key=mapped)


def _entries(content: Any, count: int, big_endian: bool) -> NDArray[np.int64]:
    """Return the entries: words, or bytes of which two share a word, the lower one first."""
    if isinstance(content, bytes):
        words = np.frombuffer(content[: len(content) // 2 * 2], ">u2" if big_endian else "<u2")
        rest = content[len(content) // 2 * 2 :]
    else:
        words, rest = np.asarray([int(one) & _WORD for one in several(content)], np.int64), b""
    if words.size == count and not rest:
        return words.astype(np.int64)
    found = np.concatenate([words.astype("<u2").view(np.uint8), np.frombuffer(rest, np.uint8)])
    if found.size not in (count, count + count % 2):
        raise ValueError("the table is longer or shorter than it says")
    return found[:count].astype(np.int64)


def _expanded(data: Dataset, color: str, descriptor: Any, big_endian: bool) -> list[int]:
    """Return the entries of a segmented table (PS3.3 C.7.9)."""
    content = element(data, f"Segmented{color}PaletteColorLookupTableData")
    numbers = several(descriptor)
    if not isinstance(content, bytes) or len(numbers) != 3:
        raise ValueError("the palette is missing")
    order, kind = ">" if big_endian else "<", "B" if int(numbers[2]) == 8 else "H"
    words = np.frombuffer(content, np.uint8 if kind == "B" else f"{order}u2")
    return _expand_segmented_lut(tuple(words.tolist()), f"{order}{words.size}{kind}")
