"""The tools that change what is seen and nothing else, played as a person would use them."""

from __future__ import annotations

from tests.support.tool_player import TOOLS
from webapp.py.workspace.tool import (
    Adjust,
    Aim,
    Band,
    Context,
    Cursor,
    Draft,
    Edit,
    Event,
    Frame,
    Loupe,
    MoveCamera,
    Pointer,
    Readout,
    drag,
    play,
)


def played(tool: str, *events: Event, **settings: float) -> tuple[list[Draft], list[Edit]]:
    return play(TOOLS.tool(tool), events, Context(width=400, height=300, settings=settings))


def test_a_dragged_rectangle_is_shown_and_then_fills_the_view() -> None:
    drafts, edits = played("zoom", *drag((50, 40), (90, 60), (150, 140)))
    assert edits == [Frame(50, 40, 150, 140)]
    assert [draft for draft in drafts if isinstance(draft, Band)] == [
        Band(50, 40, 90, 60),
        Band(50, 40, 150, 140),
    ]


def test_a_click_zooms_in_on_its_point_and_with_alt_out() -> None:
    assert played("zoom", *drag((50, 40)))[1] == [MoveCamera(zoom=2.0, about=(50, 40))]
    assert played("zoom", *drag((50, 40), alt=True))[1] == [MoveCamera(zoom=0.5, about=(50, 40))]
    assert played("zoom", Pointer("hover", 1, 1, alt=True))[0] == [Cursor("zoom-out")]


def test_dragging_up_brightens_and_to_the_right_adds_contrast_whatever_the_zoom_and_the_turn() -> None:
    seen = [(300.0, 200.0), (340.0, 200.0), (340.0, 180.0)]
    press, *moves = [Pointer("move", y, x, scale=7, seen=(x, y)) for x, y in seen]
    first = Pointer("press", press.x, press.y, scale=7, seen=seen[0])
    last = Pointer("release", 0, 0, scale=7, seen=seen[-1])
    drafts, edits = played("contrast", first, *moves, last)
    assert edits == []
    changes = [draft for draft in drafts if isinstance(draft, Adjust)]
    assert (sum(one.brightness for one in changes), sum(one.contrast for one in changes)) == (10, 20)


def test_a_double_click_resets_brightness_and_contrast() -> None:
    press = Pointer("press", 10, 10, clicks=2)
    assert played("contrast", press, Pointer("release", 10, 10))[1] == [Adjust(reset=True)]


def test_the_loupe_stays_while_the_pointer_is_down() -> None:
    drafts, edits = played("magnify", *drag((50, 40), (60, 40)), factor=8)
    assert edits == []
    assert [draft for draft in drafts if isinstance(draft, Loupe)] == [Loupe(8)] * 2


def test_the_probe_reads_while_hovering_and_under_a_finger() -> None:
    assert Readout() in played("probe", Pointer("hover", 5, 5))[0]
    assert Readout() in played("probe", *drag((5, 5), (6, 6), device="touch"))[0]


def test_the_crosshair_points_where_it_is_pressed_and_dragged() -> None:
    drafts, edits = played("crosshair", *drag((50, 40), (60, 45), (70, 41)))
    assert edits == []
    aims = [draft for draft in drafts if isinstance(draft, Aim)]
    assert aims == [Aim(50, 40), Aim(60, 45), Aim(70, 41)]
    assert played("crosshair", Pointer("hover", 5, 5))[0] == [Cursor("cross")]
