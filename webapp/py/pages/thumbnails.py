"""Small copies of the images in sight: a few are made at a time, and no more are held than fit on screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webapp.py.pages.edges import Edges, ImageTrouble

AT_ONCE = 4
"""Thumbnails that are made at the same time."""
MOST = 300
"""Thumbnails that are held; a list shows about sixty at a time."""


class Thumbnails:
    """Addresses of small copies, by the address of the image.

    Parameters
    ----------
    edges
        Makes them and lets go of them.
    """

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._here: dict[str, str] = {}
        self._wanted: Sequence[str] = ()
        self._making: dict[str, Callable[[], object]] = {}

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

    def close(self) -> None:
        """Let go of all of them."""
        self.want(())
        for url in list(self._here):
            self._drop(url)

    def _go_on(self) -> None:
        for url in self._wanted:
            if len(self._making) >= AT_ONCE:
                return
            if url not in self._here and url not in self._making:
                self._making[url] = self._edges.spawn(self._make(url))

    async def _make(self, url: str) -> None:
        try:
            address = await self._edges.thumbnail(url)
        except ImageTrouble:
            address = ""  # the list shows a plain icon; opening the image says what is wrong
        self._making.pop(url, None)
        self._here[url] = address
        for oldest in list(self._here)[:-MOST]:
            self._drop(oldest)
        self._go_on()
        self._edges.render()

    def _drop(self, url: str) -> None:
        address = self._here.pop(url)
        if address:
            self._edges.forget_thumbnail(address)
