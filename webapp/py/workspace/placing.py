"""Placing a few points, one after the other, for tools that measure.

Use the function with ``yield from``, like those of `gesture_parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from webapp.py.domain.shapes import Point
from webapp.py.workspace import texts
from webapp.py.workspace.context import Context
from webapp.py.workspace.gesture_parts import moved_far
from webapp.py.workspace.line_drawing import REDO_KEYS, UNDO_KEYS
from webapp.py.workspace.messages import Cursor, Draft, Drafts, Event, Pointer, Unfinished
from webapp.py.workspace.settings import Switch

KEEP = Switch("keep", texts.KEEP_AS_ANNOTATION)
"""The setting of tools that measure; holding Shift at the last point does the same."""


def place_points(
    press: Pointer, ctx: Context, count: int, show: Callable[[list[Point]], Sequence[Draft]]
) -> Generator[Drafts, Event, tuple[list[Point], bool]]:
    """Collect ``count`` points: each by a click, or the first two by a drag. Backspace and Ctrl+Z undo one.

    Parameters
    ----------
    show
        Returns what to show for the points so far; the last one is the position of the pointer.

    Returns
    -------
    points : list of points
        Within the image.
    kept : bool
        Whether to keep the measurement as an annotation: by the setting `KEEP`, or Shift at the last point.
    """
    points, here = [ctx.inside(press.point)], ctx.inside(press.point)
    undone: list[Point] = []
    clicked = False
    event: Event = press
    while len(points) < count:
        waiting = Unfinished(len(points), False, texts.next_measured_point(len(points), count))
        event = yield [*show([*points, here]), Cursor("cross"), waiting]
        if not isinstance(event, Pointer):
            if event.kind == "key" and event.combination in UNDO_KEYS and len(points) > 1:
                undone.append(points.pop())
            elif event.kind == "key" and event.combination in REDO_KEYS and undone:
                points.append(undone.pop())
            continue
        here = ctx.inside(event.point)
        if event.kind == "release":
            if clicked or moved_far(press, event):
                points.append(here)
                undone.clear()
            clicked = True
    shift = isinstance(event, Pointer) and event.shift
    return points, shift or bool(ctx.settings.get(KEEP.name))
