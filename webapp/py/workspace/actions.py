"""What can be done from the keyboard in the workspace: one list for keys, buttons and the help page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.py.domain.model import Instruction
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.tool import Key, Tool


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do; ``keys`` are combinations as `Key.combination` writes them."""

    id: str
    title: str
    group: str
    keys: tuple[str, ...] = ()


GENERAL = (
    Action("undo", "Undo", "Edit", ("ctrl+z",)),
    Action("redo", "Redo", "Edit", ("ctrl+shift+z", "ctrl+y")),
    Action("delete", "Delete the selection", "Edit", ("Delete", "Backspace")),
    Action("deselect", "Cancel, or select nothing", "Edit", ("Escape",)),
    Action("select-all", "Select everything", "Edit", ("ctrl+a",)),
    Action("previous", "Previous image", "Images", ("ArrowLeft",)),
    Action("next", "Next image", "Images", ("ArrowRight",)),
    Action("submit", "Submit the image and go on", "Images", ("ctrl+Enter",)),
    Action("skip", "Skip the image and go on", "Images", ("ctrl+shift+Enter",)),
    Action("zoom-in", "Zoom in", "View", ("+", "=", "shift++")),
    Action("zoom-out", "Zoom out", "View", ("-",)),
    Action("fit", "Fit the image", "View", ("0",)),
    Action("actual", "Actual size", "View", ("1",)),
    Action("shortcuts", "Keyboard shortcuts", "View", ("?", "shift+?")),
)

_NAMES = {
    "ctrl": "Ctrl",
    "shift": "Shift",
    "alt": "Alt",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Escape": "Esc",
    "Delete": "Del",
}


def shown(combination: str) -> str:
    """Return a key combination as people read it.

    Examples
    --------
    >>> shown("ctrl+shift+z")
    'Ctrl+Shift+Z'
    """
    if combination in ("+", "shift++"):
        return "+"
    parts = combination.split("+")
    return "+".join(_NAMES.get(part, part.upper() if len(part) == 1 else part) for part in parts)


def normalized(shortcut: str) -> str:
    """Return a shortcut as people write it (``SHIFT+N``) as a combination (``shift+n``), empty for none.

    Examples
    --------
    >>> normalized("Shift + N"), normalized("")
    ('shift+n', '')
    """
    parts = [part.strip().lower() for part in shortcut.split("+") if part.strip()]
    held = [name for name in ("ctrl", "alt", "shift") if name in parts]
    plain = [part for part in parts if part not in held]
    return "+".join([*held, *plain])


@dataclass(frozen=True, slots=True)
class Binding:
    """What a combination does: an action, a class or a tool, by id."""

    kind: str
    id: str


def bindings(instruction: Instruction, registry: Registry) -> dict[str, Binding]:
    """Return what every combination does. Classes win over tools, general actions over both."""
    table: dict[str, Binding] = {}
    for tool in registry.tools:
        if tool.key:
            table[normalized(tool.key)] = Binding("tool", tool.id)
    for one in instruction.classes:
        if one.shortcut:
            table[normalized(one.shortcut)] = Binding("class", one.id)
    for action in GENERAL:
        for keys in action.keys:
            table[keys] = Binding("action", action.id)
    return table


def conflicts(instruction: Instruction, registry: Registry) -> list[str]:
    """Return a sentence for each combination that two things of the workspace ask for."""
    users: dict[str, list[str]] = {}
    for tool in registry.tools:
        users.setdefault(normalized(tool.key), []).append(f"the tool “{tool.title}”")
    for one in instruction.classes:
        users.setdefault(normalized(one.shortcut), []).append(f"the class “{one.name}”")
    for action in GENERAL:
        for keys in action.keys:
            users.setdefault(keys, []).append(f"“{action.title}”")
    return [
        f"{shown(keys)} is asked for by {' and '.join(names)}."
        for keys, names in users.items()
        if keys and len(names) > 1
    ]


def wants(tool: Tool, key: Key, selected: Sequence[str]) -> bool:
    """Tell whether an idle tool reacts to a key: those that it names, while something is selected."""
    return bool(selected) and any(hint.key == key.combination for hint in tool.keys)
