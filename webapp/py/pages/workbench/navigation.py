"""Going from image to image: by steps, to the ends of a folder, by number, and to the next one to do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from webapp.py.domain.model import Asset
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.shell import Say
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.images.asset_index import DONE
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
        say: Say,
    ) -> None:
        self._viewports, self._scrolling, self._image_list = viewports, scrolling, image_list
        self._machine, self._show, self._say = machine, show, say
        self.open_asset = open_asset

    def step(self, by: int) -> None:
        """Go one image on or back (``by`` is 1 or -1), or one slice in the stack, which has two ends.

        After the last image of a folder comes the next image to do, or else the next one of the list. Linked
        viewports follow, each from its own image.
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
            self._say(self._at_the_end() if by > 0 else texts.FIRST_IN_LIST)
            return
        for other in self._viewports.all if self._viewports.linked else ():
            linked = await self._following(other, by) if other is not viewport else None
            if linked is not None:
                self._machine.spawn(self._show(linked, other))
        self.open_asset(following.ordinal)

    async def _following(self, viewport: Viewport, by: int) -> Asset | None:
        asset, steps = viewport.session.asset, self._image_list.steps
        if asset is None:
            return None
        found = await steps.following(asset.ordinal, by)
        if found is None and by > 0:
            found = await steps.next_to_do(asset.ordinal, wrap=False)
        return found or await steps.following(asset.ordinal, by, everywhere=True)

    def go_to_end(self, last: bool) -> None:
        """Go to the first or last image of the folder, or slice of the stack."""
        viewport = self._viewports.current
        if viewport.place is not None:
            self._scrolling.go_to(viewport, len(viewport.place.order) - 1 if last else 0)
            return
        asset = self._image_list.end_of_folder(last)
        if asset is not None:
            self.open_asset(asset.ordinal)

    def go_to_index(self) -> None:
        """Go to the image of the list, or slice of the stack, with the number that was typed."""
        text, (_, count) = (self._image_list.typed_index or "").strip(), self._image_list.place()
        asset = self._image_list.asset_at(int(text)) if text.isdecimal() else None
        if asset is not None:
            self._image_list.type_index(None)
            self.open_asset(asset.ordinal)
        elif text:
            self._say(texts.no_such_number(text, count))

    def go_on(self, said: str, undo: Callable[[], object]) -> None:
        """Go to the next image to do after an image is done; ``said`` and ``undo`` make the toast."""
        viewport = self._viewports.current
        self._image_list.direction = 1
        self._machine.spawn(self._go_on(viewport, said, undo))

    async def _go_on(self, viewport: Viewport, said: str, undo: Callable[[], object]) -> None:
        session = viewport.session
        asset = session.asset
        if asset is None:
            return
        following = await self._image_list.steps.next_to_do(asset.ordinal, frozenset(session.assets))
        if following is None:
            self._say(f"{said} {self._nothing_to_do()}", undo)
        else:
            self._say(said, undo)
            self.open_asset(following.ordinal)

    def _nothing_to_do(self) -> str:
        steps, filtered = self._image_list.steps, self._image_list.index.filter.active
        return texts.all_done(steps.total, filtered) if steps.complete or filtered else texts.MORE_NOT_LISTED

    def _at_the_end(self) -> str:
        """Return what to say after the last image of the list."""
        index = self._image_list.index
        left = index.root.images - index.root.done
        if left == 0:
            return self._nothing_to_do()
        here = self._viewports.ordinal
        return texts.last_in_list(left - (index.status_of(here) not in DONE), index.filter.active)
