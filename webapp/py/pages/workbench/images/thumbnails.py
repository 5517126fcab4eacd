"""Thumbnails of the visible images: a few are made at a time, and a limited number is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webapp.py.pages.ports.images import ImageRef, ImageTrouble
from webapp.py.pages.ports.ports import Ports
from webapp.py.ui.reactive import reactive

AT_ONCE = 4
"""Thumbnails that are made at the same time."""
MOST = 300
"""Thumbnails that are kept; a list shows about sixty at a time."""
PATIENCE = 1.0
"""Most seconds for which thumbnails wait while an image is loading."""
PAUSE = 0.1
"""Seconds in which new thumbnails are collected, because each redraw of the page takes time."""


class Thumbnails:
    """Addresses of thumbnails, by the address of the image.

    Parameters
    ----------
    ports
        Make and release thumbnails.
    """

    _drawn = reactive(0)
    """Increases when there are thumbnails that were not drawn yet."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._made: dict[str, str] = {}
        self._wanted: Sequence[str] = ()
        self._making: dict[str, Callable[[], object]] = {}
        self._held = False
        self._cancel_wait: Callable[[], None] = lambda: None
        self._notifying = False

    def get(self, url: str) -> str:
        """Return the address of a thumbnail, empty while there is none."""
        self._drawn  # noqa: B018
        return self._made.get(url, "")

    def want(self, urls: Sequence[str]) -> None:
        """Make these thumbnails in this order, and stop making those that were requested before."""
        self._wanted = urls
        for url in [url for url in self._making if url not in urls]:
            self._making.pop(url)()
        for url in urls:
            if url in self._made:
                # What was used last is released last.
                self._made[url] = self._made.pop(url)
        self._continue()

    def hold(self) -> None:
        """Start no more thumbnails for now, because an image is loading that the person waits for."""
        self._cancel_wait()
        self._held = True
        self._cancel_wait = self._ports.machine.later(PATIENCE, self.release)

    def release(self) -> None:
        """Continue with the requested thumbnails."""
        self._cancel_wait()
        self._held = False
        self._continue()

    def close(self) -> None:
        """Stop, and release all thumbnails."""
        self._cancel_wait()
        self.want(())
        for url in list(self._made):
            self._forget(url)

    def _continue(self) -> None:
        for url in self._wanted if not self._held else ():
            if len(self._making) >= AT_ONCE:
                return
            if url not in self._made and url not in self._making:
                self._making[url] = self._ports.machine.spawn(self._make(url))

    async def _make(self, url: str) -> None:
        try:
            address = await self._ports.images.thumbnail(ImageRef(url))
        except ImageTrouble:
            address = ""  # the list shows an icon; opening the image shows the problem
        self._making.pop(url, None)
        self._made[url] = address
        for oldest in list(self._made)[:-MOST]:
            self._forget(oldest)
        self._continue()
        if not self._notifying:
            self._notifying = True
            self._ports.machine.later(PAUSE, self._notify)

    def _notify(self) -> None:
        self._notifying = False
        self._drawn += 1

    def _forget(self, url: str) -> None:
        address = self._made.pop(url)
        if address:
            self._ports.images.forget_thumbnail(address)
