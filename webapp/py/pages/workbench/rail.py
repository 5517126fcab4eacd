"""The tools beside the viewports, in groups."""

from __future__ import annotations

from functools import partial

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import icon, icon_button
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.actions import shown
from webapp.py.workspace.tool import GROUPS, Tool


def rail(workbench: Workbench) -> Node:
    """Return the tools that the image can use, and those that are turned off."""
    session = workbench.session
    offered = [
        tool
        for tool in workbench.labeling.tools
        if tool.id == session.tool_id or workbench.viewport.suits(tool)
    ]
    groups = [(title, [tool for tool in offered if tool.group == group]) for group, title in GROUPS.items()]
    return h(
        "nav",
        {"class": "rail", "aria-label": texts.TOOLS},
        [
            h(
                "div",
                {"class": "tools", "role": "group", "aria-label": title, "key": title},
                [_button(workbench, tool) for tool in tools],
            )
            for title, tools in groups
            if tools
        ],
        _broken(workbench) if session.registry.broken else None,
    )


def _button(workbench: Workbench, tool: Tool) -> Node:
    session = workbench.session
    return icon_button(
        tool.icon,
        session.switched_off.get(tool.id) or tool.title,
        partial(session.choose_tool, tool.id),
        keys=shown(tool.key),
        side="right",
        pressed=tool.id == session.tool_id,
        disabled=tool.id in session.switched_off,
    )


def _broken(workbench: Workbench) -> Node:
    return h(
        "div",
        {"class": "tools", "key": "broken"},
        [
            h(
                "span",
                {
                    "class": "tool",
                    "data-tip": tool.reason,
                    "data-tip-side": "right",
                    "role": "img",
                    "aria-label": tool.reason,
                },
                icon("triangle-alert"),
            )
            for tool in workbench.session.registry.broken
        ],
    )
