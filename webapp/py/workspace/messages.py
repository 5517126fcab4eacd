"""The messages between tools and session: events in, drafts and edits out. All of them are plain data.

Tools import these names from `webapp.py.workspace.tool`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point, Shape
from webapp.py.workspace.settings import Value

GRAB = {"mouse": 6.0, "pen": 8.0, "touch": 18.0}
"""How far from a handle or contour a pointer grabs it, in screen pixels."""


# --- events: what a gesture receives


@dataclass(frozen=True, slots=True)
class Pointer:
    """A press, move or release of the pointer, or a move with no button down (``hover``).

    ``x`` and ``y`` are image pixels, possibly outside the image, computed with the camera at the time the
    event is delivered; ``scale`` is screen pixels per image pixel at that time. ``ctrl`` is Ctrl, or Command
    on a Mac. ``pressure`` is 0 to 1; a mouse with a button down has 0.5. ``clicks`` is 2 for the press of a
    double click. ``seen`` is the position in the view, which can be rotated or mirrored.
    """

    kind: Literal["press", "move", "release", "hover"]
    x: float
    y: float
    scale: float = 1.0
    button: int = 0
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    pressure: float = 0.5
    device: Literal["mouse", "pen", "touch"] = "mouse"
    clicks: int = 1
    seen: Point | None = None

    @property
    def screen(self) -> Point:
        """The position in the view, in screen pixels; only differences between events are meaningful."""
        return self.seen or (self.x * self.scale, self.y * self.scale)

    @property
    def point(self) -> Point:
        """The position, in image pixels."""
        return (self.x, self.y)

    @property
    def tolerance(self) -> float:
        """How far away this pointer grabs things, in image pixels: wider for fingers, less when zoomed in."""
        return GRAB[self.device] / self.scale


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key pressed while a gesture runs or the tool is idle. ``key`` is named as in the browser.

    ``repeat`` says that the key is held down and this event is not the first.
    """

    key: str
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    kind: Literal["key"] = "key"
    repeat: bool = False

    @property
    def combination(self) -> str:
        """The key with its modifiers: ``"Delete"``, ``"ctrl+a"``, ``"shift+ArrowUp"``, as in `KeyHint`."""
        held = [
            name for name, down in (("ctrl", self.ctrl), ("alt", self.alt), ("shift", self.shift)) if down
        ]
        plain = self.key.lower() if len(self.key) == 1 and held else self.key
        return "+".join([*held, plain])


@dataclass(frozen=True, slots=True, eq=False)
class ComputeReply:
    """The compute worker's answer to the `Ask` that the gesture yielded last."""

    value: Any
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Finish:
    """The person turns to another tool, another image, or submits: end now if what is drawn is complete.

    A gesture that continues instead is set aside; Undo brings it back.
    """

    kind: Literal["finish"] = "finish"


Event = Pointer | KeyPress | ComputeReply | Finish


class AskFailed(Exception):
    """Raised inside a gesture at its ``yield Ask(...)`` if the worker failed; the message is for people.

    A gesture can catch it and continue. If it does not, it ends without edits and the message is shown; the
    tool stays on.
    """


# --- drafts: what a gesture shows


@dataclass(frozen=True, slots=True, eq=False)
class MaskPatch:
    """New pixels for a rectangle of the mask being drawn.

    ``pixels`` is uint8 of shape (height, width), 1 = on, 0 = off; ``x`` and ``y`` are the image column and
    row of its top-left pixel; it must be within the image. Patches accumulate during a gesture, while all
    other drafts are replaced by the next yield. ``annotation`` is the annotation being changed, whose pixels
    the patches replace; None for a new one, which starts empty. ``pixels`` can be a view of an array that the
    gesture keeps changing: read it before sending the next event.
    """

    x: int
    y: int
    pixels: NDArray[np.uint8]
    annotation: str | None = None
    mode: Literal["replace"] = "replace"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Marks a drawing of several clicks, which waits for the next one. It shows nothing in the image.

    While a gesture yields it, Undo and Redo reach the gesture as the keys ``ctrl+z`` and ``ctrl+shift+z``,
    turning to something else as `Finish`, and a right-click as Enter if ``complete``, else as Undo. Escape
    sets the gesture aside. ``points`` is how many points can be taken back; ``hint`` is what the status line
    says, in about six words.
    """

    points: int
    complete: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of the annotation ``id``, shown in place of the annotation. None hides it."""

    id: str
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Band:
    """A rubber band between two opposite corners, in image pixels."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Handles:
    """Points to grab, shown as small squares of constant size.

    ``middles`` are shown as smaller disks. ``hot`` is the one under the pointer, counted through both.
    """

    points: Sequence[Point]
    hot: int | None = None
    middles: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """What to show at the pointer. ``radius`` is in image pixels, for ``circle`` and ``square`` only.

    ``square`` extends ``radius`` to each side. The other kinds are cursors of the browser:
    ``cross`` (crosshair), ``arrow`` (default), ``move``, ``grab``, ``grabbing`` and the four resizing ones.
    """

    kind: Literal[
        "circle", "square", "cross", "arrow", "move", "grab", "grabbing", "zoom-in", "zoom-out",
        "ns-resize", "ew-resize", "nwse-resize", "nesw-resize",
    ]  # fmt: skip
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class MoveCamera:
    """A camera move, relative to the current camera.

    The image moves by ``dx``, ``dy`` image pixels (right and down are positive), then scales by the factor
    ``zoom`` about the image point ``about`` (None: the center of the viewport). The next event has
    coordinates of the moved camera.
    """

    dx: float = 0.0
    dy: float = 0.0
    zoom: float = 1.0
    about: Point | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Fit the rectangle between two opposite corners, in image pixels, into the view."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Adjust:
    """Change brightness and contrast of the view (both range from -100 to 100), or reset them to 0."""

    brightness: float = 0.0
    contrast: float = 0.0
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """Show the position at this point of the image, in pixels, in all views of the same patient."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Loupe:
    """A magnifier at the pointer, ``factor`` times as large, with pixels as squares."""

    factor: float


@dataclass(frozen=True, slots=True)
class Readout:
    """The position and value of the pixel under the pointer, shown next to it."""


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text below and to the right of the given image points; empty text shows nothing."""

    points: Sequence[Point]
    text: str


@dataclass(frozen=True, slots=True)
class Stay:
    """An edit that changes nothing: these drafts stay visible when the gesture is over.

    They disappear at the next press, at Escape, or when the tool or the image changes.
    """

    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the person, shown for a few seconds."""

    text: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """Change a setting of the tool, as if the person had changed it in the panel."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the compute worker.

    If a gesture yields it, the next thing sent into the gesture is the `ComputeReply`. A yield can contain
    one, as its last draft. Events that arrive in the meantime follow after the answer: of consecutive moves
    only the last, with ``path`` all. A failure raises `AskFailed` at the yield.

    If `Tool.prepare` returns it, the answer is in `Context.prepared` from then on.

    The worker replaces an `ImagePart` among the arguments by pixels of the image, and a `VolumePart` by
    values of slices. Its progress is shown.
    """

    function: str
    arguments: Mapping[str, Any]
    path: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The compute worker's answer to an `Ask` of `Tool.prepare`."""

    ask: Ask
    answer: Any


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Thin lines between the areas of a label map, below the annotations.

    ``levels`` is uint8 of shape (rows, columns) and covers the rectangle ``rect`` (x, y, width, height) of
    the image. Lines run where neighboring pixels differ; their width does not depend on the zoom. Pass the
    same array while it is unchanged: only a new one is uploaded to the graphics card.
    """

    levels: NDArray[np.uint8]
    rect: tuple[int, int, int, int]


ViewChange = MoveCamera | Frame | Adjust | Aim
"""Changes the view but no annotation. As a draft it applies at once; a gesture can also return one."""
Shown = MaskPatch | Unfinished | Preview | Band | Handles | Cursor | Loupe | Readout | Label
Draft = Shape | Shown | ViewChange | Notice | SetValue | Ask
"""A plain `Shape` is a new object of the active class as it would be if the gesture ended now."""
Drafts = Draft | Sequence[Draft] | None
"""What one yield can contain: one draft, several, or None."""


# --- edits: what a gesture returns


@dataclass(frozen=True, slots=True)
class Create:
    """Create an annotation and select it; ``class_id`` None means the active class.

    ``like`` is the id of an annotation whose attributes the new one copies. ``asset`` is its image, the
    current one if None; annotations that share an ``object_id`` are slices of one object.
    """

    shape: Shape
    class_id: str | None = None
    like: str | None = None
    asset: int | None = None
    object_id: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Set fields of an annotation; a shape is a domain `Shape`."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an annotation."""

    id: str


@dataclass(frozen=True, slots=True)
class Select:
    """Select these annotations and no others. Not part of undo."""

    ids: Sequence[str]


Edit = Create | Update | Delete | Select | ViewChange | Stay
