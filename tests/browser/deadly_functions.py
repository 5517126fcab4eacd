"""Ends the compute worker in the ways that a decoder can. Only in a copy of the site, for tests."""

from __future__ import annotations

import ctypes
from typing import Any

from webapp.py.compute.functions import FUNCTIONS, Function


def trap(note: str = "", pixels: Any = None) -> None:
    """Read beyond the memory of the WebAssembly module, as a decoder with a wrong length does."""
    ctypes.string_at(0xFFFFFF00, 64)


def abort() -> None:
    """End the process, as C code does that cannot go on."""
    ctypes.CDLL(None).abort()


def hang(note: str = "") -> None:
    """Never return."""
    while True:
        pass


def exhaust() -> None:
    """Ask for more memory than there can be."""
    import numpy as np

    [np.empty(2**31 - 2**16, np.uint8) for _ in range(3)]


def echo(value: Any) -> Any:
    """Return what was given."""
    return value


for _name in ("trap", "abort", "hang", "exhaust", "echo"):
    FUNCTIONS[_name] = Function(__name__, _name, ())
