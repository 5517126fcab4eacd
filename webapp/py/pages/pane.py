"""One viewport of the workspace: the image that it shows, and why it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.grey import Grey
from webapp.py.imaging.planes import Plane, plane_of
from webapp.py.pages.edges import ImageTrouble, Picture, StageLike
from webapp.py.pages.stacks import FolderSlices, Place
from webapp.py.pages.state import Problem
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.measuring import pixel_size
from webapp.py.workspace.session import Session
from webapp.py.workspace.viewport import Viewport
from webapp.py.workspace.workplace import Workplace

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk

_DARK_STAGE, _LIGHT_STAGE = (0.047, 0.055, 0.071), (0.851, 0.871, 0.902)


def background(dark: bool) -> tuple[float, float, float]:
    """Return the colour around images, each channel from 0 to 1."""
    return _DARK_STAGE if dark else _LIGHT_STAGE


class Pane:
    """A session with the stage that shows it.

    Parameters
    ----------
    desk
        Where it stands; its edges load pictures and make stages.
    workplace
        What all panes share.
    """

    def __init__(self, desk: Desk, workplace: Workplace) -> None:
        self.session = Session(workplace)
        self.stage: StageLike | None = None
        self.loading = True
        self.problem: Problem | None = None
        self._desk = desk
        self.slices: FolderSlices | None = None
        """The folder of DICOM slices in which the image lies, if it lies in one."""
        self._picture: Picture | None = None
        self._seen: tuple[Viewport, Appearance] | None = None
        self._turn = 0
        self._stop_loading: Callable[[], object] = lambda: None

    async def show(self, asset: Asset) -> bool:
        """Load an image and show it; False when it cannot be shown or another was asked for meanwhile."""
        if self.slices is not None and asset.ordinal in self.slices:
            self.show_slice(asset.ordinal)
            return not self.loading and self.problem is None
        self._leave_image()
        self._put_away()
        self._desk.stacks.leave(self)
        self.slices, self._seen = None, None
        turn = self._turn
        self.session.open(asset)
        self._desk.multiplanar.slice_shown()
        loading = asyncio.ensure_future(self._desk.edges.picture(asset.url, asset.frame or 0))
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
                self._desk.edges.render()
            return False
        if turn != self._turn:
            picture.close()
            return False
        self._put_up(picture)
        if self.header is not None:
            self._enter_folder(asset)
        return True

    def _leave_image(self) -> None:
        self._turn += 1
        self._stop_loading()
        self._desk.menu.close()
        if self.stage is not None:
            self.stage.gestures.cancel()
            if self.stage.view is not None:
                self._seen = self.stage.view, self.stage.appearance
            self.stage.clear()
        self.loading, self.problem = True, None

    def _put_up(self, picture: Picture) -> None:
        self._picture, self.loading = picture, False
        self.session.set_size(picture.width, picture.height, picture.grey, pixel_size(picture.header))
        if self.stage is not None:
            self.stage.show(picture, self._seen)
            self._say_place()
        self._desk.multiplanar.slice_shown()
        self._desk.references.refresh()

    # --- slices of a folder

    @property
    def place(self) -> Place | None:
        """Where the image lies in its stack; None where it lies in none."""
        asset = self.session.asset
        return self.slices.place(asset.ordinal) if self.slices is not None and asset is not None else None

    def show_slice(self, ordinal: int, direction: int = 1) -> None:
        """Show another image of the folder, at once where it is in memory; camera and window stay."""
        assert self.slices is not None
        self._leave_image()
        self._put_away()
        self.session.open(self.slices.asset(ordinal), self.slices.view(ordinal))
        picture = self.slices.picture(ordinal)
        if picture is not None:
            self._put_up(picture)
        elif ordinal in self.slices.problems:
            self.loading, self.problem = False, self.slices.problems[ordinal]
        self.slices.look_at(ordinal, direction, None if picture is not None else self._slice_arrived)

    def show_same(self, other: Pane) -> None:
        """Show what another viewport shows."""
        asset = other.session.asset
        if asset is not None and other.slices is None:
            self._desk.edges.spawn(self._show_quietly(asset))
        elif asset is not None:
            self._leave_image()
            self._put_away()
            folder, assets = self._desk.work.listing.index.beside(asset.ordinal)
            self.slices, self._seen = self._desk.stacks.enter(self, folder, assets), None
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
        if self.stage is not None:
            count = f"Slice {place.index + 1} of {len(place.order)}" if place is not None else ""
            self.stage.say_place(count)

    def _enter_folder(self, asset: Asset) -> None:
        folder, assets = self._desk.work.listing.index.beside(asset.ordinal)
        self.slices = self._desk.stacks.enter(self, folder, assets)
        if self.slices is not None:
            self.slices.look_at(asset.ordinal)

    def folder_grew(self) -> None:
        """Take note that more images are listed."""
        if self.slices is not None and self.session.asset is not None:
            self.slices.extend(self._desk.work.listing.index.beside(self.session.asset.ordinal)[1])

    def _slice_arrived(self) -> None:
        asset = self.session.asset
        if self.slices is None or asset is None or not self.loading:
            return
        picture = self.slices.picture(asset.ordinal)
        if picture is not None:
            self._put_up(picture)
        else:
            self.loading, self.problem = False, self.slices.problems.get(asset.ordinal)
        self._desk.edges.render()

    def attach(self, element: Any) -> None:
        """Take the viewport's element when it is on the page, and let go of it when it has gone."""
        if self.stage is not None:
            self.stage.destroy()
            self.stage = None
        if element is None or self._desk.state.work is None:
            return
        self.stage = self._desk.edges.stage(
            element,
            lambda stage: Gestures(self.session, stage),
            self._desk.app.notify,
            lambda point, zoom: self._desk.report(self, point, zoom),
        )
        self.stage.on_camera = lambda view: self._desk.display.camera_moved(self, view)
        self.stage.on_appearance = self._desk.display.appearance_changed
        self.stage.on_menu = lambda point: self._desk.menu.open(self, point)
        self.stage.opacity = self._desk.work.opacity
        self.stage.set_extras(self._desk.display.extras)
        self.paint_theme(self._desk.state.dark)
        if self.stage.problem:
            self.problem = Problem("Images cannot be shown", self.stage.problem)
        self.stage.on_scroll = lambda steps: self._desk.scrolling.wheel(self, steps)
        self.stage.on_aim = lambda point: self._desk.references.aim(self, point)
        if self._picture is not None:
            self.stage.show(self._picture, self._seen)
            self._say_place()
            self._desk.references.refresh()
            self._desk.display.align()

    @property
    def header(self) -> Header | None:
        """What the file of the image at hand says of itself; None for other images than DICOM."""
        return self._picture.header if self._picture is not None else None

    @property
    def grey(self) -> Grey | None:
        """The values of the image at hand; None for other images than grey DICOM ones."""
        return self._picture.grey if self._picture is not None else None

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
        return self._picture is not None and self._picture.overlay is not None

    def paint_theme(self, dark: bool) -> None:
        """Give the viewport the page's colours."""
        if self.stage is not None:
            self.stage.set_background(background(dark))

    def end_gesture(self) -> None:
        """Cancel the gesture under way."""
        if self.stage is not None:
            self.stage.gestures.cancel()

    def close(self) -> None:
        """Let go of the stage and of the picture's memory; what was being typed is kept."""
        self.session.answering.settle()
        self._turn += 1
        self._stop_loading()
        if self.stage is not None:
            self.stage.destroy()
            self.stage = None
        self._put_away()
        self._desk.stacks.leave(self)

    def _put_away(self) -> None:
        picture, self._picture = self._picture, None
        asset = self.session.asset
        own = self.slices is None or asset is None or self.slices.picture(asset.ordinal) is not picture
        if picture is not None and own:
            picture.close()
