"""One viewport of the workspace: the image that it shows, and why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header
from webapp.py.pages.edges import ImageTrouble, Picture, StageLike
from webapp.py.pages.state import Problem
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.session import Session
from webapp.py.workspace.workplace import Workplace

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk

_DARK_STAGE, _LIGHT_STAGE = (0.047, 0.055, 0.071), (0.851, 0.871, 0.902)


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
        self._picture: Picture | None = None
        self._turn = 0

    async def show(self, asset: Asset) -> bool:
        """Load an image and show it; False when it cannot be shown or another was asked for meanwhile."""
        self._turn += 1
        turn = self._turn
        if self.stage is not None:
            self.stage.gestures.cancel()
            self.stage.clear()
        self._put_away()
        self._desk.menu.close()
        self.loading, self.problem = True, None
        self.session.open(asset)
        try:
            picture = await self._desk.edges.picture(asset.url, asset.frame or 0)
        except ImageTrouble as trouble:
            if turn == self._turn:
                self.loading, self.problem = False, trouble.problem
                self._desk.edges.render()
            return False
        if turn != self._turn:
            picture.close()
            return False
        self._picture = picture
        self.loading = False
        self.session.set_size(picture.width, picture.height)
        if self.stage is not None:
            self.stage.show(picture)
        return True

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
        self.paint_theme(self._desk.state.dark)
        if self.stage.problem:
            self.problem = Problem("Images cannot be shown", self.stage.problem)
        if self._picture is not None:
            self.stage.show(self._picture)
            self._desk.display.align()

    @property
    def header(self) -> Header | None:
        """What the file of the image at hand says of itself; None for other images than DICOM."""
        return self._picture.header if self._picture is not None else None

    def paint_theme(self, dark: bool) -> None:
        """Give the viewport the page's colours."""
        if self.stage is not None:
            self.stage.set_background(_DARK_STAGE if dark else _LIGHT_STAGE)

    def end_gesture(self) -> None:
        """Cancel the gesture under way."""
        if self.stage is not None:
            self.stage.gestures.cancel()

    def close(self) -> None:
        """Let go of the stage and of the picture's memory; what was being typed is kept."""
        self.session.answering.settle()
        self._turn += 1
        if self.stage is not None:
            self.stage.destroy()
            self.stage = None
        self._put_away()

    def _put_away(self) -> None:
        picture, self._picture = self._picture, None
        if picture is not None:
            picture.close()
        self.stage.set_extras(self._desk.display.extras)
    @property
    def overlaid(self) -> bool:
        """Whether the file has drawn something over its image."""
        return self._picture is not None and self._picture.overlay is not None

