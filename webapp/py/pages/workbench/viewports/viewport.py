"""A viewport: the image that it shows, or the reason why it shows none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.planes import Plane, plane_of
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.ports.images import ImageFailure, ImageRef, ImageTrouble, Picture
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.shell import Say
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.following import follow
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Place, Stacks
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.ui.reactive import Signal, reactive
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.measuring import pixel_size
from webapp.py.workspace.tool import Tool


class ViewportEvents(Protocol):
    """Handles events of viewports."""

    def image_left(self, viewport: Viewport) -> None:
        """Handle that a viewport no longer shows its image."""

    def image_shown(self, viewport: Viewport) -> None:
        """Handle that a viewport shows another image."""

    def canvas_ready(self, viewport: Viewport) -> None:
        """Handle that a viewport has a canvas, which shows its image."""

    def camera_moved(self, viewport: Viewport, camera: Camera) -> None:
        """Handle that the person moved the camera."""

    def appearance_changed(self) -> None:
        """Handle that a drag has changed window, brightness or contrast."""

    def menu_asked(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Open the context menu at a point of the image."""

    def wheel_turned(self, viewport: Viewport, steps: int) -> bool:
        """Scroll by steps of the wheel; return whether the viewport shows a stack."""

    def aimed(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Show a point of the image in the other viewports."""

    def pointed(self, viewport: Viewport, point: tuple[float, float] | None, zoom: float) -> None:
        """Handle that the pointer or the camera moved."""

    def folder_of(self, ordinal: int) -> tuple[str, Sequence[Asset]]:
        """Return the folder of an image, and its images that are listed so far."""


class Viewport:
    """An image session with the canvas that shows it.

    Parameters
    ----------
    labeling
        What all viewports share: class, tool, settings, undo histories.
    ports
        Loads images and makes canvases.
    stacks
        Keeps the slices of folders.
    style
        How all viewports show their images.
    events
        Is notified of events.
    say
        Shows a toast.
    changes
        Counts changes of image sessions; reading ``session`` subscribes to it.
    """

    canvas = reactive[ViewportCanvas | None](None)
    """Draws the image; None while the viewport is not on the page."""
    loading = reactive(True)
    problem = reactive[ImageFailure | None](None)
    offers = reactive[frozenset[str]](frozenset())
    """What the image shown last has that tools may need (`Tool.needs`)."""
    slices = reactive[FolderSlices | None](None)
    """The folder of DICOM slices with the image; None for other images."""

    def __init__(
        self,
        labeling: LabelingState,
        ports: Ports,
        stacks: Stacks,
        style: ViewportStyle,
        events: ViewportEvents,
        say: Say,
        changes: Signal[int],
    ) -> None:
        self._session, self._changes = ImageSession(labeling), changes
        self._ports, self._stacks, self._style, self._events, self._say = ports, stacks, style, events, say
        self._picture: Picture | None = None
        self._seen: tuple[Camera, Appearance] | None = None
        self._request = 0
        self._stop_loading: Callable[[], object] = lambda: None
        self._stop_following: Callable[[], None] = lambda: None

    @property
    def session(self) -> ImageSession:
        """The image, its annotations and the selection; reading this subscribes to changes."""
        self._changes.get()
        return self._session

    async def show(self, asset: Asset) -> bool:
        """Load and show an image; return False if it cannot be shown, or another one was opened since."""
        if self.slices is not None and asset.ordinal in self.slices:
            self.show_slice(asset.ordinal)
            return not self.loading and self.problem is None
        self._leave_image()
        self._release_picture()
        self._stacks.leave(self)
        self.slices, self._seen = None, None
        request = self._request
        self.session.open(asset)
        self._events.image_shown(self)
        loading = asyncio.ensure_future(self._ports.images.load(ImageRef.of(asset), keep_decoded=True))
        self._stop_loading = loading.cancel
        try:
            picture = await loading
        except asyncio.CancelledError:
            if request == self._request:
                raise
            return False
        except ImageTrouble as trouble:
            if request == self._request:
                self.loading, self.problem = False, trouble.problem
            return False
        if request != self._request:
            picture.close()
            return False
        self._show_picture(picture)
        if self.header is not None:
            self._enter_folder(asset)
        return True

    def _leave_image(self, *, loading: bool = True) -> None:
        self._request += 1
        self._stop_loading()
        self._events.image_left(self)
        if self.canvas is not None:
            self.canvas.gestures.finish()
            if self.canvas.view is not None:
                self._seen = self.canvas.view, self.canvas.appearance
            self.canvas.clear()
        self.loading, self.problem = loading, None

    def _show_picture(self, picture: Picture) -> None:
        self._picture, self.loading = picture, False
        self.session.set_size(picture.width, picture.height, picture.scalars, pixel_size(picture.header))
        has = {"values": picture.scalars is not None, "position": self.plane is not None}
        self.offers = frozenset(name for name, found in has.items() if found)
        if self.canvas is not None:
            self.canvas.show(picture, self._seen)
            self._show_position()
        self._events.image_shown(self)

    def suits(self, tool: Tool) -> bool:
        """Return whether the image has what a tool needs; while one loads, the last one counts."""
        return not tool.needs or tool.needs in self.offers

    # --- slices of a folder

    @property
    def place(self) -> Place | None:
        """The position of the image in its stack; None if it is in no stack."""
        asset = self.session.asset
        return self.slices.place(asset.ordinal) if self.slices is not None and asset is not None else None

    def show_slice(self, ordinal: int, direction: int = 1) -> None:
        """Show another image of the folder, at once if it is in memory; camera and window stay the same."""
        assert self.slices is not None
        picture = self.slices.picture(ordinal)
        # Set only what changes, so that the page is not redrawn for each slice.
        self._leave_image(loading=picture is None)
        self._release_picture()
        self.session.open(self.slices.asset(ordinal), self.slices.view(ordinal))
        if picture is not None:
            self._show_picture(picture)
        elif ordinal in self.slices.problems:
            self.loading, self.problem = False, self.slices.problems[ordinal]
        self.slices.look_at(ordinal, direction, None if picture is not None else self._slice_arrived)

    def show_same(self, other: Viewport) -> None:
        """Show the same image as another viewport."""
        asset = other.session.asset
        if asset is not None and other.slices is None:
            self._ports.machine.spawn(self._show_quietly(asset))
        elif asset is not None:
            self._leave_image()
            self._release_picture()
            folder, assets = self._events.folder_of(asset.ordinal)
            self.slices, self._seen = self._stacks.enter(self, folder, assets), None
            self.show_slice(asset.ordinal)

    async def _show_quietly(self, asset: Asset) -> None:
        await self.show(asset)

    def slices_changed(self) -> None:
        """Handle that more of the folder is loaded, so that its order may be known."""
        asset = self.session.asset
        if self.slices is not None and asset is not None and self.session.stack is None:
            self.session.set_stack(self.slices.view(asset.ordinal))
        self._show_position()

    def _show_position(self) -> None:
        """Show in the banner which slice this is."""
        place = self.place
        if self.canvas is not None:
            position = ""
            if place is not None:
                position = texts.slice_of(place.index + 1, len(place.order), place.stack.name)
            self.canvas.show_position(position)

    def _enter_folder(self, asset: Asset) -> None:
        folder, assets = self._events.folder_of(asset.ordinal)
        self.slices = self._stacks.enter(self, folder, assets)
        if self.slices is not None:
            self.slices.look_at(asset.ordinal)

    def folder_extended(self) -> None:
        """Handle that more images are listed."""
        if self.slices is not None and self.session.asset is not None:
            self.slices.extend(self._events.folder_of(self.session.asset.ordinal)[1])

    def _slice_arrived(self) -> None:
        asset = self.session.asset
        if self.slices is None or asset is None or not self.loading:
            return
        picture = self.slices.picture(asset.ordinal)
        if picture is not None:
            self._show_picture(picture)
        else:
            self.loading, self.problem = False, self.slices.problems.get(asset.ordinal)

    def attach(self, element: Any) -> None:
        """Make a canvas in the viewport's element, or release it when the element is removed (None)."""
        self._release_canvas()
        if element is None:
            return
        self.canvas = canvas = self._ports.viewports.make_canvas(
            element,
            lambda canvas: Gestures(self.session, canvas),
            _CanvasEvents(self, self._events, self._say),
        )
        self._stop_following = follow(canvas, self._style, self._changes)
        if self._picture is not None:
            canvas.show(self._picture, self._seen)
            self._show_position()
            self._events.canvas_ready(self)

    @property
    def header(self) -> Header | None:
        """The DICOM header of the current image; None for images that are not DICOM."""
        self._changes.get()
        return self._picture.header if self._picture is not None else None

    @property
    def scalars(self) -> ScalarImage | None:
        """The values of the current image; None for images that are not gray DICOM images."""
        self._changes.get()
        return self._picture.scalars if self._picture is not None else None

    @property
    def plane(self) -> Plane | None:
        """The position of the current image in the patient; None if its file does not say."""
        asset = self.session.asset
        if self.slices is not None and asset is not None:
            return self.slices.plane(asset.ordinal)
        return plane_of(self.header) if self.header is not None and asset else None

    @property
    def has_overlay(self) -> bool:
        """Whether the file contains an overlay for its image."""
        self._changes.get()
        return self._picture is not None and self._picture.overlay is not None

    def _release_canvas(self) -> None:
        self._stop_following()
        if self.canvas is not None:
            self.canvas.destroy()
            self.canvas = None

    def end_gesture(self) -> None:
        """End the current gesture; a drawing is kept if it is complete."""
        if self.canvas is not None:
            self.canvas.gestures.finish()

    def close(self) -> None:
        """Save what is being drawn and typed, and release the canvas and the picture."""
        self.end_gesture()
        self.session.questionnaire.commit()
        self._request += 1
        self._stop_loading()
        self._release_canvas()
        self._release_picture()
        self._stacks.leave(self)

    def _release_picture(self) -> None:
        picture, self._picture = self._picture, None
        asset = self.session.asset
        own = self.slices is None or asset is None or self.slices.picture(asset.ordinal) is not picture
        if picture is not None and own:
            picture.close()


class _CanvasEvents:
    """Passes on what happens on the canvas of one viewport."""

    def __init__(self, viewport: Viewport, events: ViewportEvents, say: Say) -> None:
        self._viewport, self._events, self.say = viewport, events, say

    def pointed(self, point: tuple[float, float] | None, zoom: float) -> None:
        self._events.pointed(self._viewport, point, zoom)

    def camera_moved(self, camera: Camera) -> None:
        self._events.camera_moved(self._viewport, camera)

    def appearance_changed(self) -> None:
        self._events.appearance_changed()

    def menu_asked(self, point: tuple[float, float]) -> None:
        self._events.menu_asked(self._viewport, point)

    def wheel_turned(self, steps: int) -> bool:
        return self._events.wheel_turned(self._viewport, steps)

    def aimed(self, point: tuple[float, float]) -> None:
        self._events.aimed(self._viewport, point)
