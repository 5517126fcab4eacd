"""Images from wherever they are; what is shown is handed to the compute worker, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary, finalize

import js

from webapp.py.browser.boot import BootInfo
from webapp.py.browser.dicom import picture_of
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.images import Images, LoadedImage
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.dicomweb_access import SERVERS_KEY, DicomwebServer, read_servers
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.window_settings import parse_window_setting, split_window_setting
from webapp.py.pages.ports.compute import ComputePort
from webapp.py.pages.ports.images import MOST_DOWNLOADS, ImageFailure, ImageTrouble
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.store.local import LocalStore

_TITLES = {
    "no_cors": "The image server does not let this page read it",
    "unauthorized": "The image server asks who you are",
    "forbidden": "The image server refuses",
    "not_found": "There is no image at this address",
    "unreachable": "The image server cannot be reached",
    "offline": "No network, and this image is not on this machine",
    "mixed_content": "The browser blocks this address",
    "not_an_image": "This is not an image",
    "truncated": "The image is damaged",
    "too_large": "The image is too large",
    "unsupported": "This kind of image cannot be shown",
    "server_error": "The image server has trouble",
    "dicomweb": "The server answered with something else than DICOM",
}
THUMBNAIL = 128
"""Pixels of the longer side of a thumbnail."""
TELL_MS = 500.0
"""Least time between two reports of the progress of a file."""


class ImageAdapter:
    """`webapp.py.pages.ports.images.ImagePort` in a browser.

    Parameters
    ----------
    boot
        Holds the compute worker, which is given what is shown.
    compute
        Decodes.
    machine
        Runs what is loaded ahead.
    local
        Returns the open local store, which keeps the person's DICOMweb servers.
    on_download
        Called with an address, the bytes that have come, and how many are expected.
    """

    def __init__(
        self,
        boot: BootInfo,
        compute: ComputePort,
        machine: MachinePort,
        local: Callable[[], LocalStore | None],
        on_download: Callable[[str, int, int | None], None],
    ) -> None:
        self._boot = boot
        self._machine = machine
        self._local = local
        self._on_download = on_download
        self._dicomweb = Dicomweb(compute.call, self._dicomweb_servers, self._note_download)
        self._images = Images(compute.call, self._dicomweb, build=boot.build)
        self._shown: WeakValueDictionary[str, LoadedImage] = WeakValueDictionary()
        self._ahead: dict[str, Callable[[], object]] = {}
        self._told: dict[str, float] = {}
        boot.compute.file_of = self._file_of
        boot.compute.values_of = self._values_of

    async def open(self) -> None:
        """Open the place where images are kept while the page still waits for other things."""
        await self._images.open()

    async def picture(self, url: str, frame: int = 0) -> LoadedImage:
        """Load an image."""
        try:
            return self._take(url, frame, await self._images.load(url, frame))
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None

    async def slice(self, url: str, frame: int = 0) -> LoadedImage:
        """Load a DICOM image as a slice of a stack."""
        try:
            return self._take(url, frame, await self._images.load_slice(url, frame))
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None

    def _take(self, url: str, frame: int, picture: LoadedImage) -> LoadedImage:
        """Remember what is shown, so that the worker can be given its pixels."""
        address = frame_address(url, frame)
        self._shown[address] = picture
        finalize(picture, self._left, address)
        return picture

    def _left(self, address: str) -> None:
        """Let the worker forget an image, unless it is shown once more."""
        if self._shown.get(address) is None:
            self._boot.compute.forget_image(address)

    def _file_of(self, address: str) -> Any | None:
        """Return an image that is being shown, for the compute worker: its file, or what its window shows."""
        name, look = split_window_setting(address)
        picture = self._shown.get(name)
        if picture is None:
            return None
        if picture.scalars is not None and picture.header is not None:
            scalars = picture.scalars
            seen = (
                parse_window_setting(look, picture.header.windows)
                if look
                else (scalars.window, scalars.inverted)
            )
            return picture_of(scalars, *seen)
        return picture.file

    def _values_of(self, address: str) -> Any | None:
        """Return the values of a slice that is in memory, for the compute worker."""
        picture = self._shown.get(address)
        return picture.scalars.values if picture is not None and picture.scalars is not None else None

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists in a place; raises `ImageProblem`."""
        return await self._dicomweb.search(place, offset, limit, **matching)

    async def thumbnail(self, url: str) -> str:
        """Return an address of a small copy of an image."""
        try:
            blob = await self._images.thumbnail(url, THUMBNAIL)
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None
        return str(js.URL.createObjectURL(blob))

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a small copy."""
        js.URL.revokeObjectURL(address)

    def prefetch(self, urls: list[str]) -> None:
        """Load images ahead, quietly; what is not asked for any more is called off."""
        for url in [url for url in self._ahead if url not in urls]:
            self._ahead.pop(url)()
        for url in urls:
            if url not in self._ahead:
                self._ahead[url] = self._machine.spawn(self._images.prefetch([url]))

    def _note_download(self, address: str, received: int, expected: int | None) -> None:
        now = float(js.performance.now())
        if now - self._told.get(address, -TELL_MS) >= TELL_MS:
            self._told = {**dict(list(self._told.items())[-MOST_DOWNLOADS:]), address: now}
            self._on_download(address, received, expected)

    async def _dicomweb_servers(self) -> list[DicomwebServer]:
        # Asked anew each time: another tab may have changed them.
        local = self._local()
        return read_servers(await local.get_meta(SERVERS_KEY)) if local is not None else []


def _as_problem(problem: ImageProblem, url: str) -> ImageFailure:
    return ImageFailure(_TITLES.get(problem.code, "This image cannot be shown"), problem.message, url)
