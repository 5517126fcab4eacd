"""The line below the viewports: the pointer, what to do next, and the size of the image."""

from __future__ import annotations

from typing import Any, Protocol

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.gesture_parts import mask_to_paint
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.naming import name_of
from webapp.py.workspace.texts import KEY_POINTER_HELP, KEY_POINTER_HINT, adding_to


class StatusScope(Protocol):
    """What the status line needs from the workbench."""

    actions: ActionRunner

    @property
    def viewport(self) -> Viewport:
        """The active viewport."""

    @property
    def session(self) -> ImageSession:
        """The image session of the active viewport."""

    def attach_status(self, element: Any) -> None:
        """Keep the element that shows where the pointer is."""


def status_line(scope: StatusScope) -> Node:
    """Return the status line."""
    session = scope.session
    size = texts.image_size(session.width, session.height) if session.ready else ""
    hint, tip = hint_of(scope) if session.ready else ("", "")
    return h(
        "div",
        {"class": "status number"},
        h("span", {"class": "pixel", "ref": scope.attach_status}, ""),
        h("span", {"class": "grow", "title": tip or None}, hint),
        h("span", None, size),
    )


def hint_of(scope: StatusScope) -> tuple[str, str]:
    """Return what to do next, in a few words, and its tooltip, which says more."""
    session, canvas = scope.session, scope.viewport.canvas
    waiting = canvas.gestures.unfinished if canvas is not None else None
    tool = session.tool
    if waiting is not None:
        return waiting.hint, tool.help
    if canvas is not None and canvas.key_pointer.on:
        return KEY_POINTER_HINT, KEY_POINTER_HELP
    target = target_of(session)
    if target is not None:
        return adding_to(target, scope.actions.keys("new-object")), tool.help
    hint = (tool.hint_selected if session.selected else "") or tool.hint
    return hint or tool.help, tool.help


def target_of(session: ImageSession) -> str | None:
    """Return the name of the mask that the active tool adds to, or None if it begins a new one."""
    if "mask" not in session.tool.draws or session.closed is not None:
        return None
    target = mask_to_paint(session.context(1.0))
    return name_of(session, target.id) if target is not None else None
