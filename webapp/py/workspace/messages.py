"""What tools and session say to each other: events in, drafts and edits out. All of it is plain data.

Tools import these names from `webapp.py.workspace.tool`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point, Shape
from webapp.py.workspace.settings import Value

GRAB = {"mouse": 6.0, "pen": 8.0, "touch": 18.0}
"""How far from a handle or contour a pointer still grabs it, in screen pixels."""


# --- events: what a gesture receives


@dataclass(frozen=True, slots=True)
class Pointer:
    """A press, move or release of the pointer, or a move with no button down (``hover``).

    ``x`` and ``y`` are image pixels (they may lie outside the image), computed with the camera as it is when
    the event is delivered; ``scale`` is screen pixels per image pixel at that moment. ``ctrl`` is Ctrl, or
    Command on a Mac. ``pressure`` is 0 to 1; a mouse with a button down has 0.5. ``clicks`` is 2 for the
    press of a double click. ``seen`` is where it stands in the view, which may be turned or mirrored.
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
        """The position in the view, in screen pixels; only differences between events mean something."""
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
    """A key pressed while a gesture runs, or while the tool is idle. ``key`` is named as in the browser.

    ``repeat`` says that it is held down and this is not the first time that it is heard.
    """

    key: str
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    kind: Literal["key"] = "key"
    repeat: bool = False

    @property
    def combination(self) -> str:
        """The key with what is held: ``"Delete"``, ``"ctrl+a"``, ``"shift+ArrowUp"``, as in `KeyHint`."""
        held = [
            name for name, down in (("ctrl", self.ctrl), ("alt", self.alt), ("shift", self.shift)) if down
        ]
        plain = self.key.lower() if len(self.key) == 1 and held else self.key
        return "+".join([*held, plain])


@dataclass(frozen=True, slots=True, eq=False)
class ComputeReply:
    """What the compute worker answered to the `Ask` that the gesture yielded last."""

    value: Any
    kind: Literal["answer"] = "answer"


Event = Pointer | KeyPress | ComputeReply


class AskFailed(Exception):
    """Raised inside a gesture at its ``yield Ask(...)`` when the worker failed; the message is for a person.

    A gesture may catch it and go on. One that does not ends without edits and its message is shown; the
    tool stays on.
    """


# --- drafts: what a gesture shows


@dataclass(frozen=True, slots=True, eq=False)
class MaskPatch:
    """New pixels for a rectangle of the mask being drawn.

    ``pixels`` is uint8 of shape (height, width), 1 = on, 0 = off; ``x`` and ``y`` are the image column and
    row of its top-left pixel; it lies within the image. Patches add up over a gesture (all other drafts
    are replaced by the next yield). ``annotation`` is the annotation that is being changed and whose pixels
    the patches replace; None for a new one, which begins empty. ``pixels`` may be a view of an array that
    the gesture goes on changing: read it before the next event is sent.
    """

    x: int
    y: int
    pixels: NDArray[np.uint8]
    annotation: str | None = None
    mode: Literal["replace"] = "replace"


@dataclass(frozen=True, slots=True)
class Preview:
    """How the annotation ``id`` would look; it is shown so instead of as it is. None hides it."""

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
    """Points to grab, shown as small squares of constant size; ``hot`` is the one under the pointer."""

    points: Sequence[Point]
    hot: int | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """What to show at the pointer. ``radius`` in image pixels, for ``circle`` and ``square`` only.

    ``square`` reaches ``radius`` to each side. The other kinds are the cursors of the browser:
    ``cross`` (crosshair), ``arrow`` (default), ``move``, ``grab``, ``grabbing`` and the four resizing ones.
    """

    kind: Literal[
        "circle", "square", "cross", "arrow", "move", "grab", "grabbing", "zoom-in", "zoom-out",
        "ns-resize", "ew-resize", "nwse-resize", "nesw-resize",
    ]  # fmt: skip
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class MoveCamera:
    """A camera move, from where the camera is now.

    The image moves by ``dx``, ``dy`` image pixels (right and down are positive), then grows by the factor
    ``zoom`` about the image point ``about`` (the middle of the viewport when None). The next event
    carries coordinates of the moved camera.
    """

    dx: float = 0.0
    dy: float = 0.0
    zoom: float = 1.0
    about: Point | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The camera shows the rectangle between two opposite corners, in image pixels, as large as it can."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Adjust:
    """Brightness and contrast of the view change by so much (both go from -100 to 100), or back to 0."""

    brightness: float = 0.0
    contrast: float = 0.0
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """The views of the same patient show the place at this point of the image, in pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Loupe:
    """What is under the pointer, ``factor`` times as large, pixels as squares of at least that many."""

    factor: float


@dataclass(frozen=True, slots=True)
class Readout:
    """The place and the value of the pixel under the pointer, written beside it."""


@dataclass(frozen=True, slots=True)
class Label:
    """Some lines of text below and to the right of what lies between image points; empty shows nothing."""

    points: Sequence[Point]
    text: str


@dataclass(frozen=True, slots=True)
class Stay:
    """An edit that changes nothing: these drafts stay to be seen when the gesture is over.

    They go at the next press, at Escape, and with the tool or the image.
    """

    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A plain sentence for the person, shown for some seconds."""

    text: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """A setting of the tool takes another value, as if the person had set it; the panel shows it at once."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to the compute worker.

    Yielded by a gesture, the next thing sent into it is its `ComputeReply`. At most one in a yield, as its
    last
    draft. Events that arrive meanwhile wait (of moves in a row only the last) and follow after the answer.
    Failure raises `AskFailed` at the yield.

    Returned by `Tool.prepare`, the answer is in `Context.prepared` from then on.

    An `ImagePart` among the arguments stands for pixels of the image, a `VolumePart` for values of slices;
    the worker puts them in its place. What it tells of its progress is shown meanwhile.
    """

    function: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What the compute worker answered to an `Ask` of `Tool.prepare`."""

    ask: Ask
    answer: Any


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Thin lines between the areas of a label map, below the annotations.

    ``levels`` is uint8 of shape (rows, columns) and covers the rectangle ``rect`` (x, y, width, height) of
    the image. Lines run where neighboring pixels differ; they keep their width at every zoom. Hand over
    the same array as long as it holds the same: only another one is sent to the graphics card.
    """

    levels: NDArray[np.uint8]
    rect: tuple[int, int, int, int]


ViewChange = MoveCamera | Frame | Adjust | Aim
"""Changes what is seen and no annotation. As a draft it happens at once; a gesture may return one, too."""
Shown = MaskPatch | Preview | Band | Handles | Cursor | Loupe | Readout | Label
Draft = Shape | Shown | ViewChange | Notice | SetValue | Ask
"""A plain `Shape` is a new object of the active class, as it would be if the gesture ended now."""
Drafts = Draft | Sequence[Draft] | None
"""What one yield may hold: one draft, several, or nothing to show."""


# --- edits: what a gesture returns


@dataclass(frozen=True, slots=True)
class Create:
    """Make an annotation; ``class_id`` None means the active class. What is created becomes selected.

    ``like`` is the id of an annotation whose attributes the new one takes over. ``asset`` is the image that
    it is on, the one at hand when None; annotations of one ``object_id`` are slices of one object.
    """

    shape: Shape
    class_id: str | None = None
    like: str | None = None
    asset: int | None = None
    object_id: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Set fields of an annotation; a shape is given as a domain `Shape`."""

    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an annotation."""

    id: str


@dataclass(frozen=True, slots=True)
class Select:
    """Make these, and only these, the selected annotations. Not part of undo."""

    ids: Sequence[str]


Edit = Create | Update | Delete | Select | ViewChange | Stay
