"""The command palette: type a few letters, choose a command of the page, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.shell import Command
from webapp.py.pages.shell import texts
from webapp.py.ui.parts import does, icon, modal
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.finding import find, remembered

ROWS = 10
"""Commands that are shown at once. The arrow keys scroll to the others."""
_RECENT = "limner.recent"
_MOVES = {"ArrowDown": 1, "ArrowUp": -1, "PageDown": ROWS, "PageUp": -ROWS}


class CommandPalette:
    """The palette while it is open.

    Parameters
    ----------
    machine
        Remembers the commands that were used last.
    commands
        Returns the commands that match what was typed.
    close
        Closes the palette.
    """

    query = reactive("")
    cursor = reactive(0)

    def __init__(
        self,
        machine: MachinePort,
        commands: Callable[[str], Iterable[Command]],
        close: Callable[[], None],
    ) -> None:
        self._machine, self._commands, self._close = machine, commands, close
        try:
            recent = msgspec.json.decode(machine.recall(_RECENT) or "[]", type=list[str])
        except msgspec.DecodeError:
            recent = []
        self._recent = recent

    def view(self) -> Node:
        """Return the palette."""
        found = self._found()
        cursor = min(self.cursor, max(len(found) - 1, 0))
        first = min(max(cursor - ROWS // 2, 0), max(len(found) - ROWS, 0))
        visible = list(enumerate(found))[first : first + ROWS]
        return modal(
            texts.FIND_COMMAND,
            self._close,
            h("div", {"class": "palette-head"}, icon("search"), self._field(found, cursor)),
            h(
                "div",
                {
                    "class": "palette-list",
                    "id": "palette-list",
                    "role": "listbox",
                    "aria-label": texts.RESULTS,
                },
                [self._row(entry, number, len(found), number == cursor) for number, entry in visible],
            ),
            h(
                "p",
                {"class": "palette-foot number", "role": "status"},
                texts.results(len(found)),
            ),
            kind="palette",
        )

    def _found(self) -> list[Command]:
        return find(self._commands(self.query.strip()), self.query, self._recent)

    def _field(self, found: Sequence[Command], cursor: int) -> Node:
        def typed(event: Event) -> None:
            self.query, self.cursor = event.value, 0

        def pressed(event: Event) -> None:
            # The list on the page may be one frame older than what was typed.
            now = self._found() if event.key in _MOVES or event.key == "Enter" else []
            if event.key in _MOVES:
                event.prevent()
                self.cursor = _moved(min(self.cursor, max(len(now) - 1, 0)), _MOVES[event.key], len(now))
            elif now:
                event.prevent()
                self._choose(now[min(self.cursor, len(now) - 1)])

        chosen = found[cursor].id if found else ""
        return h(
            "input",
            {
                "type": "text",
                "autofocus": True,
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": texts.TYPE_COMMAND,
                "aria-label": texts.FIND_COMMAND,
                "role": "combobox",
                "aria-expanded": True,
                "aria-controls": "palette-list",
                "aria-autocomplete": "list",
                "aria-activedescendant": _element(chosen) if chosen else None,
                "prop:value": self.query,
                "on_input": typed,
                "on_keydown": pressed,
            },
        )

    def _row(self, entry: Command, number: int, count: int, chosen: bool) -> Node:
        mark = (
            h("span", {"class": "swatch", "style": f"--color:{entry.color}"})
            if entry.color
            else icon(entry.icon or "chevron-right", small=True)
        )
        return h(
            "div",
            {
                "key": entry.id,
                "id": _element(entry.id),
                "role": "option",
                "class": "found",
                "aria-selected": chosen,
                "aria-posinset": number + 1,
                "aria-setsize": count,
                "on_click": does(partial(self._choose, entry)),
            },
            mark,
            h("span", {"class": "name"}, entry.title),
            h("span", {"class": "kind"}, entry.group),
            h("kbd", None, entry.keys) if entry.keys else None,
        )

    def _choose(self, entry: Command) -> None:
        recent = remembered(self._recent, entry.id)
        self._machine.remember(_RECENT, msgspec.json.encode(recent).decode())
        self._close()
        entry.do()


def _moved(cursor: int, by: int, count: int) -> int:
    """Return the next cursor: single steps wrap around at the ends, pages stop there."""
    if count == 0:
        return 0
    return (cursor + by) % count if abs(by) == 1 else min(max(cursor + by, 0), count - 1)


def _element(entry_id: str) -> str:
    return "found-" + "".join(letter if letter.isalnum() else "-" for letter in entry_id)
