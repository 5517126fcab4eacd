"""The port to images: load them, list them on a PACS, and say why one cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.scalar_image import ScalarImage

MOST_DOWNLOADS = 16
"""Files whose progress is known."""


@dataclass(frozen=True, slots=True)
class ImageFailure:
    """Why an image is not shown, as sentences for a person."""

    title: str
    text: str
    address: str = ""


class ImageTrouble(Exception):
    """An image could not be shown."""

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
        """What the viewport draws."""

    @property
    def overview(self) -> Any:
        """A reduced copy that the viewport shows first, None where it needs none."""

    @property
    def header(self) -> Header | None:
        """What a DICOM file says of itself; None for other images."""

    @property
    def scalars(self) -> ScalarImage | None:
        """The values of a gray DICOM image; None for other images."""

    @property
    def overlay(self) -> NDArray[np.uint8] | None:
        """What a DICOM file has drawn over its image, above 0 where something is; None for nothing."""

    @property
    def frame(self) -> int:
        """Which frame of its file it is, from 0."""

    def close(self) -> None:
        """Free its memory."""


class ImagePort(Protocol):
    """Where pages get images from."""

    async def picture(self, url: str, frame: int = 0) -> Picture:
        """Load an image; raises `ImageTrouble`."""

    async def slice(self, url: str, frame: int = 0) -> Picture:
        """Load a DICOM image as a slice of a stack; raises `ImageTrouble`."""

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists in a place; raises `ImageProblem`."""

    async def thumbnail(self, url: str) -> str:
        """Return an address of a small copy of an image, for ``<img>``; raises `ImageTrouble`."""

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a small copy."""

    def prefetch(self, urls: list[str]) -> None:
        """Load these images ahead, quietly, and none of those that were asked for before."""
