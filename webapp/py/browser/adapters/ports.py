"""All ports of the pages, in a browser."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.browser.adapters.compute import ComputeAdapter
from webapp.py.browser.adapters.images import ImageAdapter
from webapp.py.browser.adapters.machine import MachineAdapter
from webapp.py.browser.adapters.server import ServerAdapter
from webapp.py.browser.adapters.viewports import ViewportAdapter
from webapp.py.browser.adapters.window import WindowAdapter
from webapp.py.browser.boot import BootInfo


class BrowserPorts:
    """`webapp.py.pages.ports.ports.Ports` in a browser."""

    def __init__(self, boot: BootInfo) -> None:
        self._on_error: Callable[[BaseException], None] = lambda problem: None
        self._on_download: Callable[[str, int, int | None], None] = lambda address, received, expected: None
        self._on_plain: Callable[[], None] = lambda: None
        self.compute = ComputeAdapter(boot.compute)
        self.machine = MachineAdapter(boot, lambda problem: self._on_error(problem))
        self.server = ServerAdapter(boot, self.machine, lambda: self.machine.tabs)
        self.window = WindowAdapter()
        self.images = ImageAdapter(
            boot,
            self.compute,
            self.machine,
            lambda: self.machine.local,
            lambda *so_far: self._on_download(*so_far),
        )
        self.viewports = ViewportAdapter(self.compute, lambda: self._on_plain())

    def connect(
        self,
        on_error: Callable[[BaseException], None],
        on_download: Callable[[str, int, int | None], None],
        on_plain: Callable[[], None],
    ) -> None:
        """Set what is called with errors, with download progress, and if there is no WebGL2."""
        self._on_error, self._on_download, self._on_plain = on_error, on_download, on_plain
