"""What the workbench adds to the top bar, and the menu with what narrow windows have no room for."""

from __future__ import annotations

from functools import partial

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.action_buttons import action_button
from webapp.py.pages.workbench.viewports.view_menu import view_menu
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import does, icon
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.actions import action

_ZOOM = ("zoom-out", "zoom-in", "fit", "actual")
_PROJECT = ("export", "palette", "shortcuts")


def workbench_toolbar(workbench: Workbench) -> Node:
    """Return the buttons that the workbench adds to the top bar."""
    actions, narrow = workbench.actions, workbench.panels.narrow
    divider = h("span", {"class": "divider"})
    return h(
        "div",
        {"class": "group"},
        action_button(actions, "undo"),
        action_button(actions, "redo"),
        [] if narrow else [divider, *(action_button(actions, one) for one in _ZOOM)],
        *view_menu(workbench),
        action_button(actions, "guide") if actions.can("guide") else None,
        _more(workbench) if narrow else [divider, *(action_button(actions, one) for one in _PROJECT)],
        divider,
    )


def _more(workbench: Workbench) -> list[Node]:
    return [
        h(
            "button",
            {
                "type": "button",
                "class": "tool",
                "popovertarget": "more-menu",
                "aria-label": texts.MORE,
                "data-tip": texts.MORE,
            },
            icon("ellipsis"),
        ),
        h(
            "div",
            {"id": "more-menu", "popover": "auto", "class": "popover more", "aria-label": texts.MORE},
            [_entry(workbench, one) for one in (*_ZOOM, *_PROJECT)],
        ),
    ]


def _entry(workbench: Workbench, action_id: str) -> Node:
    entry, keys = action(action_id), workbench.actions.keys(action_id)
    return h(
        "button",
        {
            "type": "button",
            "class": "plain",
            "key": action_id,
            "aria-label": entry.title,
            "popovertarget": "more-menu",
            "popovertargetaction": "hide",
            "disabled": not workbench.actions.can(action_id),
            "on_click": does(partial(workbench.actions.act, action_id)),
        },
        icon(entry.icon, small=True),
        h("span", None, entry.title),
        h("kbd", None, keys) if keys else None,
    )
