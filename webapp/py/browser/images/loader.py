"""The one way to load an image: locate it, fetch its file, decode it. Callers share the picture."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from webapp.py.browser.dicomweb import Compute, Dicomweb
from webapp.py.browser.images.cache import ImageCache
from webapp.py.browser.images.decode_dicom import decode_frame, picture_of
from webapp.py.browser.images.decode_raster import decode_raster
from webapp.py.browser.images.fetch import FileFetcher, kind_of
from webapp.py.browser.images.kept_frames import file_of_frame, frame_in, frame_name
from webapp.py.browser.images.locate import Location, locate
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.ports.images import ImageRef


@dataclass(eq=False)
class _Shared:
    """A picture that is loading or open, and how many callers have it."""

    ref: ImageRef
    keep_decoded: bool = False
    users: int = 0
    task: asyncio.Task[LoadedPicture] | None = None

    @property
    def picture(self) -> LoadedPicture | None:
        """The picture, or None while it loads and if that failed."""
        task = self.task
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result()


class ImageLoader:
    """Loads images. Cancelling a task that loads one stops the work unless another caller waits for it.

    Parameters
    ----------
    compute
        Calls the compute worker, which decodes DICOM files.
    dicomweb
        Fetches what is on DICOMweb servers.
    cache
        Keeps files on this computer.
    build
        The build of Limner. Decoded frames are kept for this build only, and not at all without one.
    """

    def __init__(
        self,
        compute: Compute,
        dicomweb: Dicomweb | None = None,
        cache: ImageCache | None = None,
        build: str = "",
    ) -> None:
        self._compute = compute
        self._dicomweb = dicomweb or Dicomweb(compute)
        self.cache = cache or ImageCache()
        self.files = FileFetcher(self.cache, self._dicomweb, compute)
        self._build = build
        self._open: dict[str, _Shared] = {}
        self.on_closed = _ignore
        """Called with the address of an image when its last picture is closed."""

    async def load(self, ref: ImageRef, *, keep_decoded: bool = False) -> LoadedPicture:
        """Load an image. Each caller closes the picture it gets.

        Parameters
        ----------
        ref
            Which image.
        keep_decoded
            Whether to keep a decoded DICOM frame on this computer, for a quick start next time.

        Raises
        ------
        ImageProblem
            When the image cannot be shown.
        """
        shared = self._open.get(ref.address)
        if shared is None:
            shared = self._open[ref.address] = _Shared(ref)
            shared.task = asyncio.ensure_future(self._load(shared))
        shared.users += 1
        shared.keep_decoded |= keep_decoded
        assert shared.task is not None
        try:
            picture = await asyncio.shield(shared.task)
        except BaseException:
            self._release(shared)
            raise
        return picture.lend(partial(self._release, shared))

    def opened(self, address: str) -> LoadedPicture | None:
        """Return a picture that someone has open, by the address of its `ImageRef`. Do not close it."""
        shared = self._open.get(address)
        return shared.picture if shared is not None else None

    async def locate(self, ref: ImageRef) -> Location:
        """Return where an image is."""
        return await locate(ref, self._dicomweb, self.cache.keeps)

    async def _load(self, shared: _Shared) -> LoadedPicture:
        ref = shared.ref
        name = frame_name(ref.address, self._build) if self._build else ""
        kept = await self._load_kept(name) if name else None
        if kept is not None:
            return kept
        location = await self.locate(ref)
        url = location.request.url
        try:
            async with self.files.file(location.request) as file:
                if await kind_of(file) != "dicom":
                    return await decode_raster(file)
                frame = await decode_frame(self._compute, url, file, location.frame, ref.address)
        except ImageProblem:
            # The kept file may be the damaged one: the next try asks the server.
            await self.cache.forget(url)
            raise
        decoded = file_of_frame(frame) if name and shared.keep_decoded else None
        if decoded is not None:
            self.cache.put_later(name, decoded)
        return await picture_of(frame)

    async def _load_kept(self, name: str) -> LoadedPicture | None:
        """Return a decoded frame kept on this computer. It needs no worker, which may not have started."""
        file = await self.cache.get(name) if await self.cache.keeps(name) else None
        if file is None:
            return None
        frame = await frame_in(file)
        if frame is None:
            await self.cache.forget(name)
            return None
        return await picture_of(frame)

    def _release(self, shared: _Shared) -> None:
        """Take back the picture of one caller."""
        shared.users -= 1
        task, picture, address = shared.task, shared.picture, shared.ref.address
        assert task is not None
        failed = task.done() and picture is None
        if (not shared.users or failed) and self._open.get(address) is shared:
            del self._open[address]
        if shared.users or failed:
            return
        if picture is not None:
            picture.close()
        else:
            task.cancel()
        self.on_closed(address)


def _ignore(address: str) -> None:
    """Do nothing with an address."""
