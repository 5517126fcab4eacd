"""One viewport of the workspace: the image that it shows, and why it does not."""

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
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Place, Stacks
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.ui.reactive import Signal, reactive
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.measuring import pixel_size


class ViewportEvents(Protocol):
    """Hears what happens in viewports."""

    def image_left(self, viewport: Viewport) -> None:
        """It stops to show its image."""

    def image_shown(self, viewport: Viewport) -> None:
        """It shows another image."""

    def canvas_ready(self, viewport: Viewport) -> None:
        """It got a canvas, which shows its image."""

    def camera_moved(self, viewport: Viewport, camera: Camera) -> None:
        """The person moved its camera."""

    def appearance_changed(self) -> None:
        """The person dragged to another window, or brightness and contrast."""

    def menu_asked(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """The person asks for the menu at a point of the image."""

    def wheel_turned(self, viewport: Viewport, steps: int) -> bool:
        """The wheel asks for other slices; tells whether there are slices."""

    def aimed(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Other viewports shall show a point of the image."""

    def pointed(self, viewport: Viewport, point: tuple[float, float] | None, zoom: float) -> None:
        """The pointer or the camera moved."""

    def folder_of(self, ordinal: int) -> tuple[str, Sequence[Asset]]:
        """Return the folder of an image, and its images as far as they are listed."""


class Viewport:
    """An image session with the canvas that shows it.

    Parameters
    ----------
    labeling
        What all viewports share: class, tool, settings, undo histories.
    ports
        The world outside.
    stacks
        Holds the slices of folders.
    style
        What all viewports share of how they show images.
    events
        Hears what happens here.
    say
        Shows a sentence to the person.
    changes
        Counts the changes of what image sessions show; reading ``session`` subscribes to it.
    """

    canvas = reactive[ViewportCanvas | None](None)
    """What draws the image; None while it is not on the page."""
    loading = reactive(True)
    problem = reactive[ImageFailure | None](None)
    slices = reactive[FolderSlices | None](None)
    """The folder of DICOM slices that the image is in, if it is in one."""

    def __init__(
        self,
        labeling: LabelingState,
        ports: Ports,
        stacks: Stacks,
        style: ViewportStyle,
        events: ViewportEvents,
        say: Callable[[str], None],
        changes: Signal[int],
    ) -> None:
        self._session, self._changes = ImageSession(labeling), changes
        self._ports, self._stacks, self._style, self._events, self._say = ports, stacks, style, events, say
        self._picture: Picture | None = None
        self._seen: tuple[Camera, Appearance] | None = None
        self._turn = 0
        self._stop_loading: Callable[[], object] = lambda: None

    @property
    def session(self) -> ImageSession:
        """The image, its annotations and the selection."""
        self._changes.get()
        return self._session

    async def show(self, asset: Asset) -> bool:
        """Load an image and show it; False when it cannot be shown or another was asked for meanwhile."""
        if self.slices is not None and asset.ordinal in self.slices:
            self.show_slice(asset.ordinal)
            return not self.loading and self.problem is None
        self._leave_image()
        self._put_away()
        self._stacks.leave(self)
        self.slices, self._seen = None, None
        turn = self._turn
        self.session.open(asset)
        self._events.image_shown(self)
        loading = asyncio.ensure_future(self._ports.images.load(ImageRef.of(asset), keep_decoded=True))
        self._stop_loading = loading.cancel
        try:
            picture = await loading
        except asyncio.CancelledError:
            if turn == self._turn:
                raise
            return False
        except ImageTrouble as trouble:
            if turn == self._turn:
                self.loading, self.problem = False, trouble.problem
            return False
        if turn != self._turn:
            picture.close()
            return False
        self._put_up(picture)
        if self.header is not None:
            self._enter_folder(asset)
        return True

    def _leave_image(self, *, loading: bool = True) -> None:
        self._turn += 1
        self._stop_loading()
        self._events.image_left(self)
        if self.canvas is not None:
            self.canvas.gestures.cancel()
            if self.canvas.view is not None:
                self._seen = self.canvas.view, self.canvas.appearance
            self.canvas.clear()
        self.loading, self.problem = loading, None

    def _put_up(self, picture: Picture) -> None:
        self._picture, self.loading = picture, False
        self.session.set_size(picture.width, picture.height, picture.scalars, pixel_size(picture.header))
        if self.canvas is not None:
            self.canvas.show(picture, self._seen)
            self._say_place()
        self._events.image_shown(self)

    # --- slices of a folder

    @property
    def place(self) -> Place | None:
        """Where the image lies in its stack; None where it lies in none."""
        asset = self.session.asset
        return self.slices.place(asset.ordinal) if self.slices is not None and asset is not None else None

    def show_slice(self, ordinal: int, direction: int = 1) -> None:
        """Show another image of the folder, at once where it is in memory; camera and window stay."""
        assert self.slices is not None
        picture = self.slices.picture(ordinal)
        # What stays as it is must not be set: the page would be drawn again for every slice.
        self._leave_image(loading=picture is None)
        self._put_away()
        self.session.open(self.slices.asset(ordinal), self.slices.view(ordinal))
        if picture is not None:
            self._put_up(picture)
        elif ordinal in self.slices.problems:
            self.loading, self.problem = False, self.slices.problems[ordinal]
        self.slices.look_at(ordinal, direction, None if picture is not None else self._slice_arrived)

    def show_same(self, other: Viewport) -> None:
        """Show what another viewport shows."""
        asset = other.session.asset
        if asset is not None and other.slices is None:
            self._ports.machine.spawn(self._show_quietly(asset))
        elif asset is not None:
            self._leave_image()
            self._put_away()
            folder, assets = self._events.folder_of(asset.ordinal)
            self.slices, self._seen = self._stacks.enter(self, folder, assets), None
            self.show_slice(asset.ordinal)

    async def _show_quietly(self, asset: Asset) -> None:
        await self.show(asset)

    def slices_changed(self) -> None:
        """Take note that more of the folder is here: its order may be known now."""
        asset = self.session.asset
        if self.slices is not None and asset is not None and self.session.stack is None:
            self.session.set_stack(self.slices.view(asset.ordinal))
        self._say_place()

    def _say_place(self) -> None:
        """Say in the banner which slice this is."""
        place = self.place
        if self.canvas is not None:
            count = f"Slice {place.index + 1} of {len(place.order)}" if place is not None else ""
            self.canvas.show_position(count)

    def _enter_folder(self, asset: Asset) -> None:
        folder, assets = self._events.folder_of(asset.ordinal)
        self.slices = self._stacks.enter(self, folder, assets)
        if self.slices is not None:
            self.slices.look_at(asset.ordinal)

    def folder_grew(self) -> None:
        """Take note that more images are listed."""
        if self.slices is not None and self.session.asset is not None:
            self.slices.extend(self._events.folder_of(self.session.asset.ordinal)[1])

    def _slice_arrived(self) -> None:
        asset = self.session.asset
        if self.slices is None or asset is None or not self.loading:
            return
        picture = self.slices.picture(asset.ordinal)
        if picture is not None:
            self._put_up(picture)
        else:
            self.loading, self.problem = False, self.slices.problems.get(asset.ordinal)

    def attach(self, element: Any) -> None:
        """Take the viewport's element when it is on the page, and let go of it when it has gone."""
        if self.canvas is not None:
            self.canvas.destroy()
            self.canvas = None
        if element is None:
            return
        self.canvas = self._ports.viewports.make_canvas(
            element,
            lambda canvas: Gestures(self.session, canvas),
            _CanvasEvents(self, self._events, self._say),
        )
        self.canvas.opacity = self._style.opacity
        self.canvas.set_overlay_options(self._style.overlay_options)
        self.paint_theme()
        if self.canvas.problem:
            self.problem = ImageFailure("Images cannot be shown", self.canvas.problem)
        if self._picture is not None:
            self.canvas.show(self._picture, self._seen)
            self._say_place()
            self._events.canvas_ready(self)

    @property
    def header(self) -> Header | None:
        """What the file of the image at hand says of itself; None for other images than DICOM."""
        self._changes.get()
        return self._picture.header if self._picture is not None else None

    @property
    def scalars(self) -> ScalarImage | None:
        """The values of the image at hand; None for other images than gray DICOM ones."""
        self._changes.get()
        return self._picture.scalars if self._picture is not None else None

    @property
    def plane(self) -> Plane | None:
        """Where the image at hand lies in the patient; None where its file does not say."""
        asset = self.session.asset
        if self.slices is not None and asset is not None:
            return self.slices.plane(asset.ordinal)
        return plane_of(self.header, asset.frame or 0) if self.header is not None and asset else None

    @property
    def overlaid(self) -> bool:
        """Whether the file has drawn something over its image."""
        self._changes.get()
        return self._picture is not None and self._picture.overlay is not None

    def paint_theme(self) -> None:
        """Give the viewport the page's colors."""
        if self.canvas is not None:
            self.canvas.set_background(self._style.background)

    def end_gesture(self) -> None:
        """Cancel the gesture under way."""
        if self.canvas is not None:
            self.canvas.gestures.cancel()

    def close(self) -> None:
        """Let go of the stage and of the picture's memory; what was being typed is kept."""
        self.session.questionnaire.commit()
        self._turn += 1
        self._stop_loading()
        if self.canvas is not None:
            self.canvas.destroy()
            self.canvas = None
        self._put_away()
        self._stacks.leave(self)

    def _put_away(self) -> None:
        picture, self._picture = self._picture, None
        asset = self.session.asset
        own = self.slices is None or asset is None or self.slices.picture(asset.ordinal) is not picture
        if picture is not None and own:
            picture.close()


class _CanvasEvents:
    """Passes on what happens on the canvas of one viewport."""

    def __init__(self, viewport: Viewport, events: ViewportEvents, say: Callable[[str], None]) -> None:
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
