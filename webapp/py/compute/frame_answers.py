"""Answers of the compute worker about DICOM files: a frame, what it needs first, or why there is none."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.sources import Code, ImageProblem


class Frame(msgspec.Struct, tag="frame", frozen=True):
    """A decoded frame."""

    header: Header
    values: np.ndarray[Any, Any]
    """As returned by `imaging.dicom.read_frame`."""
    window: Window | None = None
    """The window to start with, for gray images."""
    overlay: np.ndarray[Any, Any] | None = None
    """uint8 of shape (rows, columns), 1 where an overlay plane is set. None if there is no overlay."""
    number: int = 0
    """Which frame of the file this is, from 0."""


class NeedsFile(msgspec.Struct, tag="needs_file", frozen=True):
    """The worker does not have the file. Ask again with its content."""


class NeedsCodecs(msgspec.Struct, tag="needs_codecs", frozen=True):
    """The image is compressed. Call `load_codecs`, then ask again."""


class Unreadable(msgspec.Struct, tag="unreadable", frozen=True):
    """The file has no image that can be shown."""

    code: Code
    message: str
    """What is wrong, for the person."""

    def problem(self) -> ImageProblem:
        """Return the exception for this answer."""
        return ImageProblem(self.code, self.message)


class FrameFile(msgspec.Struct, tag="frame_file", frozen=True):
    """A DICOM file made of one frame that a server sent by itself."""

    content: np.ndarray[Any, Any]
    """uint8, the bytes of the file."""


FrameAnswer = Frame | NeedsFile | NeedsCodecs | Unreadable
FileAnswer = FrameFile | Unreadable


def read_frame_answer(answer: Any) -> FrameAnswer:
    """Return the answer of `dicom_image` after it crossed from the worker."""
    found: FrameAnswer = msgspec.convert(answer, FrameAnswer)
    return found


def read_file_answer(answer: Any) -> FileAnswer:
    """Return the answer of `dicom_frame_file` after it crossed from the worker."""
    found: FileAnswer = msgspec.convert(answer, FileAnswer)
    return found
