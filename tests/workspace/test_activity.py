"""The activity clock: what is active, what is idle, and whose it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.py.workspace.activity import IDLE_AFTER_MS, ActivityClock, TimeSpan

START = 1_000_000


def clock(asset: int | None = 7) -> ActivityClock:
    """A clock that counts, with an image that was opened at the start."""
    made = ActivityClock()
    made.resume(START)
    made.open(asset, START)
    return made


def at(seconds: float) -> int:
    return START + round(seconds * 1000)


def image(active: float, idle: float, started: float = 0.0) -> TimeSpan:
    return TimeSpan(7, None, at(started), round(active * 1000), round(idle * 1000))


def test_half_a_minute_after_the_last_input_nobody_is_taken_to_work() -> None:
    time = clock()
    time.input(at(10))
    assert time.take(at(100)) == [image(active=40, idle=60)]


def test_inputs_less_than_half_a_minute_apart_are_work_without_a_gap() -> None:
    time = clock()
    for second in range(0, 120, 29):
        time.input(at(second))
    assert time.take(at(120)) == [image(active=120, idle=0)]


def test_a_hidden_page_is_idle_at_once() -> None:
    time = clock()
    time.show(False, at(5))
    time.show(True, at(25))
    time.input(at(25))
    assert time.take(at(30)) == [image(active=10, idle=20)]


def test_an_image_that_is_closed_has_no_time_any_more() -> None:
    time = clock()
    time.open(None, at(10))
    time.open(8, at(50))
    assert time.take(at(60)) == [image(active=10, idle=0), TimeSpan(8, None, at(50), 10_000, 0)]


def test_what_is_selected_gets_the_time_while_it_is_the_only_one() -> None:
    time = clock()
    time.select("box", at(5))
    time.select(None, at(12))
    assert time.take(at(20)) == [image(active=20, idle=0), TimeSpan(7, "box", at(5), 7_000, 0)]


def test_a_gesture_is_time_of_what_it_made_from_the_press_on() -> None:
    time = clock()
    time.begin_gesture(at(3))
    time.end_gesture(["new"], at(9))
    time.select("new", at(9))
    assert time.take(at(10)) == [image(active=10, idle=0), TimeSpan(7, "new", at(3), 7_000, 0)]


def test_a_gesture_that_changed_nothing_is_time_of_what_is_selected() -> None:
    time = clock()
    time.select("box", at(0))
    time.begin_gesture(at(2))
    time.end_gesture([], at(4))
    assert time.take(at(5)) == [image(active=5, idle=0), TimeSpan(7, "box", at(0), 5_000, 0)]


def test_a_gesture_that_changed_several_is_the_images_alone() -> None:
    time = clock()
    time.begin_gesture(at(2))
    time.end_gesture(["one", "other"], at(4))
    assert time.take(at(5)) == [image(active=5, idle=0)]


def test_a_gesture_under_way_comes_with_its_end() -> None:
    time = clock()
    time.begin_gesture(at(2))
    assert time.take(at(4)) == [image(active=4, idle=0)]
    time.end_gesture(["new"], at(6))
    assert time.take(at(6)) == [image(active=2, idle=0, started=4), TimeSpan(7, "new", at(2), 4_000, 0)]


def test_a_gesture_that_the_next_image_reformats_off_is_nobodys() -> None:
    time = clock()
    time.begin_gesture(at(2))
    time.open(8, at(4))
    time.end_gesture(["old"], at(5))
    assert [span.annotation for span in time.take(at(6))] == [None, None]


def test_what_another_tab_counts_is_not_counted_here() -> None:
    time = clock()
    time.pause(at(10))
    time.input(at(15))
    time.resume(at(40))
    assert time.take(at(45)) == [image(active=10, idle=0), image(active=5, idle=0, started=40)]


def test_a_clock_that_runs_backwards_stands_still() -> None:
    time = clock()
    time.input(at(10))
    time.input(at(4))
    assert time.take(at(12)) == [image(active=12, idle=0)]


def test_nothing_is_taken_twice() -> None:
    time = clock()
    assert time.take(at(10)) == [image(active=10, idle=0)]
    assert time.take(at(10)) == []


names = st.sampled_from(["a", "b", None])
happenings = st.lists(
    st.tuples(
        st.integers(-2_000, 50_000),
        st.sampled_from(
            ["input", "hide", "show", "open", "close", "pause", "resume", "hold", "begin", "end", "take"]
        ),
        names,
        st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=2),
    ),
    max_size=60,
)


@given(happenings)
def test_every_moment_is_counted_once_and_no_annotation_gets_more_than_its_image(
    played: list[tuple[int, str, str | None, list[str]]],
) -> None:
    time, now, latest = ActivityClock(), START, START
    time.show(True, START)  # both clocks start at the same time
    taken: list[TimeSpan] = []
    counting, asset, visible, since_input = False, None, True, START - IDLE_AFTER_MS
    # Counted independently, millisecond ranges of one state at a time.
    active = idle = 0
    for step, what, name, several in played:
        now += step
        before, latest = latest, max(now, latest)
        if counting and asset is not None:
            until = max(min(latest, since_input + IDLE_AFTER_MS), before) if visible else before
            active += until - before
            idle += latest - until
        match what:
            case "input":
                time.input(now)
                since_input = latest
            case "hide" | "show":
                visible = what == "show"
                time.show(visible, now)
            case "open" | "close":
                asset = len(taken) if what == "open" else None
                time.open(asset, now)
                since_input = latest
            case "pause":
                time.pause(now)
                counting = False
            case "resume":
                time.resume(now)
                counting = True
            case "hold":
                time.select(name, now)
            case "begin":
                time.begin_gesture(now)
            case "end":
                time.end_gesture(several, now)
            case _:
                taken += time.take(now)
    taken += time.take(latest)
    whole = [span for span in taken if span.annotation is None]
    parts = [span for span in taken if span.annotation is not None]
    assert sum(span.active_ms for span in whole) == active
    assert sum(span.idle_ms for span in whole) == idle
    assert all(span.active_ms >= 0 and span.idle_ms >= 0 for span in taken)
    ends = START
    for span in whole:
        assert span.started >= ends
        ends = span.started + span.active_ms + span.idle_ms
    assert sum(span.active_ms for span in parts) <= active
    assert sum(span.idle_ms for span in parts) <= idle
