"""Placing a few points, one after the other: what tools that measure share.

The function here is to be used with ``yield from``, like those of `gesture_parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from webapp.py.domain.shapes import Point
from webapp.py.workspace.context import Context
from webapp.py.workspace.gesture_parts import moved_far
from webapp.py.workspace.messages import Cursor, Draft, Drafts, Event, Pointer
from webapp.py.workspace.settings import Switch

KEEP = Switch("keep", "Keep as annotation")
"""The setting of tools that measure; Shift held at the last point does the same."""


def place_points(
    press: Pointer, ctx: Context, count: int, show: Callable[[list[Point]], Sequence[Draft]]
) -> Generator[Drafts, Event, tuple[list[Point], bool]]:
    """Collect ``count`` points: each by a click, or the first two by a drag. Backspace takes one back.

    Parameters
    ----------
    show
        What to show for the points so far; the last of them is where the pointer is.

    Returns
    -------
    points : list of points
        Within the image.
    kept : bool
        Whether what is measured is to be an annotation: by the setting `KEEP`, or Shift at the last point.
    """
    points, here = [ctx.inside(press.point)], ctx.inside(press.point)
    clicked = False
    event: Event = press
    while len(points) < count:
        event = yield [*show([*points, here]), Cursor("cross")]
        if not isinstance(event, Pointer):
            if event.kind == "key" and event.combination == "Backspace" and len(points) > 1:
                points.pop()
            continue
        here = ctx.inside(event.point)
        if event.kind == "release":
            if clicked or moved_far(press, event):
                points.append(here)
            clicked = True
    shift = isinstance(event, Pointer) and event.shift
    return points, shift or bool(ctx.settings.get(KEEP.name))
