"""Images in a browser. The compute worker gets the ones that are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import js

from webapp.py.browser import texts
from webapp.py.browser.boot import BootInfo
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.images.decode_dicom import image_data
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.browser.images.prefetch import Prefetcher
from webapp.py.browser.images.thumbnails import make_thumbnail
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.dicomweb_access import SERVERS_KEY, DicomwebServer, read_servers
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.window_settings import parse_window_setting, split_window_setting
from webapp.py.pages.ports.compute import ComputePort
from webapp.py.pages.ports.images import MOST_DOWNLOADS, ImageFailure, ImageRef, ImageTrouble
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.store.local import LocalStore

BACKGROUND = 4
"""Images that load at the same time in addition to those that someone waits for."""
_MAY_PASS = frozenset({"unreachable", "offline", "server_error"})
THUMBNAIL = 128
"""Pixels of the longer side of a thumbnail."""
REPORT_MS = 500.0
"""Least time between two reports of the download progress of a file."""


class ImageAdapter:
    """`webapp.py.pages.ports.images.ImagePort` in a browser.

    Parameters
    ----------
    boot
        Holds the compute worker.
    compute
        Calls the compute worker.
    machine
        Runs what is loaded ahead.
    local
        Returns the open local store, which keeps the person's DICOMweb servers.
    on_download
        Called with an address, the bytes received, and the bytes expected, or None if that is unknown.
    """

    def __init__(
        self,
        boot: BootInfo,
        compute: ComputePort,
        machine: MachinePort,
        local: Callable[[], LocalStore | None],
        on_download: Callable[[str, int, int | None], None],
    ) -> None:
        self._machine = machine
        self._local = local
        self._on_download = on_download
        self._dicomweb = Dicomweb(compute.call, self._dicomweb_servers, self._note_download)
        self._loader = ImageLoader(compute.call, self._dicomweb, build=boot.build)
        self._background = asyncio.Semaphore(BACKGROUND)
        self._prefetcher = Prefetcher(self._loader, self._background)
        self._ahead: dict[ImageRef, Callable[[], object]] = {}
        self._reported: dict[str, float] = {}
        self._loader.on_closed = boot.compute.forget_image
        boot.compute.file_of = self._file_of
        boot.compute.values_of = self._values_of

    async def open(self) -> None:
        """Open the image cache while the page still waits for other things."""
        await self._loader.cache.open()

    async def load(self, ref: ImageRef, *, keep_decoded: bool = False) -> LoadedPicture:
        """Load an image."""
        try:
            picture = await self._loader.load(ref, keep_decoded=keep_decoded)
        except ImageProblem as problem:
            raise _trouble(problem, ref) from None
        self._prefetcher.release(ref)
        return picture

    def _file_of(self, address: str) -> Any | None:
        """Return an open image for the compute worker: its file, or what its window shows."""
        name, setting = split_window_setting(address)
        picture = self._loader.opened(name)
        if picture is None:
            return None
        if picture.scalars is not None and picture.header is not None:
            scalars = picture.scalars
            shown = (scalars.window, scalars.inverted)
            if setting:
                shown = parse_window_setting(setting, picture.header.windows)
            return image_data(scalars, *shown)
        return picture.file

    def _values_of(self, address: str) -> Any | None:
        """Return the values of an open slice, for the compute worker."""
        picture = self._loader.opened(address)
        return picture.scalars.values if picture is not None and picture.scalars is not None else None

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists at a resource. Raises `ImageProblem` if it cannot."""
        return await self._dicomweb.search(place, offset, limit, **matching)

    async def thumbnail(self, ref: ImageRef) -> str:
        """Return an address of a small copy of an image."""
        try:
            blob = await make_thumbnail(self._loader, self._background, ref, THUMBNAIL)
        except ImageProblem as problem:
            raise _trouble(problem, ref) from None
        return str(js.URL.createObjectURL(blob))

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a thumbnail."""
        js.URL.revokeObjectURL(address)

    def prefetch(self, refs: Sequence[ImageRef]) -> None:
        """Load these images ahead, and stop loading others ahead."""
        for ref in [ref for ref in self._ahead if ref not in refs]:
            self._ahead.pop(ref)()
        for ref in refs:
            if ref not in self._ahead:
                self._ahead[ref] = self._machine.spawn(self._prefetcher.prefetch(ref))

    def _note_download(self, address: str, received: int, expected: int | None) -> None:
        now = float(js.performance.now())
        if now - self._reported.get(address, -REPORT_MS) >= REPORT_MS:
            self._reported = {**dict(list(self._reported.items())[-MOST_DOWNLOADS:]), address: now}
            self._on_download(address, received, expected)

    async def _dicomweb_servers(self) -> list[DicomwebServer]:
        # Read every time: another tab may have changed them.
        local = self._local()
        return read_servers(await local.get_meta(SERVERS_KEY)) if local is not None else []


def _trouble(problem: ImageProblem, ref: ImageRef) -> ImageTrouble:
    title = texts.IMAGE_PROBLEM_TITLES.get(problem.code, texts.OTHER_IMAGE_PROBLEM)
    return ImageTrouble(ImageFailure(title, problem.message, ref.url, problem.code in _MAY_PASS))
