"""The port to images: load them, list those on a PACS, and say why one cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.model import Asset
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.scalar_image import ScalarImage

MOST_DOWNLOADS = 16
"""How many files have their download progress tracked."""


@dataclass(frozen=True, slots=True)
class ImageRef:
    """Which image: the address of its file, and the frame in a file with several, from 0.

    Examples
    --------
    >>> ImageRef("heart.dcm", 3).address, ImageRef("slice.dcm").address
    ('heart.dcm#frame=3', 'slice.dcm')
    """

    url: str
    frame: int = 0

    @classmethod
    def of(cls, asset: Asset) -> ImageRef:
        """Return the image of an asset."""
        return cls(asset.url, asset.frame or 0)

    @property
    def address(self) -> str:
        """The address of this image alone."""
        return frame_address(self.url, self.frame)


@dataclass(frozen=True, slots=True)
class ImageFailure:
    """Why an image is not shown, as text for the person."""

    title: str
    text: str
    address: str = ""
    may_pass: bool = False
    """Whether it may go away by itself, such as when a server is started again."""


class ImageTrouble(Exception):
    """An image cannot be shown."""

    def __init__(self, problem: ImageFailure) -> None:
        super().__init__(problem.text)
        self.problem = problem


class Picture(Protocol):
    """A decoded image."""

    @property
    def width(self) -> int:
        """Width in pixels, as displayed."""

    @property
    def height(self) -> int:
        """Height in pixels, as displayed."""

    @property
    def bitmap(self) -> Any:
        """The pixels, as the viewport draws them. None for a gray DICOM image."""

    @property
    def overview(self) -> Any:
        """A reduced copy of a large image, which the viewport shows first. None for a small image."""

    @property
    def header(self) -> Header | None:
        """The header of a DICOM image. None for other images."""

    @property
    def scalars(self) -> ScalarImage | None:
        """The values of a gray DICOM image. None for other images."""

    @property
    def overlay(self) -> NDArray[np.uint8] | None:
        """The overlay planes of a DICOM image, above 0 where one is set. None if there are none."""

    @property
    def frame(self) -> int:
        """Which frame of its file this is, from 0."""

    def close(self) -> None:
        """Free the memory, unless others have loaded the same image."""


class ImagePort(Protocol):
    """Where pages get images from."""

    async def load(self, ref: ImageRef, *, keep_decoded: bool = False) -> Picture:
        """Load an image. Callers that load the same image share the work, and each closes its picture.

        With ``keep_decoded`` a decoded DICOM frame stays on this computer, for a quick start next time.

        Raises
        ------
        ImageTrouble
            When the image cannot be shown.
        """

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists at a resource. Raises `ImageProblem` if it cannot."""

    async def thumbnail(self, ref: ImageRef) -> str:
        """Return an address of a small copy of an image, for ``<img>``. Raises `ImageTrouble`."""

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a thumbnail."""

    def prefetch(self, refs: Sequence[ImageRef]) -> None:
        """Load these images ahead, and stop loading others ahead."""
