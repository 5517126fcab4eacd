"""A viewport canvas in memory, which notes what is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from webapp.py.compute import protocol
from webapp.py.pages.ports.images import Picture
from webapp.py.pages.ports.viewport import CanvasEvents
from webapp.py.workspace.appearance import Appearance, initial_appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.messages import Aim, KeyPress, ViewChange
from webapp.py.workspace.reference_lines import ReferenceLine
from webapp.py.workspace.viewport_overlay import OverlayOptions

SIZE = (100, 80)
"""Width and height of every picture."""


class FakeViewportCanvas:
    """A viewport that shows nothing, at one screen pixel to an image pixel."""

    display_key = ""

    def __init__(self, gestures_of: Callable[[Any], Gestures], compute: Any, events: CanvasEvents) -> None:
        self.opacity = 0.42
        self.reading = ""
        self.shown: Any = None
        self.picture: Picture | None = None
        self.view: Camera | None = None
        self.background: tuple[float, float, float] | None = None
        self.zooms: list[str] = []
        self.moves: list[ViewChange] = []
        self.turns = 0
        self.flips: list[str] = []
        self.appearance = Appearance()
        self.overlay_options = OverlayOptions()
        self.stands = ""
        self.references: Sequence[ReferenceLine] = ()
        self.space = False
        self.destroyed = False
        self.events, self.notify = events, events.say
        self._compute = compute
        self.gestures = gestures_of(self)
        self.key_pointer = KeyPointer(self.gestures)

    def show(self, picture: Picture, seen: tuple[Camera, Appearance] | None = None) -> None:
        self.shown, self.picture = picture.bitmap, picture
        self.appearance = initial_appearance(picture.scalars) if seen is None else seen[1]
        width, height = picture.width, picture.height
        self.view = Camera(width, height, width, height, 1.0, width / 2, height / 2)
        self.view = self.view if seen is None else seen[0]

    def set_appearance(self, appearance: Appearance) -> None:
        self.appearance = appearance

    def set_overlay_options(self, overlay_options: OverlayOptions) -> None:
        self.overlay_options, scenes = overlay_options, self.gestures.scenes
        scenes.measures, scenes.names = overlay_options.measures, overlay_options.names

    def set_references(self, lines: Sequence[ReferenceLine]) -> None:
        self.references = lines

    def show_position(self, stands: str) -> None:
        self.stands = stands

    def set_view(self, view: Camera) -> None:
        self.view = view

    def turn(self, quarters: int) -> None:
        self.turns += quarters

    def flip(self, way: str) -> None:
        self.flips.append(way)

    def clear(self) -> None:
        self.shown = None

    def set_background(self, color: tuple[float, float, float]) -> None:
        self.background = color

    def invalidate(self) -> None:
        self.gestures.scene(1.0, self.opacity)

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        self.zooms.append(change)

    def hold_space(self, down: bool) -> None:
        self.space = down

    def key(self, key: KeyPress) -> None:
        self.gestures.handle(key, 1.0)

    def destroy(self) -> None:
        self.destroyed = True

    def move_camera(self, move: ViewChange) -> None:
        self.moves.append(move)
        if isinstance(move, Aim):
            self.events.aimed((move.x, move.y))

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        async def ask() -> None:
            try:
                answered(await self._compute(function, arguments))
            except protocol.ComputeProblem as problem:
                failed(str(problem))

        self._asked = asyncio.ensure_future(ask())
        return self._asked.cancel
