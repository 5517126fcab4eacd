"""Everything that has a key, as lines for the help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.py.domain.model import Instruction
from webapp.py.workspace import texts
from webapp.py.workspace.actions import (
    ACTIONS,
    Binding,
    bindings,
    class_keys,
    normalized,
    setting_keys,
    shown,
)
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Slider
from webapp.py.workspace.tool import Tool


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A line of the help: what it does, its keys as text, and a note."""

    title: str
    keys: tuple[str, ...]
    note: str = ""


_POINTER_LINES = tuple(HelpLine(*line) for line in texts.POINTER_LINES)


def shortcut_groups(instruction: Instruction, registry: Registry) -> dict[str, list[HelpLine]]:
    """Return everything that has a key, by group, without keys that something else uses."""
    table = bindings(instruction, registry)

    def own(kind: str, name: str, keys: Sequence[str]) -> tuple[str, ...]:
        got = [one for one in keys if one in table and (table[one].kind, table[one].id) == (kind, name)]
        return tuple(dict.fromkeys(shown(one) for one in got))

    groups: dict[str, list[HelpLine]] = {texts.CLASSES: [], texts.TOOLS: []}
    for one in instruction.classes:
        keys = own("class", one.id, class_keys(instruction, registry, one.id))
        if keys:
            groups[texts.CLASSES].append(HelpLine(one.name, keys))
    for tool in registry.tools:
        groups[texts.TOOLS].append(HelpLine(tool.title, own("tool", tool.id, [normalized(tool.key)])))
    for entry in ACTIONS:
        groups.setdefault(entry.group, []).append(HelpLine(entry.title, own("action", entry.id, entry.keys)))
    groups["View"].append(HelpLine(texts.HELD_KEY_PANS, ("Space",)))
    groups["Draw with the keyboard"] += _POINTER_LINES
    for tool in registry.tools:
        lines = _lines_of(tool, table)
        if lines:
            groups[texts.while_active(tool.title)] = lines
    return {title: lines for title, lines in groups.items() if lines}


def _lines_of(tool: Tool, table: dict[str, Binding]) -> list[HelpLine]:
    def free(key: str) -> bool:
        return key not in table or table[key].kind != "class"

    lines = []
    for setting in tool.settings:
        keys = tuple(shown(key) for key in setting_keys(setting) if free(key))
        if keys:
            wheel = isinstance(setting, Slider) and setting.wheel
            lines.append(HelpLine(setting.title, keys, texts.OR_SHIFT_WHEEL if wheel else ""))
    hints: dict[str, list[str]] = {}
    for hint in tool.keys:
        if free(hint.key):
            hints.setdefault(hint.does, []).append(shown(hint.key))
    return lines + [HelpLine(does, tuple(keys)) for does, keys in hints.items()]
