"""All ports in one bundle."""

from __future__ import annotations

from typing import Protocol

from webapp.py.pages.ports.compute import ComputePort
from webapp.py.pages.ports.images import ImagePort
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.server import ServerPort
from webapp.py.pages.ports.viewport import ViewportPort
from webapp.py.pages.ports.window import WindowPort


class Ports(Protocol):
    """The ports of the app. The browser room has one adapter for each."""

    @property
    def server(self) -> ServerPort:
        """The sync server."""

    @property
    def machine(self) -> MachinePort:
        """Storage, files, clock and tasks of this computer."""

    @property
    def window(self) -> WindowPort:
        """The browser window."""

    @property
    def images(self) -> ImagePort:
        """Images from servers and from this computer."""

    @property
    def compute(self) -> ComputePort:
        """The compute worker."""

    @property
    def viewports(self) -> ViewportPort:
        """What creates viewport canvases."""
