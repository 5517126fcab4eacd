"""Going from image to image: by steps, to the ends of a folder, by number, and on after an image is done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from webapp.py.domain.model import Asset
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.images.image_list import ImageList
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet

Show = Callable[[Asset, Viewport], Coroutine[Any, Any, None]]
"""Shows an image in a viewport."""


class Navigation:
    """Moves the active viewport, and those that are linked to it, to other images.

    Parameters
    ----------
    viewports
        The viewports to move.
    scrolling
        Scrolls viewports that show a stack.
    image_list
        Knows which image is next.
    machine
        Starts the loading of images.
    show
        Shows an image in a viewport.
    open_asset
        Navigates to the address of an image.
    say
        Shows a toast.
    """

    def __init__(
        self,
        viewports: ViewportSet,
        scrolling: Scrolling,
        image_list: ImageList,
        machine: MachinePort,
        show: Show,
        open_asset: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self._viewports, self._scrolling, self._image_list = viewports, scrolling, image_list
        self._machine, self._show, self._say = machine, show, say
        self.open_asset = open_asset

    def step(self, by: int) -> None:
        """Go ``by`` images in the folder, or slices in the stack, and stop at both ends.

        Linked viewports follow, each through its own folder.
        """
        viewport = self._viewports.current
        self._image_list.direction = 1 if by > 0 else -1
        if viewport.place is None:
            self._machine.spawn(self._step(viewport, by))
        elif not self._scrolling.go(viewport, by):
            self._say(texts.end_of_stack(by > 0))

    async def _step(self, viewport: Viewport, by: int) -> None:
        following = await self._following(viewport, by)
        if following is None:
            self._say(texts.end_of_folder(by > 0, self._image_list.index.filter.active))
            return
        for other in self._viewports.all if self._viewports.linked else ():
            linked = await self._following(other, by) if other is not viewport else None
            if linked is not None:
                self._machine.spawn(self._show(linked, other))
        self.open_asset(following.ordinal)

    async def _following(self, viewport: Viewport, by: int) -> Asset | None:
        asset = viewport.session.asset
        return None if asset is None else await self._image_list.following(asset.ordinal, by)

    def go_to_end(self, last: bool) -> None:
        """Go to the first or last image of the folder, or slice of the stack."""
        viewport = self._viewports.current
        if viewport.place is not None:
            self._scrolling.go_to(viewport, len(viewport.place.order) - 1 if last else 0)
            return
        _, count = self._image_list.place()
        asset = self._image_list.asset_at(count if last else 1)
        if asset is not None:
            self.open_asset(asset.ordinal)

    def go_to_index(self) -> None:
        """Go to the image of the folder with the number that was typed."""
        text, (_, count) = (self._image_list.typed_index or "").strip(), self._image_list.place()
        asset = self._image_list.asset_at(int(text)) if text.isdecimal() else None
        if asset is not None:
            self._image_list.type_index(None)
            self.open_asset(asset.ordinal)
        elif text:
            self._say(texts.no_such_number(text, count))

    def leave_image(self) -> None:
        """Go to the next image; after a stack, which has one status, to the image that follows it."""
        viewport = self._viewports.current
        if viewport.place is None:
            self.step(1)
            return
        following = self._image_list.index.after(viewport.session.assets)
        if following is not None:
            self.open_asset(following.ordinal)
        else:
            self._say(texts.LAST_IN_LIST)
