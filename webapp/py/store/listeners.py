"""Lists of listeners, of which a failing one does not hold up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

_Callback = TypeVar("_Callback", bound=Callable[..., None])
_log = logging.getLogger(__name__)


def add(listeners: list[_Callback], listener: _Callback) -> Callable[[], None]:
    """Add a listener and return how to remove it."""
    listeners.append(listener)

    def unsubscribe() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return unsubscribe


def call(listeners: list[_Callback], *about: object) -> None:
    """Call every listener, and log what it raises."""
    for listener in list(listeners):
        try:
            listener(*about)
        except Exception:
            _log.exception("a listener failed")
