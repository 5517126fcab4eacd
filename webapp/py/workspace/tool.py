"""The tool protocol: what a tool is, what it may know, and how its gestures are driven.

A tool is one class. Its gesture is a generator: it receives events, yields drafts to show, and returns the
edits to make. It never draws, stores or fetches; its state is its local variables. docs/writing-a-tool.md
is the guide; what the session promises a tool is written at `Tool` and `Run`. Events, drafts, edits and
settings are defined in `messages` and `settings`; this module hands them on, so that a tool needs no
other import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from webapp.py.domain.shapes import Point
from webapp.py.workspace.context import AnnotationView, Context
from webapp.py.workspace.copying import duplicated, moved_together
from webapp.py.workspace.gesture_parts import (
    Gesture,
    brush_cursor,
    drag_handle,
    drag_whole,
    mask_to_erase,
    mask_to_paint,
    moved_far,
    paint,
    painted,
)
from webapp.py.workspace.line_drawing import HOLES, draw_outline, trace
from webapp.py.workspace.messages import (
    Adjust,
    Aim,
    Ask,
    AskFailed,
    Band,
    ComputeReply,
    Create,
    Cursor,
    Delete,
    Draft,
    Drafts,
    Edit,
    Event,
    Frame,
    Handles,
    KeyPress,
    Label,
    Loupe,
    MaskPatch,
    MoveCamera,
    Notice,
    Outlines,
    Pointer,
    Prepared,
    Preview,
    Readout,
    Select,
    SetValue,
    Stay,
    Update,
    ViewChange,
)
from webapp.py.workspace.nearest import nearest_polygon
from webapp.py.workspace.placing import KEEP, place_points
from webapp.py.workspace.settings import OF_VALUES, Choice, Setting, Slider, Switch, Value
from webapp.py.workspace.vertex_editing import (
    edit_vertices,
    hover_handles,
    on_line,
    selected_alone,
    vertex_handles,
)

__all__ = [
    "HOLES",
    "KEEP",
    "OF_VALUES",
    "Adjust",
    "Aim",
    "AnnotationView",
    "Ask",
    "AskFailed",
    "Band",
    "Choice",
    "ComputeReply",
    "Context",
    "Create",
    "Cursor",
    "Delete",
    "Draft",
    "Drafts",
    "Edit",
    "Event",
    "Frame",
    "Gesture",
    "Handles",
    "KeyHint",
    "KeyPress",
    "Label",
    "Loupe",
    "MaskPatch",
    "MoveCamera",
    "Notice",
    "Outlines",
    "Pointer",
    "Prepared",
    "Preview",
    "Readout",
    "Run",
    "Select",
    "SetValue",
    "Setting",
    "Slider",
    "Stay",
    "Switch",
    "Tool",
    "Update",
    "Value",
    "ViewChange",
    "brush_cursor",
    "drag",
    "drag_handle",
    "drag_whole",
    "draw_outline",
    "duplicated",
    "edit_vertices",
    "hover_handles",
    "mask_to_erase",
    "mask_to_paint",
    "moved_far",
    "moved_together",
    "nearest_polygon",
    "on_line",
    "paint",
    "painted",
    "place_points",
    "play",
    "selected_alone",
    "shown_settings",
    "trace",
    "vertex_handles",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key (as `KeyPress.combination`) that a tool reacts to, and what it does, in words for the help page.

    One that counts only while a gesture runs is ``drawing``: an idle tool leaves it to others.
    """

    key: str
    does: str
    drawing: bool = False


class Tool:
    """What every tool is: a few facts, and `gesture`.

    The session makes one instance, and calls

    * `gesture` at every press of the main button while none of this tool's gestures runs; it then sends
      every pointer event and every key into the generator until that returns. The edits it returns are one
      undo step.
    * ``close()`` on the generator to cancel: at Escape (which therefore never reaches a gesture), when the
      tool or the image changes, or when the browser takes the pointer away. A cancelled gesture leaves no
      edits.
    * `cursor` on hovering and `handles` whenever selection, annotations or camera changed, while idle.
    * `on_key` for the keys named in `keys`, while idle.
    * `prepare` before each drawing, while idle; when the `Ask` that it returns differs from the one before,
      the worker is asked once the person has paused, and what it was doing for the old one is called off.
    * `outlines` before each drawing, also during a gesture.

    Keys and wheel turns that a `Slider`, `Choice` or `Switch` names are handled by the session, also during a
    gesture (whose context keeps the values from its beginning). Other buttons, pinches, the wheel and undo
    belong to the session as well.

    When a gesture, `cursor`, `handles` or `on_key` raises, the session cancels, switches this tool off with a
    message that names it, and goes on; no edit of that gesture is made. A tool needs no handler of its own
    for that.
    """

    id: ClassVar[str]
    """Unique among the tools, lower-case; classes of an instruction name their tool by it."""
    title: ClassVar[str]
    """What people call it."""
    key: ClassVar[str] = ""
    """The key that picks the tool, unique among the tools; empty for none."""
    icon: ClassVar[str]
    """The name of a Lucide icon (it must be listed in webapp/icons.txt)."""
    help: ClassVar[str]
    """One sentence: how it is used."""
    order: ClassVar[int] = 100
    """Place in the tool bar; equal ones by id."""
    draws: ClassVar[tuple[str, ...]] = ()
    """Kinds of shapes it makes (``"box"``, ``"mask"``, …); one that makes none cannot be a class's tool."""
    edits: ClassVar[bool] = True
    """Whether it is there to change annotations; where nothing is drawn, only the others are offered."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    """What the person can set; the panel is drawn from this."""
    only_when: ClassVar[Mapping[str, tuple[str, Value]]] = {}
    """Settings, by name, shown only while another one has a value: ``{"radius": ("by", "brush")}``."""
    keys: ClassVar[tuple[KeyHint, ...]] = ()
    """The keys that `on_key` understands, and those of the gesture (``drawing``) worth a line of help."""

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Receive events, yield drafts, return edits. ``press`` is the event that began it."""
        raise NotImplementedError

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Return what to show while hovering at ``pointer``."""
        return Cursor("cross")

    def handles(self, ctx: Context) -> Handles | None:
        """Return the points that a press would grab, or None."""
        return None

    def on_key(self, key: KeyPress, ctx: Context) -> Sequence[Edit]:
        """Return the edits that a key of `keys` makes while no gesture runs."""
        return []

    def prepare(self, ctx: Context) -> Ask | None:
        """Return what the compute worker shall have ready for the next gesture, or None.

        The answer comes as `Context.prepared`. To keep what is there, return its ``ask`` again. Two are the
        same when function and arguments are equal.
        """
        return None

    def outlines(self, ctx: Context) -> Outlines | None:
        """Return the lines to show over the image while the tool is active, or None."""
        return None


def shown_settings(tool: Tool, values: Mapping[str, Value]) -> list[Setting]:
    """Return the settings of a tool that are shown while they have these values (`Tool.only_when`)."""
    conditions = {name: tool.only_when.get(name) for name in (setting.name for setting in tool.settings)}
    hidden = {name for name, given in conditions.items() if given and values.get(given[0]) != given[1]}
    return [setting for setting in tool.settings if setting.name not in hidden]


# --- driving a gesture


class Run:
    """One gesture under way. The session and `play` drive gestures through it, and so in the same way.

    ``drafts`` is what the last yield held, always a tuple; ``edits`` is None while the gesture runs, then
    what it returned (but for notices, which are the last drafts). Exceptions of the gesture come out of the
    constructor, `send` and `fail`.
    """

    def __init__(self, tool: Tool, press: Pointer, ctx: Context) -> None:
        self.drafts: tuple[Draft, ...] = ()
        self.edits: Sequence[Edit] | None = None
        self._generator = tool.gesture(press, ctx)
        self._step(lambda: next(self._generator))

    @property
    def asked(self) -> Ask | None:
        """The question that waits for `send` of an `ComputeReply` (or `fail`), if any."""
        return next((draft for draft in self.drafts if isinstance(draft, Ask)), None)

    def send(self, event: Event) -> tuple[Draft, ...]:
        """Send one event into the gesture and return the drafts it shows then."""
        return self._step(lambda: self._generator.send(event))

    def fail(self, reason: str) -> tuple[Draft, ...]:
        """Tell the gesture that the worker could not answer; ``reason`` is a sentence for a person."""
        return self._step(lambda: self._generator.throw(AskFailed(reason)))

    def close(self) -> None:
        """Cancel the gesture: no edits."""
        self._generator.close()
        self.drafts = ()
        if self.edits is None:
            self.edits = []

    def _step(self, advance: Callable[[], Drafts]) -> tuple[Draft, ...]:
        try:
            yielded = advance()
        except StopIteration as stop:
            returned = list(stop.value or [])
            self.drafts = tuple(one for one in returned if isinstance(one, Notice))
            self.edits = [one for one in returned if not isinstance(one, Notice)]
            return self.drafts
        except Exception:
            self.drafts, self.edits = (), []
            raise
        self.drafts = (
            () if yielded is None else tuple(yielded) if isinstance(yielded, Sequence) else (yielded,)
        )
        return self.drafts


def play(
    tool: Tool, events: Iterable[Event], ctx: Context, answers: Mapping[str, Any] | None = None
) -> tuple[list[Draft], list[Edit]]:
    """Play events to a tool as the session would, and return all drafts and all edits, for tests.

    Escape cancels; while idle, a press begins a gesture, hovering shows `Tool.cursor`, and a key goes to
    `Tool.on_key`; a gesture that is not over at the end is cancelled. ``answers`` maps the functions that the
    tool may ask for to callables (called with the arguments by name). The context stays the one given.
    """
    drafts: list[Draft] = []
    edits: list[Edit] = []
    run: Run | None = None
    for event in events:
        if run is not None and isinstance(event, KeyPress) and event.key == "Escape":
            run.close()
        elif run is not None:
            run.send(event)
        elif isinstance(event, KeyPress):
            edits += tool.on_key(event, ctx)
        elif event.kind == "press":
            run = Run(tool, event, ctx)
        elif event.kind == "hover":
            shown = tool.cursor(ctx, event)
            drafts += [] if shown is None else shown if isinstance(shown, Sequence) else [shown]
        while run is not None:
            drafts += run.drafts
            question = run.asked
            if question is None:
                break
            run.send(ComputeReply((answers or {})[question.function](**question.arguments)))
        if run is not None and run.edits is not None:
            edits += run.edits
            run = None
    if run is not None:
        run.close()
    return drafts, edits


def drag(*points: Point, **held: Any) -> list[Event]:
    """Return the events of a drag through ``points``: a press at the first, moves, a release at the last.

    Examples
    --------
    >>> [event.kind for event in drag((0, 0), (4, 5))]
    ['press', 'move', 'release']
    """
    (x, y), *rest = points
    moves: list[Event] = [Pointer("move", *point, **held) for point in rest]
    return [Pointer("press", x, y, **held), *moves, Pointer("release", *points[-1], **held)]
