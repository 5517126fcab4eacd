"""Finding the tools: every file of the package `webapp.tools` that holds a tool is one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from webapp.py.workspace.settings import Choice, Setting, Slider, Switch
from webapp.py.workspace.tool import Tool

_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class BrokenTool:
    """A tool that cannot be used, and why, for a person to read. ``id`` is the name of its file."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The tools that can be used, in the order of the tool bar, and those that cannot."""

    tools: tuple[Tool, ...]
    broken: tuple[BrokenTool, ...] = ()

    def tool(self, tool_id: str) -> Tool:
        """Return the tool of that id.

        Raises
        ------
        KeyError
            When there is none.
        """
        for tool in self.tools:
            if tool.id == tool_id:
                return tool
        raise KeyError(tool_id)

    def by_key(self, key: str) -> Tool | None:
        """Return the tool that a key picks, or None."""
        return next((tool for tool in self.tools if key and tool.key == key), None)


def find_tools(package: str = "webapp.tools") -> Registry:
    """Import every module of a package, by name, and return the tools in them.

    A module is switched off, never the others, when it fails to import, holds no tool or more than one, lacks
    a required attribute, or takes an id or key that a module earlier in the alphabet has. Modules whose name
    begins with an underscore are passed over.
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
            reason = f"it could not be loaded ({type(error).__name__}: {error})"
        if reason:
            broken.append(BrokenTool(name, f"The tool file {name}.py is switched off: {reason}."))
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
        raise TypeError(f"a tool file holds one subclass of Tool, this one {len(classes)}")
    return classes[0]()


def _fault(tool: Tool, others: Sequence[Tool]) -> str | None:
    """Return what is wrong with a tool, given those that were found before it."""
    for name in ("id", "title", "icon", "help"):
        value = getattr(tool, name, None)
        if not isinstance(value, str) or not value.strip():
            return f"it does not say its {name}"
    if not isinstance(tool.key, str) or not isinstance(tool.order, int):
        return "its key is no text or its order no whole number"
    if not _ID.fullmatch(tool.id):
        return f"its id {tool.id!r} is not a lower-case word"
    if type(tool).gesture is Tool.gesture:
        return "it has no gesture"
    taken = {other.id: other for other in others}
    if tool.id in taken:
        return f"its id {tool.id!r} is taken by “{taken[tool.id].title}”"
    keys = {other.key: other for other in others if other.key}
    if tool.key in keys:
        return f"its key {tool.key!r} is taken by “{keys[tool.key].title}”"
    return _settings_fault(tool.settings)


def _settings_fault(settings: Sequence[Setting]) -> str | None:
    names: set[str] = set()
    for setting in settings:
        if not isinstance(setting, Slider | Choice | Switch):
            return "its settings hold something that is not a Slider, Choice or Switch"
        if setting.name in names:
            return f"it has two settings named {setting.name!r}"
        if setting.clean(setting.default) != setting.default:
            return f"the default of its setting {setting.name!r} is out of range"
        names.add(setting.name)
    return None
