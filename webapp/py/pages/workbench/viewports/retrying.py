"""Tries again to load images whose server could not be reached, until it is back."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.pages.ports.images import ImageFailure, ImageRef, ImageTrouble
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.ui.reactive import effect

LONGEST_WAIT_S = 20.0
_FIRST_WAIT_S = 2.5


class Retrying:
    """Watches what the viewports fail to show. The message stays until the image can be loaded.

    Parameters
    ----------
    viewports
        The viewports to watch.
    ports
        Loads images, and waits.
    reload
        Shows the image of a viewport again.
    """

    def __init__(self, viewports: ViewportSet, ports: Ports, reload: Callable[[Viewport], None]) -> None:
        self._viewports, self._ports, self._reload = viewports, ports, reload
        self._waiting: dict[Viewport, tuple[ImageFailure, Callable[[], object]]] = {}

    def start(self) -> Callable[[], None]:
        """Watch the viewports from now on. Return a function that stops this."""
        following = effect(self._follow)

        def stop() -> None:
            following.stop()
            for _, cancel in self._waiting.values():
                cancel()
            self._waiting.clear()

        return stop

    def _follow(self) -> None:
        """Wait for images that may be shown later, and for no others."""
        failing = {view: view.problem for view in self._viewports.all if view.problem is not None}
        for viewport, (failure, cancel) in list(self._waiting.items()):
            if failing.get(viewport) is not failure:
                cancel()
                del self._waiting[viewport]
        for viewport, failure in failing.items():
            if failure.may_pass and viewport not in self._waiting:
                self._wait(viewport, failure, _FIRST_WAIT_S)

    def _wait(self, viewport: Viewport, failure: ImageFailure, seconds: float) -> None:
        def come() -> None:
            self._ports.machine.spawn(self._try(viewport, failure, seconds))

        self._waiting[viewport] = failure, self._ports.machine.later(seconds, come)

    async def _try(self, viewport: Viewport, failure: ImageFailure, seconds: float) -> None:
        asset = viewport.session.asset
        if asset is None:
            return
        try:
            picture = await self._ports.images.load(ImageRef.of(asset))
        except ImageTrouble:
            if viewport.problem is failure and viewport in self._waiting:
                self._wait(viewport, failure, min(2 * seconds, LONGEST_WAIT_S))
            return
        if viewport.problem is failure:
            self._reload(viewport)
        picture.close()
