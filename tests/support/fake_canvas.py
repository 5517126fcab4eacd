"""A viewport without a browser: it remembers what gestures asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.tool import ViewChange

Question = tuple[str, Callable[[Any], None], Callable[[str], None]]


class FakeCanvas:
    display_key = ""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.moves: list[ViewChange] = []
        self.questions: list[Question] = []
        self.arguments: list[Mapping[str, Any]] = []
        self.pauses: list[float] = []
        self.called_off: list[Question] = []
        self.view: Camera | None = None
        self.undo: Callable[[], object] | None = None

    def move_camera(self, move: ViewChange) -> None:
        self.moves.append(move)

    def notify(self, text: str, undo: Callable[[], object] | None = None) -> None:
        self.told.append(text)
        self.undo = undo

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        question = (function, answered, failed)
        self.questions.append(question)
        self.pauses.append(pause)
        self.arguments.append(arguments)
        return lambda: self.called_off.append(question)
