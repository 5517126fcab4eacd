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
    """Addresses of thumbnails, by image.

    Parameters
    ----------
    ports
        Make and release thumbnails.
    """

    _drawn = reactive(0)
    """Increases when there are thumbnails that were not drawn yet."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._made: dict[ImageRef, str] = {}
        self._wanted: Sequence[ImageRef] = ()
        self._making: dict[ImageRef, Callable[[], object]] = {}
        self._held = False
        self._cancel_wait: Callable[[], None] = lambda: None
        self._notifying = False

    def get(self, ref: ImageRef) -> str:
        """Return the address of a thumbnail, empty while there is none."""
        self._drawn  # noqa: B018
        return self._made.get(ref, "")

    def want(self, refs: Sequence[ImageRef]) -> None:
        """Make these thumbnails in this order, and stop making those that were requested before."""
        self._wanted = refs
        for ref in [ref for ref in self._making if ref not in refs]:
            self._making.pop(ref)()
        for ref in refs:
            if ref in self._made:
                # What was used last is released last.
                self._made[ref] = self._made.pop(ref)
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
        for ref in list(self._made):
            self._forget(ref)

    def _continue(self) -> None:
        for ref in self._wanted if not self._held else ():
            if len(self._making) >= AT_ONCE:
                return
            if ref not in self._made and ref not in self._making:
                self._making[ref] = self._ports.machine.spawn(self._make(ref))

    async def _make(self, ref: ImageRef) -> None:
        try:
            address = await self._ports.images.thumbnail(ref)
        except ImageTrouble:
            address = ""  # the list shows an icon; opening the image shows the problem
        self._making.pop(ref, None)
        self._made[ref] = address
        for oldest in list(self._made)[:-MOST]:
            self._forget(oldest)
        self._continue()
        if not self._notifying:
            self._notifying = True
            self._ports.machine.later(PAUSE, self._notify)

    def _notify(self) -> None:
        self._notifying = False
        self._drawn += 1

    def _forget(self, ref: ImageRef) -> None:
        address = self._made.pop(ref)
        if address:
            self._ports.images.forget_thumbnail(address)
