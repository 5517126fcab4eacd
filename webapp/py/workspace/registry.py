"""Finding the tools: every file of the package `webapp.tools` contains one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from webapp.py.workspace import texts
from webapp.py.workspace.settings import Choice, Setting, Slider, Switch
from webapp.py.workspace.tool import GROUPS, NEEDS, Tool

_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class BrokenTool:
    """A tool that cannot be used, and the reason as a sentence. ``id`` is the name of its file."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The usable tools, in the order of the toolbar, and the broken ones."""

    tools: tuple[Tool, ...]
    broken: tuple[BrokenTool, ...] = ()

    def tool(self, tool_id: str) -> Tool:
        """Return the tool with this id.

        Raises
        ------
        KeyError
            If there is none.
        """
        for tool in self.tools:
            if tool.id == tool_id:
                return tool
        raise KeyError(tool_id)

    def by_key(self, key: str) -> Tool | None:
        """Return the tool with this key, or None."""
        return next((tool for tool in self.tools if key and tool.key == key), None)


def find_tools(package: str = "webapp.tools") -> Registry:
    """Import every module of a package, by name, and return their tools.

    A module is turned off, without affecting the others, if it fails to import, does not contain exactly one
    tool, lacks a required attribute, or uses an id or key of a module earlier in the alphabet. Modules whose
    name starts with an underscore are skipped.
    """
    found: list[tuple[str, Tool]] = []
    broken: list[BrokenTool] = []
    folder = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(folder.__path__))
    for name in (name for name in names if not name.startswith("_")):
        try:
            tool = _tool_of(importlib.import_module(f"{package}.{name}"))
            reason = _fault(tool, [other for _, other in found])
        except Exception as error:
            reason = texts.cannot_load(error)
        if reason:
            broken.append(BrokenTool(name, texts.tool_file_off(name, reason)))
        else:
            found.append((name, tool))
    tools = sorted((tool for _, tool in found), key=lambda tool: (tool.order, tool.id))
    return Registry(tuple(tools), tuple(broken))


def _tool_of(module: ModuleType) -> Tool:
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Tool) and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise TypeError(texts.not_one_tool(len(classes)))
    return classes[0]()


def _fault(tool: Tool, others: Sequence[Tool]) -> str | None:
    """Return what is wrong with a tool, given those found before it."""
    for name in ("id", "title", "icon", "help"):
        value = getattr(tool, name, None)
        if not isinstance(value, str) or not value.strip():
            return texts.no_attribute(name)
    if not isinstance(tool.key, str) or not isinstance(tool.order, int):
        return texts.WRONG_KEY_OR_ORDER
    if tool.group not in GROUPS or tool.needs not in NEEDS:
        return texts.wrong_group_or_needs(GROUPS, NEEDS)
    if not _ID.fullmatch(tool.id):
        return texts.wrong_id(tool.id)
    if type(tool).gesture is Tool.gesture:
        return texts.NO_GESTURE
    taken = {other.id: other for other in others}
    if tool.id in taken:
        return texts.taken("id", tool.id, taken[tool.id].title)
    keys = {other.key: other for other in others if other.key}
    if tool.key in keys:
        return texts.taken("key", tool.key, keys[tool.key].title)
    return _settings_fault(tool.settings)


def _settings_fault(settings: Sequence[Setting]) -> str | None:
    names: set[str] = set()
    for setting in settings:
        if not isinstance(setting, Slider | Choice | Switch):
            return texts.WRONG_SETTING
        if setting.name in names:
            return texts.repeated_setting(setting.name)
        if setting.clean(setting.default) != setting.default:
            return texts.wrong_default(setting.name)
        names.add(setting.name)
    return None
