"""The viewport's element: two canvases, the pointer, the wheel, and one drawing a frame.

Everything that decides anything lies in `Gestures` and `Viewport`; here are the browser's events and the
order of drawing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.browser.canvas import LineLayer
from webapp.py.browser.still import StillLayer
from webapp.py.browser.webgl import ContextMissing, PixelLayer
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.light import Light
from webapp.py.workspace.scene import Scene
from webapp.py.workspace.settings import Slider
from webapp.py.workspace.tool import Adjust, Cursor, Frame, Key, Pointer, ViewChange
from webapp.py.workspace.viewport import Viewport

_CURSORS = {"circle": "none", "square": "none", "cross": "crosshair", "arrow": "default"}
_DEVICES: dict[str, Literal["mouse", "pen", "touch"]] = {"pen": "pen", "touch": "touch"}
_WHEEL = 0.0016
"""How much of a doubling one CSS pixel of wheel travel zooms."""
_LINE = 24.0
"""CSS pixels of a wheel step that is counted in lines."""


class Compute(Protocol):
    """How questions reach the compute worker."""

    async def __call__(self, function: str, arguments: Mapping[str, Any]) -> Any:
        """Return the answer, or raise with a sentence for the person."""


class Stage:
    """Shows one session in one element.

    Parameters
    ----------
    element
        The element that holds the viewport; it gets two canvases and the keyboard focus.
    gestures_of
        Makes the gesture driver for this stage.
    compute
        How gestures ask the worker.
    notify
        Shows a sentence for some seconds.
    report
        Told the image point under the pointer and the zoom, for the status line; None when the pointer left.
    """

    def __init__(
        self,
        element: Any,
        gestures_of: Callable[[Stage], Gestures],
        compute: Compute,
        notify: Callable[[str], None],
        report: Callable[[tuple[float, float] | None, float], None],
    ) -> None:
        self.element = element
        self.gestures = gestures_of(self)
        self.notify = notify
        self.opacity = 0.42
        self.problem: str | None = None
        self.on_camera: Callable[[Viewport], None] = lambda view: None
        self.on_light: Callable[[Light], None] = lambda light: None
        self.on_menu: Callable[[tuple[float, float]], None] = lambda point: None
        self._compute, self._report = compute, report
        self._tasks: set[asyncio.Task[None]] = set()
        self._view: Viewport | None = None
        self._light = Light()
        self._size = (1.0, 1.0)
        self._pointer: tuple[float, float] | None = None
        self._panning: tuple[float, float] | None = None
        self._touches: dict[int, tuple[float, float]] = {}
        self._space = False
        self._framed = False
        self._painted_cursor = ""
        self._proxies: list[tuple[Any, str, Any]] = []
        self._frame = create_proxy(self._draw)
        pixels, first, second, lines = (js.document.createElement("canvas") for _ in range(4))
        first.className = second.className = "sheet"
        element.replaceChildren(pixels, first, second, lines)
        self._still = StillLayer(first, second)
        self._lines = LineLayer(lines)
        self._pixels: PixelLayer | None = None
        try:
            self._pixels = PixelLayer(pixels)
        except ContextMissing as missing:
            self.problem = str(missing)
        self._listen()
        self._observer = js.ResizeObserver.new(self._proxy(self._resized))
        self._observer.observe(element)

    # --- what others call

    @property
    def view(self) -> Viewport | None:
        """The camera; None while no image is shown."""
        return self._view

    def set_view(self, view: Viewport) -> None:
        """Take over the camera of another stage, as far as this image and element allow; tells nobody."""
        if self._view is not None:
            self._view = self._view.like(view)
            self._after_camera()

    @property
    def light(self) -> Light:
        """Brightness and contrast of the image."""
        return self._light

    def set_light(self, light: Light) -> None:
        """Show the image brighter or darker, steeper or flatter; tells nobody."""
        self._light = light
        if self._pixels is not None:
            self._pixels.set_light(light)
        self.invalidate()

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters; annotations stay as they are."""
        if self._view is not None:
            self._steer(self._view.turned(quarters))

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view; annotations stay as they are."""
        if self._view is not None:
            self._steer(self._view.flipped(way))

    def show(self, bitmap: Any, width: int, height: int, overview: Any = None) -> None:
        """Show an image, fitted; ``overview`` is a reduced copy of a large one, made where there is none."""
        self.gestures.cancel()
        if self._pixels is not None:
            self._pixels.set_image(bitmap, overview)
        self._still.forget()
        self._measure()
        self._view = Viewport(*self._size, width, height).fitted()
        self._after_camera()

    def clear(self) -> None:
        """Show nothing."""
        self.gestures.cancel()
        if self._pixels is not None:
            self._pixels.set_image(None)
        self._still.forget()
        self._view = None
        self.invalidate()

    def set_background(self, color: tuple[float, float, float]) -> None:
        """Set the colour around the image; channels from 0 to 1."""
        if self._pixels is not None:
            self._pixels.set_background(*color)
            self.invalidate()

    def invalidate(self) -> None:
        """Draw at the next frame."""
        if not self._framed:
            self._framed = True
            js.requestAnimationFrame(self._frame)

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera as the zoom buttons do."""
        if self._view is None:
            return
        view = self._view
        if change == "fit":
            self._steer(view.fitted())
        elif change == "actual":
            self._steer(view.actual_size())
        else:
            self._steer(view.zoomed(1.5 if change == "in" else 1 / 1.5))

    def hold_space(self, down: bool) -> None:
        """Let the pointer pan while the space bar is held."""
        self._space = down
        self._paint_cursor()

    def key(self, key: Key) -> None:
        """Give a key to the gesture under way, or to the idle tool."""
        if self._view is not None:
            self.gestures.handle(key, self._view.zoom)
            self._after_event()

    def destroy(self) -> None:
        """Let go of the element, the GPU's memory and every handler."""
        self.gestures.close()
        self._observer.disconnect()
        for target, name, proxy in self._proxies:
            if target is not None:
                target.removeEventListener(name, proxy)
            proxy.destroy()
        for task in self._tasks:
            task.cancel()
        if self._pixels is not None:
            self._pixels.destroy()

    # --- what gestures call

    def move_camera(self, move: ViewChange) -> None:
        """Move the camera, or change the light, as a gesture asks."""
        if self._view is None:
            return
        if isinstance(move, Adjust):
            old = Light() if move.reset else self._light
            self.set_light(old.changed(move.brightness, move.contrast))
            self.on_light(self._light)
        elif isinstance(move, Frame):
            self._steer(self._view.shown(move.x0, move.y0, move.x1, move.y1))
        else:
            view = self._view.moved(move.dx, move.dy)
            if move.zoom != 1.0:
                at = view.to_view(*move.about) if move.about is not None else (None, None)
                view = view.zoomed(move.zoom, *at)
            self._steer(view)

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """Put a gesture's question to the worker after a pause; returns how to call it off."""

        async def put() -> None:
            await asyncio.sleep(pause)
            try:
                answer = await self._compute(function, arguments)
            except Exception as error:
                failed(str(error) or type(error).__name__)
            else:
                answered(answer)
            self._after_event()

        task = asyncio.ensure_future(put())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def call_off() -> None:
            task.cancel()

        return call_off

    # --- drawing

    def _draw(self, time: float) -> None:
        self._framed = False
        ratio = float(js.window.devicePixelRatio or 1.0)
        view = self._view or Viewport(*self._size, 1, 1)
        width, height = max(round(view.width * ratio), 1), max(round(view.height * ratio), 1)
        self._lines.resize(width, height)
        if self._pixels is not None:
            self._pixels.resize(width, height)
        session = self.gestures.session
        ready = self._view is not None and session.ready
        scene = self.gestures.scene(view.zoom, self.opacity) if ready else Scene()
        self.element.ariaBusy = "true" if ready and self.gestures.computing else "false"
        if self._pixels is not None:
            draft = self.gestures.mask_draft
            patches = draft.drain() if draft is not None and scene.masks else []
            if self._pixels.draw(view, ratio, scene.masks, patches):
                self.invalidate()
        if self._still.draw(view, ratio, scene.still, scene.without, time):
            self.invalidate()
        at = None if self._panning or self._space else self._pointer
        self._lines.draw(view, ratio, scene, at)

    def _paint_cursor(self) -> None:
        cursor: Cursor | None = self.gestures.cursor
        name = _CURSORS.get(cursor.kind, cursor.kind) if cursor is not None else "default"
        if self._panning is not None:
            name = "grabbing"
        elif self._space:
            name = "grab"
        if name != self._painted_cursor:
            self._painted_cursor = self.element.style.cursor = name

    def _after_event(self) -> None:
        self._paint_cursor()
        self.invalidate()

    def _steer(self, view: Viewport) -> None:
        """Move the camera as the person wants it."""
        self._view = view
        self._after_camera()
        self.on_camera(view)

    def _after_camera(self) -> None:
        self._tell()
        self.invalidate()

    def _tell(self) -> None:
        self._report(self._pointer, self._view.zoom if self._view is not None else 1.0)

    # --- the browser's events

    def _listen(self) -> None:
        for name, handler in (
            ("pointerdown", self._pressed),
            ("pointermove", self._moved),
            ("pointerup", self._released),
            ("pointercancel", self._lost),
            ("pointerleave", self._left),
            ("contextmenu", self._asked_for_menu),
        ):
            self._add(name, handler)
        self._add("wheel", self._wheeled, to_js({"passive": False}, dict_converter=js.Object.fromEntries))

    def _add(self, name: str, handler: Callable[[Any], None], options: Any = None) -> None:
        proxy = create_proxy(handler)
        self.element.addEventListener(name, proxy, options)
        self._proxies.append((self.element, name, proxy))

    def _proxy(self, handler: Callable[..., None]) -> Any:
        proxy = create_proxy(handler)
        self._proxies.append((None, "", proxy))
        return proxy

    def _place(self, event: Any) -> tuple[float, float]:
        return float(event.offsetX), float(event.offsetY)

    def _event(self, kind: Literal["press", "move", "release", "hover"], event: Any) -> Pointer:
        assert self._view is not None
        x, y = self._view.to_image(*self._place(event))
        return Pointer(
            kind,
            x,
            y,
            scale=self._view.zoom,
            button=int(event.button),
            shift=bool(event.shiftKey),
            ctrl=bool(event.ctrlKey or event.metaKey),
            alt=bool(event.altKey),
            pressure=float(event.pressure),
            device=_DEVICES.get(str(event.pointerType), "mouse"),
        )

    def _pressed(self, event: Any) -> None:
        if self._view is None:
            return
        self.element.focus(preventScroll=True)
        self.element.setPointerCapture(event.pointerId)
        if event.pointerType == "touch":
            self._touches[int(event.pointerId)] = self._place(event)
            if len(self._touches) == 2:
                self.gestures.cancel()
                self._after_event()
                return
        if event.button == 1 or (event.button == 0 and self._space):
            event.preventDefault()
            self._panning = self._place(event)
            self._after_event()
        elif event.button == 0:
            self.gestures.handle(self._event("press", event), self._view.zoom)
            self._after_event()

    def _moved(self, event: Any) -> None:
        if self._view is None:
            return
        place = self._place(event)
        self._pointer = self._view.to_image(*place)
        if int(event.pointerId) in self._touches and len(self._touches) == 2:
            self._pinch(int(event.pointerId), place)
        elif self._panning is not None:
            moved = self._view.panned(place[0] - self._panning[0], place[1] - self._panning[1])
            self._panning = place
            self._steer(moved)
        else:
            if int(event.pointerId) in self._touches:
                self._touches[int(event.pointerId)] = place
            kind: Literal["move", "hover"] = "move" if self.gestures.busy else "hover"
            self.gestures.handle(self._event(kind, event), self._view.zoom)
        self._tell()
        self._after_event()

    def _pinch(self, finger: int, place: tuple[float, float]) -> None:
        assert self._view is not None
        (other,) = (at for name, at in self._touches.items() if name != finger)
        before = self._touches[finger]
        self._touches[finger] = place
        self._steer(self._view.pinched((before, other), (place, other)))

    def _released(self, event: Any) -> None:
        several = len(self._touches) > 1
        self._touches.pop(int(event.pointerId), None)
        if self._panning is not None:
            self._panning = None
        elif self._view is not None and not several and event.button == 0:
            self.gestures.handle(self._event("release", event), self._view.zoom)
        self._after_event()

    def _lost(self, event: Any) -> None:
        self._touches.pop(int(event.pointerId), None)
        self._panning = None
        self.gestures.cancel()
        self._after_event()

    def _asked_for_menu(self, event: Any) -> None:
        event.preventDefault()
        if self._view is not None:
            self.on_menu(self._view.to_image(*self._place(event)))

    def _left(self, _event: Any) -> None:
        if not self.gestures.busy:
            self._pointer = None
            self._tell()
            self._after_event()

    def _wheeled(self, event: Any) -> None:
        event.preventDefault()
        if self._view is None:
            return
        travel = float(event.deltaY or event.deltaX) * (_LINE if event.deltaMode == 1 else 1.0)
        session = self.gestures.session
        slider = next((s for s in session.tool.settings if isinstance(s, Slider) and s.wheel), None)
        if event.shiftKey and slider is not None:
            value = session.settings_of(session.tool_id)[slider.name]
            turned = slider.turned(float(value), -1 if travel > 0 else 1)
            session.change_setting(session.tool_id, slider.name, turned)
            if not self.gestures.busy:
                self.gestures.handle(self._event("hover", event), self._view.zoom)
        else:
            self._steer(self._view.zoomed(2.0 ** (-travel * _WHEEL), *self._place(event)))
        self._after_event()

    def _resized(self, *_: Any) -> None:
        self._measure()
        if self._view is not None:
            self._view = self._view.resized(*self._size)
        self._after_camera()

    def _measure(self) -> None:
        box = self.element.getBoundingClientRect()
        if box.width > 0:
            self._size = float(box.width), max(float(box.height), 1.0)
