"""Buttons of the workbench's actions."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from webapp.py.ui.parts import icon_button
from webapp.py.ui.tree import Node
from webapp.py.workspace.actions import action
from webapp.py.workspace.messages import KeyPress


class ActionRunner(Protocol):
    """Runs the actions of `webapp.py.workspace.actions` by their ids."""

    def act(self, action_id: str) -> None:
        """Run an action."""

    def can(self, action_id: str) -> bool:
        """Return whether an action is available now."""

    def keys(self, action_id: str) -> str:
        """Return the first shortcut of an action in this project, as text for people; empty for none."""

    def take_key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Handle a key and return whether the workbench used it; ``typing`` means in a text field."""


def action_button(
    actions: ActionRunner, action_id: str, *, side: str | None = None, pressed: bool | None = None
) -> Node:
    """Return the button of an action: its icon, title and shortcut, disabled while it is not available."""
    entry = action(action_id)
    return icon_button(
        entry.icon,
        entry.title,
        partial(actions.act, action_id),
        keys=actions.keys(action_id),
        side=side,
        pressed=pressed,
        disabled=not actions.can(action_id),
    )
