"""The command palette: type a few letters, find any action, tool, class or image, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from webapp.py.pages.shell.state import AppState
from webapp.py.pages.workbench.commands import act, can, keys_of
from webapp.py.ui.parts import does, focus_keeper, icon, plural
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import ACTIONS, bindings, normalized, shown
from webapp.py.workspace.finding import MOST_SCANNED, Finder, find, remembered

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App
    from webapp.py.pages.workbench.workbench import Workbench

ROWS = 10
"""Entries in sight at once; further ones move in with the arrow keys."""
_RECENT = "limner.recent"
_MOVES = {"ArrowDown": 1, "ArrowUp": -1, "PageDown": ROWS, "PageUp": -ROWS}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that the palette finds; ``keys`` as people read them."""

    id: str
    title: str
    group: str
    do: Callable[[], object]
    keys: str = ""
    icon: str = ""
    color: str = ""


def entries(workbench: Workbench, images: str) -> Iterator[Entry]:
    """Give everything that can be found now; last the images whose name or place has the words ``images``."""
    session = workbench.work.session
    table = bindings(session.instruction, workbench.registry)
    for one in session.instruction.classes:
        keys = normalized(one.shortcut)
        own = keys in table and (table[keys].kind, table[keys].id) == ("class", one.id)
        choose = partial(workbench.choose_class, one.id)
        yield Entry(f"class {one.id}", one.name, "Class", choose, shown(keys) if own else "", color=one.color)
    for tool in workbench.registry.tools:
        if tool.id not in session.switched_off:
            keys = normalized(tool.key)
            own = keys in table and table[keys].kind == "tool"
            pick = partial(workbench.choose_tool, tool.id)
            yield Entry(f"tool {tool.id}", tool.title, "Tool", pick, shown(keys) if own else "", tool.icon)
    for action in ACTIONS:
        if action.id != "palette" and can(workbench, action.id):
            do = partial(act, workbench, action.id)
            yield Entry(
                f"action {action.id}", action.title, action.group, do, keys_of(workbench, action), action.icon
            )
    for operation in workbench.menu.usable():
        # With the settings that it had last; the menu is where they are changed.
        run = partial(workbench.menu.run, operation)
        yield Entry(f"operation {operation.id}", operation.title, "Selection", run, icon=operation.icon)
    for asset in workbench.work.image_list.index.named(images, MOST_SCANNED) if images else ():
        place = f"Image in {asset.folder}" if asset.folder else "Image"
        go = partial(workbench.open_asset, asset.ordinal)
        yield Entry(f"image {asset.ordinal}", asset.name, place, go, icon="image")


def open_palette(app: App) -> None:
    """Read which entries were used last; to be called when the palette opens."""
    try:
        recent = msgspec.json.decode(app.ports.machine.recall(_RECENT) or "[]", type=list[str])
    except msgspec.DecodeError:
        recent = []
    app.state.finder = Finder(recent=recent)


def palette(state: AppState, app: App) -> Node:
    """Return the palette."""
    finder = state.finder
    found = _found(state, app)
    finder.cursor = min(finder.cursor, max(len(found) - 1, 0))
    first = min(max(finder.cursor - ROWS // 2, 0), max(len(found) - ROWS, 0))
    in_sight = list(enumerate(found))[first : first + ROWS]
    return h(
        "wa-dialog",
        {
            "class": "sheet palette",
            "label": "Find a command, class or image",
            "without-header": True,
            "open": True,
            "light-dismiss": True,
            "key": "palette",
            "ref": focus_keeper,
            "on_wa_hide": does(app.close_sheet),
        },
        h("div", {"class": "palette-head"}, icon("search"), _field(finder, found, app)),
        h(
            "div",
            {"class": "palette-list", "id": "palette-list", "role": "listbox", "aria-label": "Found"},
            [_row(entry, number, len(found), number == finder.cursor, app) for number, entry in in_sight],
        ),
        h(
            "p",
            {"class": "palette-foot number", "role": "status"},
            f"{plural(len(found), 'entry', 'entries')} found" if found else "Nothing has this name.",
        ),
    )


def _found(state: AppState, app: App) -> list[Entry]:
    finder = state.finder
    # A letter or two would find half of all images; and their ids are only worth a look when typed.
    images = finder.query.strip()
    return find(entries(app.workbench, images if len(images) > 1 else ""), finder.query, finder.recent)


def _field(finder: Finder, found: Sequence[Entry], app: App) -> Node:
    def typed(event: Event) -> None:
        finder.query, finder.cursor = event.value, 0
        app.ports.render()

    def pressed(event: Event) -> None:
        # What is on the page may be a frame older than what was typed.
        now = _found(app.state, app) if event.key in _MOVES or event.key == "Enter" else []
        if event.key in _MOVES:
            event.prevent()
            finder.cursor = _moved(finder.cursor, _MOVES[event.key], len(now))
            app.ports.render()
        elif now:
            event.prevent()
            _choose(now[min(finder.cursor, len(now) - 1)], app)

    chosen = found[finder.cursor].id if found else ""
    return h(
        "input",
        {
            "type": "text",
            "autofocus": True,
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": "Type a command, class or image",
            "aria-label": "Find a command, class or image",
            "role": "combobox",
            "aria-expanded": True,
            "aria-controls": "palette-list",
            "aria-autocomplete": "list",
            "aria-activedescendant": _element(chosen) if chosen else None,
            "prop:value": finder.query,
            "on_input": typed,
            "on_keydown": pressed,
        },
    )


def _moved(cursor: int, by: int, count: int) -> int:
    """Return the next place: one step goes round at the ends, a page stops there."""
    if count == 0:
        return 0
    return (cursor + by) % count if abs(by) == 1 else min(max(cursor + by, 0), count - 1)


def _row(entry: Entry, number: int, count: int, chosen: bool, app: App) -> Node:
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
            "on_click": does(partial(_choose, entry, app)),
        },
        mark,
        h("span", {"class": "name"}, entry.title),
        h("span", {"class": "kind"}, entry.group),
        h("kbd", None, entry.keys) if entry.keys else None,
    )


def _choose(entry: Entry, app: App) -> None:
    recent = remembered(app.state.finder.recent, entry.id)
    app.ports.machine.remember(_RECENT, msgspec.json.encode(recent).decode())
    app.close_sheet()
    entry.do()


def _element(entry_id: str) -> str:
    return "found-" + "".join(letter if letter.isalnum() else "-" for letter in entry_id)
