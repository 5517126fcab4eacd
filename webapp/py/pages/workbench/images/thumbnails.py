"""Small copies of the images in sight: a few are made at a time, and no more are held than fit on screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webapp.py.pages.ports.images import ImageRef, ImageTrouble
from webapp.py.pages.ports.ports import Ports

AT_ONCE = 4
"""Thumbnails that are made at the same time."""
MOST = 300
"""Thumbnails that are held; a list shows about sixty at a time."""
PATIENCE = 1.0
"""Seconds that they wait, at most, for an image that a person waits for."""
PAUSE = 0.1
"""Seconds in which those that are made are shown together: each drawing of the page takes its time."""


class Thumbnails:
    """Addresses of small copies, by the address of the image.

    Parameters
    ----------
    ports
        Makes them and lets go of them.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._here: dict[str, str] = {}
        self._wanted: Sequence[str] = ()
        self._making: dict[str, Callable[[], object]] = {}
        self._held = False
        self._call_off: Callable[[], None] = lambda: None
        self._telling = False

    def get(self, url: str) -> str:
        """Return the address of a small copy, empty while there is none."""
        return self._here.get(url, "")

    def want(self, urls: Sequence[str]) -> None:
        """Have these made, the first ones first, and none of those that were wanted before."""
        self._wanted = urls
        for url in [url for url in self._making if url not in urls]:
            self._making.pop(url)()
        for url in urls:
            if url in self._here:
                # What was used last is let go of last.
                self._here[url] = self._here.pop(url)
        self._go_on()

    def hold(self) -> None:
        """Begin no more of them for now: an image is being loaded that a person waits for."""
        self._call_off()
        self._held = True
        self._call_off = self._ports.machine.later(PATIENCE, self.release)

    def release(self) -> None:
        """Go on with those that are wanted."""
        self._call_off()
        self._held = False
        self._go_on()

    def close(self) -> None:
        """Let go of all of them."""
        self._call_off()
        self.want(())
        for url in list(self._here):
            self._drop(url)

    def _go_on(self) -> None:
        for url in self._wanted if not self._held else ():
            if len(self._making) >= AT_ONCE:
                return
            if url not in self._here and url not in self._making:
                self._making[url] = self._ports.machine.spawn(self._make(url))

    async def _make(self, url: str) -> None:
        try:
            address = await self._ports.images.thumbnail(ImageRef(url))
        except ImageTrouble:
            address = ""  # the list shows a plain icon; opening the image says what is wrong
        self._making.pop(url, None)
        self._here[url] = address
        for oldest in list(self._here)[:-MOST]:
            self._drop(oldest)
        self._go_on()
        if not self._telling:
            self._telling = True
            self._ports.machine.later(PAUSE, self._tell)

    def _tell(self) -> None:
        self._telling = False
        self._ports.render()

    def _drop(self, url: str) -> None:
        address = self._here.pop(url)
        if address:
            self._ports.images.forget_thumbnail(address)
