"""Where an image is: the request for its file, and the frame in that file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.fetching import plan
from webapp.py.imaging.dicomweb import is_dicomweb
from webapp.py.imaging.sources import Request
from webapp.py.pages.ports.images import ImageRef


@dataclass(frozen=True, slots=True)
class Location:
    """The file that holds an image, and which of its frames the image is, from 0."""

    request: Request
    frame: int


async def locate(ref: ImageRef, dicomweb: Dicomweb, is_kept: Callable[[str], Awaitable[bool]]) -> Location:
    """Return where an image is. A DICOMweb server may be asked whether to fetch the file or one frame.

    Raises
    ------
    ImageProblem
        When the address cannot be read from this page.
    """
    if not is_dicomweb(ref.url):
        return Location(plan(ref.url), ref.frame)
    address, frame = await dicomweb.file_of(ref.url, ref.frame, is_kept)
    return Location(Request(address), frame)


def cache_name(ref: ImageRef) -> str:
    """Return a name for what is kept of an image on this computer, without asking any server."""
    url = ref.url if is_dicomweb(ref.url) else plan(ref.url).url
    return ImageRef(url, ref.frame).address
