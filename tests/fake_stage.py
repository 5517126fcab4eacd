"""A viewport without a browser: it remembers what gestures asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.py.workspace.tool import Camera


class FakeStage:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.moves: list[Camera] = []
        self.questions: list[tuple[str, Callable[[Any], None], Callable[[str], None]]] = []

    def move_camera(self, move: Camera) -> None:
        self.moves.append(move)

    def notify(self, text: str) -> None:
        self.told.append(text)

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        self.questions.append((function, answered, failed))
