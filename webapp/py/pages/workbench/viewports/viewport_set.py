"""The viewports on screen: how they are laid out, which one is active, and whether they move together."""

from __future__ import annotations

from typing import Literal, Protocol

from webapp.py.imaging.planes import Plane
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.workspace.image_session import ImageSession

Layout = Literal["1x1", "1x2", "2x1", "2x2", "mpr"]
"""Rows and columns of viewports, or one with reformats of its stack in the two other directions."""
LAYOUTS: dict[Layout, int] = {"1x1": 1, "1x2": 2, "2x1": 2, "2x2": 4, "mpr": 1}
"""How many viewports each layout has."""


class ImageView(Protocol):
    """Anything on screen that shows an image: a viewport, or a reformat beside it."""

    @property
    def canvas(self) -> ViewportCanvas | None:
        """What draws it; None while it is not on the page."""

    @property
    def plane(self) -> Plane | None:
        """Where its image is in the patient; None where that is not known."""

    def paint_theme(self) -> None:
        """Take over the page's colors."""


class ViewportSet:
    """The viewports of a workbench.

    Parameters
    ----------
    first
        The one viewport that there is at first.
    """

    def __init__(self, first: Viewport) -> None:
        self.all: list[Viewport] = [first]
        self.reformats: list[ImageView] = []
        """The views beside the first viewport in the multiplanar layout."""
        self.active = 0
        """Number of the viewport that buttons and keys act on."""
        self.layout: Layout = "1x1"
        self.linked = True
        """Whether the viewports move together."""

    @property
    def current(self) -> Viewport:
        """The viewport that buttons and keys act on."""
        return self.all[self.active]

    @property
    def session(self) -> ImageSession:
        """What the active viewport shows."""
        return self.current.session

    @property
    def canvas(self) -> ViewportCanvas | None:
        """What draws the active viewport; None while it is not on the page."""
        return self.current.canvas

    @property
    def views(self) -> list[ImageView]:
        """Everything on screen that shows an image."""
        return [*self.all, *self.reformats]

    @property
    def ordinal(self) -> int:
        """The place of the active viewport's image in the dataset."""
        asset = self.session.asset
        return asset.ordinal if asset is not None else 0
