"""The format of the journal: a torn or damaged line loses only itself."""

from __future__ import annotations

import zlib

import pytest

from tests.support.journal_machine import some
from tests.support.local_store_scenarios import S
from webapp.py.store.journal import Entry, read_entries, write_entry


def test_a_line_is_a_checksum_and_json() -> None:
    line = write_entry(Entry(at=7, scope=S, gone=["x"]))
    text = b'{"at":7,"scope":"project/p","gone":["x"]}'
    assert line == b"\n" + f"{zlib.crc32(text):08x}".encode() + b" " + text + b"\n"


def test_a_journal_that_was_torn_anywhere_loses_the_torn_entry_alone_also_when_it_is_written_on() -> None:
    entries = some(4)
    lines = [write_entry(entry) for entry in entries]
    before, torn = b"".join(lines[:2]), lines[2]
    for length in range(len(torn)):
        found = read_entries([before + torn[:length] + lines[3]])
        # Whole without its last line break, which the next entry brings along.
        whole = length == len(torn) - 1
        assert found == [*entries[:2], *(entries[2:3] if whole else []), entries[3]]


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_damaged_byte_spoils_one_entry(at: int) -> None:
    entries = some(3)
    lines = [bytearray(write_entry(entry)) for entry in entries]
    lines[1][at] ^= 0x15
    assert read_entries([b"".join(lines)]) == [entries[0], entries[2]]


def test_bytes_that_are_no_journal_hold_nothing() -> None:
    assert read_entries([b"", b"\n\n \n", b"\x00" * 400, b"ffffffff {}\n", b"zzzzzzzz {}", b"-1 a"]) == []


def test_parts_of_several_tabs_are_put_together_by_time_and_none_is_reordered_in_itself() -> None:
    one = b"".join(write_entry(Entry(at=at, scope=name)) for at, name in ((10, "a"), (30, "c"), (5, "d")))
    two = b"".join(write_entry(Entry(at=at, scope=name)) for at, name in ((20, "b"), (40, "e")))
    assert [entry.scope for entry in read_entries([one, two])] == ["a", "b", "c", "d", "e"]
