"""Remembers the class and the tool of each project in this browser."""

from __future__ import annotations

import msgspec

from webapp.py.pages.ports.machine import MachinePort
from webapp.py.workspace.labeling_state import LabelingState


class _Chosen(msgspec.Struct):
    class_id: str | None = None
    tool_id: str = ""


class Choices:
    """Stores what a person has chosen, and chooses it again when the project is opened.

    Parameters
    ----------
    labeling
        Has the active class and tool.
    machine
        Stores texts.
    """

    def __init__(self, labeling: LabelingState, machine: MachinePort) -> None:
        self._labeling, self._machine = labeling, machine
        self._key = f"limner.choices.{labeling.project}"
        self._stored = _read(machine.recall(self._key))

    def restore(self) -> None:
        """Choose the stored class and tool, as far as the project still has them."""
        labeling, stored = self._labeling, self._stored
        if stored.class_id is not None:
            labeling.choose_class(stored.class_id)
        if stored.tool_id and stored.tool_id != labeling.tool_id:
            labeling.choose_tool(stored.tool_id)

    def keep(self) -> None:
        """Store the class and the tool if they have changed."""
        labeling = self._labeling
        chosen = _Chosen(labeling.class_id, labeling.tool_id)
        if chosen != self._stored:
            self._stored = chosen
            self._machine.remember(self._key, msgspec.json.encode(chosen).decode())


def _read(text: str | None) -> _Chosen:
    try:
        return msgspec.json.decode(text or "{}", type=_Chosen)
    except msgspec.DecodeError:
        return _Chosen()
