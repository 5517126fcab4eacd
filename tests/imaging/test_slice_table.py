"""Which slices of a folder lie on each other, which are brought next, and which are let go of."""

from __future__ import annotations

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.slice_table import SliceTable

FLAT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def at(height: float, series: str = "one") -> Header:
    return Header(rows=4, columns=4, series=series, position=(0.0, 0.0, height), orientation=FLAT)


def table_of(heights: list[float], budget: int = 1_000) -> SliceTable:
    table = SliceTable(range(len(heights)), budget)
    for item, height in enumerate(heights):
        table.know(item, at(height))
    return table


def test_unseen_images_come_first_the_nearest_ones_before() -> None:
    table = SliceTable(range(6), 1_000)
    table.know(2, at(2))
    table.hold(2, 10)
    seen = []
    while (item := table.wanted(2, set())) is not None:
        seen.append(item)
        table.know(item, at(item))
        table.hold(item, 10)
    assert seen == [3, 1, 4, 0, 5]
    assert table.complete


def test_going_back_brings_what_lies_behind_first() -> None:
    table = SliceTable(range(6), 1_000)
    table.know(3, at(3))
    assert table.wanted(3, set(), direction=-1) == 2


def test_what_is_under_way_is_not_asked_for_again() -> None:
    table = SliceTable(range(3), 1_000)
    assert table.wanted(0, {0, 1}) == 2
    assert table.wanted(0, {0, 1, 2}) is None


def test_order_is_by_height_not_by_list() -> None:
    table = table_of([30.0, 10.0, 20.0])
    assert table.order_of(0) == (1, 2, 0)


def test_slices_within_the_budget_are_brought_around_the_one_at_hand_and_no_others() -> None:
    table = table_of([float(one) for one in range(9)], budget=30)
    table.hold(4, 10)
    brought = []
    while (item := table.wanted(4, set())) is not None:
        brought.append(item)
        table.hold(item, 10)
    assert brought == [5, 3]
    assert table.surplus(4) == []


def test_after_a_jump_the_farthest_slices_go_and_those_around_come() -> None:
    table = table_of([float(one) for one in range(9)], budget=30)
    for item in (0, 1, 2):
        table.hold(item, 10)
    assert table.wanted(7, set()) == 7
    table.hold(7, 10)
    assert table.surplus(7) == [0]


def test_slices_of_another_series_go_before_those_of_the_one_at_hand() -> None:
    table = SliceTable(range(4), 20)
    for item, series in enumerate(("a", "b", "a", "a")):
        table.know(item, at(item, series))
        table.hold(item, 10)
    assert table.surplus(0)[0] == 1


def test_an_image_that_cannot_be_read_is_in_no_stack_and_does_not_stop_the_others() -> None:
    table = SliceTable(range(3), 1_000)
    table.know(0, at(0))
    table.know(1, None)
    assert table.wanted(0, set()) == 2
    table.know(2, at(1))
    assert table.complete
    assert table.order_of(0) == (0, 2)
    assert table.order_of(1) == ()


def test_a_slice_left_out_as_a_repetition_still_belongs_to_its_stack() -> None:
    table = table_of([0.0, 1.0, 1.0])
    assert table.order_of(2) == (0, 1)


def test_images_that_are_listed_later_join_the_stack() -> None:
    table = table_of([0.0, 2.0])
    assert table.complete
    table.extend([0, 1, 2])
    assert not table.complete
    assert table.wanted(0, set()) == 2
    table.know(2, at(1.0))
    assert table.order_of(0) == (0, 2, 1)
