"""The canvas of a viewport: its layers, its events, and one drawing pass per frame.

`Gestures` and `Camera` make the decisions. This module connects them to browser events and draws the layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import js
from pyodide.ffi import create_proxy

from webapp.py.browser.cross_hair import CrossHair
from webapp.py.browser.cursors import css_cursor
from webapp.py.browser.guides import Guides
from webapp.py.browser.interactive_layer import InteractiveLayer
from webapp.py.browser.layers import add_canvases, make_pixel_layer
from webapp.py.browser.lens import Loupe, PixelReader, Readout
from webapp.py.browser.overlay_layer import OverlayLayer
from webapp.py.browser.pointers import Devices, Pointers
from webapp.py.browser.questions import Compute, Questions
from webapp.py.browser.static_layer import StaticLayer
from webapp.py.browser.tip_ring import TipRing
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.window_settings import format_window_setting
from webapp.py.pages.ports.images import Picture
from webapp.py.pages.ports.viewport import CanvasEvents, ViewportCanvas
from webapp.py.workspace.appearance import Appearance, initial_appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.reference_lines import ReferenceLine
from webapp.py.workspace.scene import MaskFigure, Scene, overlay_figure
from webapp.py.workspace.tool import Adjust, Aim, Frame, KeyPress, ViewChange
from webapp.py.workspace.viewport_overlay import OverlayOptions, shows_smooth

DARK = (0.047, 0.055, 0.071)
"""The color around medical images, as channels from 0 to 1."""


class BrowserViewportCanvas(ViewportCanvas):
    """Shows one image session in one DOM element.

    Parameters
    ----------
    element
        The element that holds the viewport. It receives the layers and the keyboard focus.
    gestures_of
        Returns the gesture driver for this canvas.
    compute
        Sends questions of gestures to the compute worker.
    events
        Gets what happens on the canvas.
    devices
        What all canvases of the page know of the devices in use.
    """

    def __init__(
        self,
        element: Any,
        gestures_of: Callable[[BrowserViewportCanvas], Gestures],
        compute: Compute,
        events: CanvasEvents,
        devices: Devices | None = None,
    ) -> None:
        self.element = element
        self.gestures = gestures_of(self)
        self.events, self.notify = events, events.say
        self.opacity = 0.42
        self.reading = ""
        self._questions = Questions(element, compute, self.after_event)
        self._view: Camera | None = None
        self._appearance, self._background = Appearance(), DARK
        self._overlay_planes: MaskFigure | None = None
        self._overlay_options, self._position = OverlayOptions(), ""
        self._header: Header | None = None
        self._medical = False
        self._references: Sequence[ReferenceLine] = ()
        self._image_frame = 0
        self._size = (1.0, 1.0)
        self._framed = False
        self._busy: bool | None = None
        self._painted_cursor = ""
        self._proxies: list[tuple[Any, str, Any]] = []
        self._frame = create_proxy(self._draw)
        pixels, first, second, interactive = add_canvases(element)
        self._static = StaticLayer(first, second)
        self._interactive = InteractiveLayer(interactive)
        self._ring, self._guides = TipRing(element), Guides(element)
        self._overlay = OverlayLayer(element)
        self._loupe, self._readout = Loupe(element), Readout(element)
        self._reader: PixelReader | None = None
        self._pixels, self.has_webgl2 = make_pixel_layer(pixels)
        self._cross = CrossHair(element)
        self.pointers = Pointers(self, self._add, devices or Devices())
        self._observer = js.ResizeObserver.new(self._proxy(self._resized))
        self._observer.observe(element)

    # --- called by pages

    @property
    def view(self) -> Camera | None:
        """The camera, or None while no image is shown."""
        return self._view

    def set_view(self, view: Camera) -> None:
        """Adopt the camera of another viewport as far as this image allows, without calling ``on_camera``."""
        if self._view is not None:
            self._view = self._view.like(view)
            self._after_camera()

    @property
    def appearance(self) -> Appearance:
        """Brightness and contrast, or the window setting, of the image."""
        return self._appearance

    def set_appearance(self, appearance: Appearance) -> None:
        """Change how the image is shown, without calling ``on_appearance``."""
        self._appearance = appearance
        self._pixels.set_appearance(appearance)
        self.invalidate()

    @property
    def display_key(self) -> str:
        """The window setting as a suffix for addresses; empty for images without one."""
        appearance = self._appearance
        return (
            format_window_setting(appearance.window, appearance.inverted)
            if appearance.window is not None
            else ""
        )

    def set_overlay_options(self, overlay_options: OverlayOptions) -> None:
        """Choose what is shown over the image in addition to annotations."""
        self._overlay_options, scenes = overlay_options, self.gestures.scenes
        scenes.measures, scenes.names = overlay_options.measures, overlay_options.names
        self.invalidate()

    def show_position(self, position: str) -> None:
        """Show the position of the image in its stack in the banner, such as "Slice 3 of 60", or none."""
        self._position = position
        self.invalidate()

    def set_references(self, lines: Sequence[ReferenceLine]) -> None:
        """Show where the images of other viewports intersect this one."""
        if lines != self._references:
            self._references = lines
            self.invalidate()

    def turn(self, quarters: int) -> None:
        """Rotate the view clockwise by quarter turns. Annotations do not change."""
        if self._view is not None:
            self.steer(self._view.turned(quarters))

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view. Annotations do not change."""
        if self._view is not None:
            self.steer(self._view.flipped(way))

    def show(self, picture: Picture, seen: tuple[Camera, Appearance] | None = None) -> None:
        """Show an image: fitted and with its own window setting, or as ``seen`` where that suits its size."""
        self.gestures.cancel()
        self._pixels.set_image(picture.bitmap, picture.overview, picture.scalars)
        self._overlay_planes = overlay_figure(picture.overlay) if picture.overlay is not None else None
        self._reader = PixelReader(picture.bitmap, picture.scalars)
        self._static.forget()
        if self._size[0] <= 1.0:  # later changes come from the observer
            self._measure()
        self._header, self._image_frame = picture.header, picture.frame
        self._medical = picture.header is not None
        self._paint_background()
        aspect = picture.header.aspect if picture.header is not None else 1.0
        view = Camera(*self._size, picture.width, picture.height, aspect=aspect).fitted()
        appearance = initial_appearance(picture.scalars)
        if seen is not None and seen[0].shows_alike(view):
            view = seen[0].resized(*self._size)
            if (appearance.window is None) == (seen[1].window is None):
                appearance = seen[1]
        self._view = view
        self.set_appearance(appearance)
        self._after_camera()

    def clear(self) -> None:
        """Show no image. The background stays: the next image is usually of the same kind."""
        self.gestures.cancel()
        self._pixels.set_image(None)
        self._static.forget()
        self._reader = self._view = self._overlay_planes = self._header = None
        self.invalidate()

    def set_background(self, color: tuple[float, float, float]) -> None:
        """Set the color around the image, as channels from 0 to 1."""
        self._background = color
        self._paint_background()

    def invalidate(self) -> None:
        """Draw in the next frame."""
        if not self._framed:
            self._framed = True
            js.requestAnimationFrame(self._frame)

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Zoom as the zoom buttons do, around the keyboard pointer if it is on."""
        if self._view is None:
            return
        view, at = self._view, self.key_pointer.place or (None, None)
        if change == "fit":
            self.steer(view.fitted())
        else:
            factors = {"in": 1.5, "out": 1 / 1.5, "actual": 1 / view.zoom}
            self.steer(view.zoomed(factors[change], *at))

    def hold_space(self, down: bool) -> None:
        """Pan with the pointer while the space bar is held."""
        self.pointers.space = down
        self._paint_cursor()

    def key(self, key: KeyPress) -> None:
        """Send a key to the current gesture or to the idle tool."""
        if self._view is not None:
            self.gestures.handle(key, self._view.scale)
            self.after_event()

    @property
    def key_pointer(self) -> KeyPointer:
        """The pointer that is moved with the keyboard."""
        return self.pointers.keyed

    def destroy(self) -> None:
        """Release the element, the GPU memory and all event handlers."""
        self.gestures.close()
        self.pointers.close()
        self._cross.close()
        self._observer.disconnect()
        for target, name, proxy in self._proxies:
            if target is not None:
                target.removeEventListener(name, proxy)
            proxy.destroy()
        self._questions.close()
        self._pixels.destroy()

    # --- called by gestures

    def move_camera(self, move: ViewChange) -> None:
        """Move the camera, or change brightness and contrast, for a gesture."""
        if self._view is None:
            return
        if isinstance(move, Adjust):
            self.set_appearance(self._appearance.adjusted(move))
            self.events.appearance_changed()
        elif isinstance(move, Frame):
            self.steer(self._view.shown(move.x0, move.y0, move.x1, move.y1))
        elif isinstance(move, Aim):
            self.events.aimed((move.x, move.y))
        else:
            view = self._view.moved(move.dx, move.dy)
            if move.zoom != 1.0:
                at = view.to_view(*move.about) if move.about is not None else (None, None)
                view = view.zoomed(move.zoom, *at)
            self.steer(view)

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """Ask the compute worker after a pause. Returns a function that cancels the question."""
        return self._questions.ask(function, arguments, answered, failed, pause)

    # --- drawing

    def _draw(self, time: float) -> None:
        self._framed = False
        ratio = float(js.window.devicePixelRatio or 1.0)
        view = self._view or Camera(*self._size, 1, 1)
        width, height = max(round(view.width * ratio), 1), max(round(view.height * ratio), 1)
        self._interactive.resize(width, height)
        self._pixels.resize(width, height)
        session = self.gestures.session
        ready = self._view is not None and session.ready
        scene = self.gestures.scene(view.scale, self.opacity) if ready else Scene()
        self._show_busy(ready and self.gestures.computing)
        at = None if self.pointers.panning or self.pointers.space else self.pointers.at
        if self._overlay_planes is not None and self._overlay_options.overlay:
            scene = replace(scene, masks=(self._overlay_planes, *scene.masks))
        self._draw_loupe(view, ratio, scene, at)
        draft = self.gestures.mask_draft
        patches = draft.drain() if draft is not None and scene.masks else []
        self._pixels.set_smooth(shows_smooth(self._overlay_options, self._medical, view))
        if self._pixels.draw(view, ratio, scene.masks, patches):
            self.invalidate()
        if self._static.draw(view, ratio, scene.static, scene.replaced, time):
            self.invalidate()
        self._cross.show(self.key_pointer)
        window, banner = self._appearance.window, self._overlay_options.banner
        self._overlay.draw(self._header, self._image_frame, view, window, self._position, banner)
        lines = self._references if ready and self._overlay_options.references else ()
        self._interactive.draw(view, ratio, scene, lines)
        self._ring.show(scene.cursor, view, at)
        self._guides.show(at if ready and self._overlay_options.guides and session.tool.draws else None)
        self._read(view, scene, at)

    def _show_busy(self, busy: bool) -> None:
        if busy != self._busy:  # setting an attribute makes the browser recompute styles
            self._busy = busy
            self.element.ariaBusy = "true" if busy else "false"

    def _draw_loupe(self, view: Camera, ratio: float, scene: Scene, at: tuple[float, float] | None) -> None:
        if scene.loupe is None or at is None:
            self._loupe.hide()
        else:
            self._loupe.draw(self._pixels, view, ratio, scene, at, self.pointers.device == "touch")

    def _read(self, view: Camera, scene: Scene, at: tuple[float, float] | None) -> None:
        """Show the value of the pixel under the pointer if the tool asks for it."""
        text = ""
        if scene.readout and at is not None and self._reader is not None:
            text = self._reader.text(*view.to_image(*at))
        self._readout.show(text, view, at or (0.0, 0.0))
        if text != self.reading:
            self.reading = text
            self.tell()

    def _paint_background(self) -> None:
        """Color the background, which is always dark around medical images."""
        self._pixels.set_background(*(DARK if self._medical else self._background))
        self.invalidate()

    def _paint_cursor(self) -> None:
        if self.pointers.panning:
            name = "grabbing"
        elif self.pointers.space:
            name = "grab"
        else:
            name = css_cursor(self.gestures.cursor, self._view)
        if name != self._painted_cursor:
            self._painted_cursor = self.element.style.cursor = name

    def after_event(self) -> None:
        """Update the cursor and draw the next frame."""
        self._paint_cursor()
        self.invalidate()

    def steer(self, view: Camera) -> None:
        """Move the camera on behalf of the person."""
        self._view = view
        self._after_camera()
        self.events.camera_moved(view)

    def _after_camera(self) -> None:
        self.tell()
        self.invalidate()

    def tell(self) -> None:
        """Report the pointer position to the status line."""
        view, at = self._view, self.pointers.at
        point = view.to_image(*at) if view is not None and at is not None else None
        self.events.pointed(point, view.zoom if view is not None else 1.0)

    # --- browser events

    def _add(self, name: str, proxy: Any, options: Any) -> None:
        self.element.addEventListener(name, proxy, options)
        self._proxies.append((self.element, name, proxy))

    def _proxy(self, handler: Callable[..., None]) -> Any:
        proxy = create_proxy(handler)
        self._proxies.append((None, "", proxy))
        return proxy

    def _resized(self, *_: Any) -> None:
        self._measure()
        if self._view is not None:
            self._view = self._view.resized(*self._size)
        self._after_camera()

    def _measure(self) -> None:
        box = self.element.getBoundingClientRect()
        if box.width > 0:
            self._size = float(box.width), max(float(box.height), 1.0)
