"""The viewports on screen: their layout, which one is active, and whether they are linked."""

from __future__ import annotations

from typing import Literal, Protocol

from webapp.py.imaging.planes import Plane
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.image_session import ImageSession

Layout = Literal["1x1", "1x2", "2x1", "2x2", "mpr"]
"""Rows × columns of viewports, or one with reformats of its stack in the other two directions."""
LAYOUTS: dict[Layout, int] = {"1x1": 1, "1x2": 2, "2x1": 2, "2x2": 4, "mpr": 1}
"""How many viewports each layout has."""


class ImageView(Protocol):
    """Anything on screen that shows an image: a viewport, or a reformat beside it."""

    @property
    def canvas(self) -> ViewportCanvas | None:
        """Its canvas; None while it is not on the page."""

    @property
    def plane(self) -> Plane | None:
        """The position of its image in the patient; None if that is not known."""


class ViewportSet:
    """The viewports of a workbench.

    Parameters
    ----------
    first
        The only viewport at the start.
    """

    all = reactive[tuple[Viewport, ...]]()
    reformats = reactive[tuple[ImageView, ...]](())
    """The views beside the first viewport in the layout of three planes."""
    active = reactive(0)
    """Index of the viewport that buttons and keys act on."""
    layout = reactive[Layout]("1x1")
    linked = reactive(True)
    """Whether the viewports scroll, pan and zoom together."""

    def __init__(self, first: Viewport) -> None:
        self.all = (first,)

    @property
    def current(self) -> Viewport:
        """The viewport that buttons and keys act on."""
        return self.all[self.active]

    @property
    def session(self) -> ImageSession:
        """The image session of the active viewport."""
        return self.current.session

    @property
    def canvas(self) -> ViewportCanvas | None:
        """The canvas of the active viewport; None while it is not on the page."""
        return self.current.canvas

    @property
    def views(self) -> list[ImageView]:
        """All viewports and reformats on screen."""
        return [*self.all, *self.reformats]

    @property
    def ordinal(self) -> int:
        """The ordinal of the active viewport's image in the dataset, 0 without an image."""
        asset = self.session.asset
        return asset.ordinal if asset is not None else 0
