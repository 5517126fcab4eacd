"""Calls to the compute worker and their answers: written as text and arrays, run step by step.

Arrays cross between page and worker as plain bytes that are handed over, everything else as JSON. Pixels of
an image need not cross: an `ImagePart` stands for them, and the worker takes them from the image it has. A
function that takes long is a generator: it yields ``Progress`` now and then; between two steps it can be
cancelled.
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

from webapp.py.compute.functions import FUNCTIONS, Function
from webapp.py.geometry.image_parts import ImagePart, VolumePart

_ARRAY = "__array__"
_IMAGE = "__image__"
_VOLUME = "__volume__"


class ComputeProblem(Exception):
    """A calculation gave no result; the text is a plain sentence for the person."""


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True)
class Progress:
    """How far a calculation is: ``share`` from 0 to 1."""

    share: float
    note: str = ""


def pack(value: Any) -> tuple[str, list[NDArray[Any]]]:
    """Write a value as JSON text, with its arrays apart.

    Parameters
    ----------
    value
        Numbers, strings, None, lists, dictionaries with string keys, msgspec structs, arrays of any shape
        with a numeric or boolean type, and parts of images.

    Returns
    -------
    text, arrays
        ``unpack`` makes the value of them again. The arrays are C-contiguous.

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
                raise TypeError(f"arrays of {item.dtype} cannot be handed over")
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
        raise TypeError(f"{type(item).__name__} cannot be handed over")

    return json.dumps(value, default=keep), arrays


def _no_image(part: ImagePart | VolumePart) -> Any:
    raise ComputeProblem("The image is not at hand any more. Open it again.")


def unpack(
    text: str, arrays: Sequence[NDArray[Any]], cut: Callable[[ImagePart | VolumePart], Any] = _no_image
) -> Any:
    """Make a value of what ``pack`` wrote; ``cut`` puts arrays in the place of parts of images and volumes.

    Raises
    ------
    ValueError
        When the text is no JSON or names an array that is not there.
    ComputeProblem
        When an image is wanted and not there.
    """

    def find(item: dict[str, Any]) -> Any:
        if item.keys() == {_IMAGE}:
            return cut(ImagePart(*item[_IMAGE]))
        if item.keys() == {_VOLUME}:
            return cut(VolumePart(tuple(item[_VOLUME])))
        if item.keys() != {_ARRAY}:
            return item
        index = item[_ARRAY]
        if not isinstance(index, int) or not 0 <= index < len(arrays):
            raise ValueError(f"there is no array {index!r}")
        return arrays[index]

    return json.loads(text, object_hook=find)


def to_bytes(array: NDArray[Any]) -> tuple[NDArray[np.uint8], list[int], str]:
    """Return an array's bytes (flat, uint8), its shape and its type's name."""
    flat = np.asarray(array, order="C").reshape(-1)
    return flat.view(np.uint8), list(array.shape), array.dtype.str


def from_bytes(data: Any, shape: Sequence[int], dtype: str) -> NDArray[Any]:
    """Return the array that ``to_bytes`` took apart; it shares the memory of ``data``.

    Raises
    ------
    ValueError
        When the bytes do not fill the shape, or the type is none that may be handed over.
    """
    kind = np.dtype(dtype)
    if kind.kind not in "biuf":
        raise ValueError(f"arrays of {kind} cannot be handed over")
    return np.frombuffer(data, kind).reshape(tuple(shape))


def function_named(name: str) -> Function:
    """Return the function of this name.

    Raises
    ------
    ComputeProblem
        When there is none.
    """
    if name not in FUNCTIONS:
        raise ComputeProblem(f"This version of Limner has no calculation named “{name}”.")
    return FUNCTIONS[name]


async def run(
    name: str,
    arguments: Mapping[str, Any],
    report: Callable[[Progress], Any] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Any:
    """Run a function by its name, with its packages loaded.

    Raises
    ------
    Cancelled
        As soon as ``cancelled()`` says so between two steps.
    ComputeProblem
        When it failed: with the function's own words, or with what a person can do.
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
            # Gives the worker the chance to hear that the call was cancelled.
            await asyncio.sleep(0)
            if cancelled():
                steps.close()
                raise Cancelled(name)
    except (ComputeProblem, Cancelled):
        raise
    except MemoryError as problem:
        raise ComputeProblem(
            "There was too little memory for this calculation. Try a smaller area."
        ) from problem
    except Exception as problem:
        kind = type(problem).__name__
        raise ComputeProblem(f"The calculation “{name}” failed ({kind}: {problem}).") from problem
