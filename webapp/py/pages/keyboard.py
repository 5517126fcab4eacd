"""What the keys of the workspace do."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.pages.desk import Desk
from webapp.py.workspace.actions import bindings, wants
from webapp.py.workspace.messages import Key
from webapp.py.workspace.settings import Choice, Slider, Switch

_ALWAYS = ("ctrl+z", "ctrl+shift+z", "ctrl+y")
"""Keys that end a gesture under way instead of going to it."""


def take_key(desk: Desk, key: Key) -> bool:
    """Take a key that was pressed on the page; True when it was for the workspace."""
    work, stage = desk.state.work, desk.stage
    if work is None or desk.state.sheet or stage is None:
        return False
    if _turn_setting(desk, key):
        return True
    if stage.gestures.busy and key.combination not in _ALWAYS:
        stage.key(key)
        return True
    if wants(work.session.tool, key, work.session.selected):
        stage.key(key)
        return True
    found = bindings(work.session.instruction, desk.registry).get(key.combination)
    if found is None:
        return False
    if found.kind == "tool":
        desk.choose_tool(found.id)
    elif found.kind == "class":
        desk.choose_class(found.id)
    else:
        act(desk, found.id)
    return True


def act(desk: Desk, action: str) -> None:
    """Do one of the general actions, by id."""
    session = desk.work.session
    table: dict[str, Callable[[], object]] = {
        "undo": desk.undo,
        "redo": desk.redo,
        "delete": session.delete_selected,
        "deselect": lambda: session.select(()),
        "select-all": lambda: session.select(view.id for view in session.annotations),
        "previous": lambda: desk.step(-1),
        "next": lambda: desk.step(1),
        "submit": desk.submit,
        "skip": desk.skip,
        "zoom-in": lambda: desk.zoom("in"),
        "zoom-out": lambda: desk.zoom("out"),
        "fit": lambda: desk.zoom("fit"),
        "actual": lambda: desk.zoom("actual"),
        "shortcuts": lambda: desk.app.open_sheet("shortcuts"),
    }
    table[action]()


def _turn_setting(desk: Desk, key: Key) -> bool:
    session = desk.work.session
    values = session.settings_of(session.tool_id)
    for setting in session.tool.settings:
        value = values[setting.name]
        if isinstance(setting, Slider) and setting.keys and key.combination in setting.keys:
            steps = -1 if key.combination == setting.keys[0] else 1
            desk.change_setting(session.tool_id, setting.name, setting.turned(float(value), steps))
        elif isinstance(setting, Choice) and key.combination == setting.key:
            desk.change_setting(session.tool_id, setting.name, setting.turned(str(value), 1))
        elif isinstance(setting, Switch) and key.combination == setting.key:
            desk.change_setting(session.tool_id, setting.name, setting.turned(bool(value), 1))
        else:
            continue
        return True
    return False
