"""Calls to the compute worker and their results: packed as text and arrays, run step by step.

Arrays move between page and worker as bytes, without a copy; everything else is JSON. The pixels of an image
need not move: an `ImagePart` stands for them, and the worker takes them from its own copy of the image. A
function that takes long is a generator that yields `Progress`. It can be cancelled between two steps.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.functions import FUNCTIONS, Function
from webapp.py.geometry.image_parts import ImagePart, VolumePart

_ARRAY = "__array__"
_IMAGE = "__image__"
_VOLUME = "__volume__"


class ComputeProblem(Exception):
    """A calculation has no result. The text is a sentence for the person."""


class OutOfMemory(ComputeProblem):
    """There was not enough memory. The memory of a worker never shrinks, so a new worker has more."""

    def __init__(self, message: str = texts.NO_MEMORY) -> None:
        super().__init__(message)


class Cancelled(Exception):
    """The result is no longer needed."""


@dataclass(frozen=True)
class Progress:
    """How far a calculation is: ``share`` is from 0 to 1."""

    share: float
    note: str = ""


def pack(value: Any) -> tuple[str, list[NDArray[Any]]]:
    """Return a value as JSON text and its arrays separately.

    Parameters
    ----------
    value
        Numbers, strings, None, lists, dictionaries with string keys, msgspec structs, arrays of any shape
        with a numeric or boolean type, and parts of images.

    Returns
    -------
    text, arrays
        For `unpack`. The arrays are C-contiguous.

    Raises
    ------
    TypeError
        For anything else.

    Examples
    --------
    >>> pack({"size": 3, "labels": np.zeros((1, 2), np.uint8)})
    ('{"size": 3, "labels": {"__array__": 0}}', [array([[0, 0]], dtype=uint8)])
    """
    arrays: list[NDArray[Any]] = []

    def keep(item: Any) -> Any:
        if isinstance(item, np.ndarray):
            if item.dtype.kind not in "biuf":
                raise TypeError(f"arrays of {item.dtype} cannot be passed on")
            arrays.append(np.asarray(item, order="C"))
            return {_ARRAY: len(arrays) - 1}
        if isinstance(item, ImagePart):
            return {_IMAGE: [item.address, *item.rect, item.columns, item.rows]}
        if isinstance(item, VolumePart):
            return {_VOLUME: list(item.slices)}
        if isinstance(item, np.generic):
            return item.item()
        if isinstance(item, msgspec.Struct):
            return msgspec.to_builtins(item, enc_hook=keep)
        raise TypeError(f"{type(item).__name__} cannot be passed on")

    return json.dumps(value, default=keep), arrays


def _no_image(part: ImagePart | VolumePart) -> Any:
    raise ComputeProblem(texts.IMAGE_GONE)


def unpack(
    text: str, arrays: Sequence[NDArray[Any]], pixels_of: Callable[[ImagePart | VolumePart], Any] = _no_image
) -> Any:
    """Return the value that `pack` packed.

    Parameters
    ----------
    text, arrays
        From `pack`. The arrays have any shape.
    pixels_of
        Returns the array that an image part or volume part stands for.

    Raises
    ------
    ValueError
        If the text is not JSON, or refers to an array that does not exist.
    ComputeProblem
        If the pixels of a part are not available.

    Examples
    --------
    >>> unpack(*pack({"size": 3, "labels": np.zeros((1, 2), np.uint8)}))
    {'size': 3, 'labels': array([[0, 0]], dtype=uint8)}
    """

    def find(item: dict[str, Any]) -> Any:
        if item.keys() == {_IMAGE}:
            return pixels_of(ImagePart(*item[_IMAGE]))
        if item.keys() == {_VOLUME}:
            return pixels_of(VolumePart(tuple(item[_VOLUME])))
        if item.keys() != {_ARRAY}:
            return item
        index = item[_ARRAY]
        if not isinstance(index, int) or not 0 <= index < len(arrays):
            raise ValueError(f"there is no array {index!r}")
        return arrays[index]

    return json.loads(text, object_hook=find)


def to_bytes(array: NDArray[Any]) -> tuple[NDArray[np.uint8], list[int], str]:
    """Return the bytes of an array (uint8 of shape (bytes,)), its shape and the name of its type.

    Examples
    --------
    >>> to_bytes(np.ones((1, 2), np.uint8))
    (array([1, 1], dtype=uint8), [1, 2], '|u1')
    """
    flat = np.asarray(array, order="C").reshape(-1)
    return flat.view(np.uint8), list(array.shape), array.dtype.str


def from_bytes(data: Any, shape: Sequence[int], dtype: str) -> NDArray[Any]:
    """Return the array of `to_bytes`. It shares the memory of ``data``.

    Parameters
    ----------
    data
        Its bytes: anything with a buffer.
    shape, dtype
        Its shape, and the name of its type.

    Raises
    ------
    ValueError
        If the bytes do not fill the shape, or arrays of this type cannot be passed on.

    Examples
    --------
    >>> from_bytes(bytes([1, 2]), [1, 2], "|u1")
    array([[1, 2]], dtype=uint8)
    """
    kind = np.dtype(dtype)
    if kind.kind not in "biuf":
        raise ValueError(f"arrays of {kind} cannot be passed on")
    return np.frombuffer(data, kind).reshape(tuple(shape))


def function_named(name: str) -> Function:
    """Return the function with this name.

    Raises
    ------
    ComputeProblem
        If there is none.

    Examples
    --------
    >>> function_named("grow").module
    'webapp.py.compute.color_growing'
    """
    if name not in FUNCTIONS:
        raise ComputeProblem(texts.unknown_function(name))
    return FUNCTIONS[name]


async def run(
    name: str,
    arguments: Mapping[str, Any],
    report: Callable[[Progress], Any] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Any:
    """Run a function by its name and return its result. Its packages must be loaded.

    Parameters
    ----------
    name
        A key of `functions.FUNCTIONS`.
    arguments
        Its arguments by name.
    report
        Called with each progress.
    cancelled
        Asked before the first step and between steps.

    Raises
    ------
    Cancelled
        If ``cancelled()`` returns True.
    ComputeProblem
        If the function fails or does not exist.

    Examples
    --------
    >>> asyncio.run(run("missing_slices", {"addresses": ["http://pacs/1.dcm"]}))
    [0]
    """
    function = function_named(name).load()
    if cancelled():
        raise Cancelled(name)
    try:
        result: Any = function(**arguments)
        if not inspect.isgenerator(result):
            return result
        steps: Any = result
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return stop.value
            report(progress)
            # Gives the worker a chance to receive a cancellation.
            await asyncio.sleep(0)
            if cancelled():
                steps.close()
                raise Cancelled(name)
    except (ComputeProblem, Cancelled):
        raise
    except MemoryError as problem:
        raise OutOfMemory from problem
    except (Exception, SystemExit) as problem:
        raise ComputeProblem(texts.failed(name, problem)) from problem
