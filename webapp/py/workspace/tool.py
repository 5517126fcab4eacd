"""The tool protocol: what a tool is, what it can know, and how its gestures are driven.

A tool is one class. Its gesture is a generator: it receives events, yields drafts to show, and returns the
edits to make. It never draws, stores or fetches; its state is its local variables. docs/writing-a-tool.md is
the guide; `Tool` and `Run` document what a tool can rely on. Events, drafts, edits and settings are defined
in `messages` and `settings`; this module re-exports them, so a tool needs no other import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from webapp.py.domain.shapes import Point
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context
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
from webapp.py.workspace.line_drawing import HOLES, REDO_KEYS, UNDO_KEYS, draw_outline, trace
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
    Finish,
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
    Unfinished,
    Update,
    ViewChange,
)
from webapp.py.workspace.nearest import nearest_polygon
from webapp.py.workspace.placing import KEEP, place_points
from webapp.py.workspace.settings import OF_VALUES, Choice, Setting, Slider, Switch, Value
from webapp.py.workspace.snapping import SNAP
from webapp.py.workspace.texts import NO_MASK_TO_ERASE
from webapp.py.workspace.vertex_editing import (
    edit_vertices,
    hover_handles,
    midpoint_at,
    on_line,
    selected_alone,
    vertex_handles,
)

__all__ = [
    "GROUPS",
    "HOLES",
    "KEEP",
    "NEEDS",
    "NO_MASK_TO_ERASE",
    "OF_VALUES",
    "REDO_KEYS",
    "SNAP",
    "UNDO_KEYS",
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
    "Finish",
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
    "Unfinished",
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
    "midpoint_at",
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


GROUPS = {
    "select": "Select",
    "draw": "Draw",
    "mask": "Paint",
    "smart": "Fill by image content",
    "view": "View",
    "measure": "Measure",
}
"""The groups of tools in the order of the toolbar, and what they are called."""
NEEDS = ("", "values", "position")


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key (as `KeyPress.combination`) that a tool reacts to, and what it does, for the help page.

    With ``drawing`` it counts only while a gesture runs.
    """

    key: str
    does: str
    drawing: bool = False


class Tool:
    """The base class of all tools: a few attributes, and `gesture`.

    The session creates one instance, and calls

    * `gesture` for every press of the main button while no gesture of this tool runs; it then sends every
      pointer event and key into the generator until it returns. The returned edits are one undo step.
    * ``close()`` on the generator to cancel: at Escape (which therefore never reaches a gesture), when the
      tool or the image changes, or when the browser cancels the pointer. A canceled gesture makes no edits.
    * `cursor` while hovering, and `handles` when selection, annotations or camera changed, while idle.
    * `on_key` for the keys listed in `keys`, while idle.
    * `prepare` before each frame, while idle; if the returned `Ask` differs from the one before, the worker
      is asked once the person has paused, and the old question is canceled.
    * `outlines` before each frame, also during a gesture.

    The session handles the keys and the wheel for each `Slider`, `Choice` and `Switch`, also during a gesture
    (whose context keeps the values from its start). It also handles other buttons, pinches, the wheel and
    undo.

    If a gesture, `cursor`, `handles` or `on_key` raises, the session cancels it without edits, turns this
    tool off with a message that names it, and continues. A tool does not need its own error handling for
    that.
    """

    id: ClassVar[str]
    """Unique among the tools, lower case; classes of an instruction refer to their tool by it."""
    title: ClassVar[str]
    """Its name for people."""
    key: ClassVar[str] = ""
    """The key that selects the tool, unique among the tools; empty for none."""
    icon: ClassVar[str]
    """The name of a Lucide icon, which must be listed in webapp/icons.txt."""
    help: ClassVar[str]
    """How to use it, in one or two sentences."""
    hint: ClassVar[str] = ""
    """What to do first, in about six words, for the status line; empty shows ``help``."""
    hint_selected: ClassVar[str] = ""
    """The same while something is selected, if that makes a difference."""
    group: ClassVar[str] = ""
    """Where it is in the toolbar, one of `GROUPS`; by default ``mask`` or ``draw``, after what it draws, or
    ``view`` if it changes no annotation."""
    needs: ClassVar[str] = ""
    """What an image must have for the tool to be offered: ``values`` (gray values, as in DICOM), ``position``
    (in the patient), or nothing."""
    order: ClassVar[int] = 100
    """Position in the toolbar; equal ones are sorted by id."""
    draws: ClassVar[tuple[str, ...]] = ()
    """Kinds of shapes it creates (``"box"``, ``"mask"``, …); a class needs a tool that creates some."""
    edits: ClassVar[bool] = True
    """Whether it changes annotations; projects without drawing offer only tools that do not."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    """The settings, from which the panel is drawn."""
    only_when: ClassVar[Mapping[str, tuple[str, Value]]] = {}
    """Settings, by name, shown only while another has a value: ``{"radius": ("by", "brush")}``."""
    keys: ClassVar[tuple[KeyHint, ...]] = ()
    """The keys that `on_key` handles, and those of the gesture (``drawing``) to list in the help."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "group" not in vars(cls):
            cls.group = "view" if not cls.edits else "mask" if "mask" in cls.draws else "draw"

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Receive events, yield drafts, return edits. ``press`` is the event that started it."""
        raise NotImplementedError

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Return what to show while hovering at ``pointer``."""
        return Cursor("cross")

    def handles(self, ctx: Context) -> Handles | None:
        """Return the points that a press would grab, or None."""
        return None

    def on_key(self, key: KeyPress, ctx: Context) -> Sequence[Edit]:
        """Return the edits for a key of `keys` while no gesture runs."""
        return []

    def prepare(self, ctx: Context) -> Ask | None:
        """Return what the compute worker must have ready for the next gesture, or None.

        The answer is in `Context.prepared`. To keep it, return its ``ask`` again. Two questions are the same
        if function and arguments are equal.
        """
        return None

    def outlines(self, ctx: Context) -> Outlines | None:
        """Return the lines to show over the image while the tool is active, or None."""
        return None


def shown_settings(tool: Tool, values: Mapping[str, Value]) -> list[Setting]:
    """Return the settings of a tool to show for these values (`Tool.only_when`)."""
    conditions = {name: tool.only_when.get(name) for name in (setting.name for setting in tool.settings)}
    hidden = {name for name, given in conditions.items() if given and values.get(given[0]) != given[1]}
    return [setting for setting in tool.settings if setting.name not in hidden]


# --- driving a gesture


class Run:
    """A running gesture. Both the session and `play` drive gestures through this class.

    ``drafts`` are those of the last yield, always a tuple; ``edits`` is None while the gesture runs, then
    what it returned (except notices, which become the last drafts). The constructor, `send` and `fail` raise
    the exceptions of the gesture.
    """

    def __init__(self, tool: Tool, press: Pointer, ctx: Context) -> None:
        self.drafts: tuple[Draft, ...] = ()
        self.edits: Sequence[Edit] | None = None
        self._generator = tool.gesture(press, ctx)
        self._step(lambda: next(self._generator))

    @property
    def asked(self) -> Ask | None:
        """The pending question, to be answered by `send` of a `ComputeReply` or by `fail`; or None."""
        return next((draft for draft in self.drafts if isinstance(draft, Ask)), None)

    def send(self, event: Event) -> tuple[Draft, ...]:
        """Send one event into the gesture and return its drafts."""
        return self._step(lambda: self._generator.send(event))

    def fail(self, reason: str) -> tuple[Draft, ...]:
        """Tell the gesture that the worker failed; ``reason`` is a sentence for people."""
        return self._step(lambda: self._generator.throw(AskFailed(reason)))

    def close(self) -> None:
        """Cancel the gesture without edits."""
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
    """Play events to a tool like the session does, and return all drafts and all edits, for tests.

    Escape cancels; while idle, a press starts a gesture, hovering shows `Tool.cursor`, and a key goes to
    `Tool.on_key`; a gesture that is still running at the end is canceled. ``answers`` maps the functions that
    the tool can ask for to callables, which get the arguments by name. The context never changes.
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
