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
        self._render: Callable[[], None] = lambda: None
        self._on_error: Callable[[BaseException], None] = lambda problem: None
        self._on_download: Callable[[str, int, int | None], None] = lambda address, received, expected: None
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
        self.viewports = ViewportAdapter(self.compute)

    def connect(
        self,
        render: Callable[[], None],
        on_error: Callable[[BaseException], None],
        on_download: Callable[[str, int, int | None], None],
    ) -> None:
        """Set what shows the state, and what is called with errors and with download progress."""
        self._render, self._on_error, self._on_download = render, on_error, on_download

    def render(self) -> None:
        """Show the state in the next frame."""
        self._render()
