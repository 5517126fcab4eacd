"""The context menu as a tree: actions and operations on the selection, or on the image."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.menu import texts
from webapp.py.pages.workbench.menu.context_menu import ContextMenu
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.ui.parts import button, does, icon
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import action
from webapp.py.workspace.operations import Operation
from webapp.py.workspace.settings import Slider

_OF_IMAGE = ("undo", "redo", "select-all", "fit", "actual")
_MARGIN = 8.0
"""CSS pixels between the menu and the edge of the view."""


def context_menu(menu: ContextMenu, viewport: Viewport, actions: ActionRunner) -> Node | None:
    """Return the menu if it is open in this viewport, else None."""
    if menu.viewport is not viewport or viewport.canvas is None or viewport.canvas.view is None:
        return None
    view = viewport.canvas.view
    across = f"left:{menu.x:.0f}px" if menu.x < view.width / 2 else f"right:{view.width - menu.x:.0f}px"
    below = menu.y < view.height / 2
    down = f"top:{menu.y:.0f}px" if below else f"bottom:{view.height - menu.y:.0f}px"
    room = (view.height - menu.y if below else menu.y) - _MARGIN
    chosen = bool(viewport.session.selected)
    return h(
        "div",
        {
            "class": "menu-layer",
            "on_pointerdown": does(menu.close),
            "on_contextmenu": lambda event: event.prevent(),
        },
        h(
            "div",
            {
                "class": "menu",
                # Not a menu in ARIA's sense, because that can't contain the fields of settings.
                "role": "dialog",
                "aria-label": texts.SELECTION if chosen else texts.IMAGE,
                "style": f"{across};{down};max-height:{room:.0f}px",
                "ref": menu.attach,
                "on_pointerdown": lambda event: event.stop(),
                "on_keydown": partial(_key, menu),
            },
            _classes(menu, viewport) if chosen else None,
            [_action(menu, actions, name) for name in (texts.OF_SELECTION if chosen else _OF_IMAGE)],
            [_action(menu, actions, name) for name in texts.OF_OBJECT if actions.can(name)],
            _operations(menu) if chosen else None,
        ),
    )


def _key(menu: ContextMenu, event: Event) -> None:
    moves: dict[str, Callable[[], None]] = {
        "Escape": menu.close,
        "ArrowDown": lambda: menu.step(1),
        "ArrowUp": lambda: menu.step(-1),
        "Tab": lambda: menu.step(-1 if event.shift else 1, settings=True),
    }
    event.stop()
    if event.key in moves:
        event.prevent()
        moves[event.key]()


def _classes(menu: ContextMenu, viewport: Viewport) -> Node:
    session = viewport.session
    used = {view.class_id for view in session.annotations if view.id in session.selected}

    def give(class_id: str) -> None:
        session.reclassify(class_id)
        menu.close()

    return h(
        "div",
        {"class": "menu-classes", "role": "group", "aria-label": texts.CLASS},
        [
            h(
                "button",
                {
                    "type": "button",
                    "key": one.id,
                    "class": "menu-chip",
                    "style": f"--color:{one.color}",
                    "aria-current": used == {one.id},
                    "on_click": does(partial(give, one.id)),
                },
                h("span", {"class": "swatch"}),
                one.name,
            )
            for one in session.instruction.classes
        ],
    )


def _action(menu: ContextMenu, actions: ActionRunner, action_id: str) -> Node:
    entry = action(action_id)

    def do() -> None:
        menu.close()
        actions.act(action_id)

    title = (texts.OF_SELECTION | texts.OF_OBJECT).get(action_id, entry.title)
    return _line(title, entry.icon, do, keys=actions.keys(action_id), disabled=not actions.can(action_id))


def _operations(menu: ContextMenu) -> list[Node]:
    lines: list[Node] = []
    group = ""
    for one in menu.usable():
        if one.group != group:
            group = one.group
            lines.append(h("h2", {"key": f"group {group}"}, group))
        unfolded = menu.unfolded is one
        lines.append(
            _line(one.title, one.icon, partial(menu.unfold, one), tip=one.help, unfolded=unfolded)
            if one.settings
            else _line(one.title, one.icon, partial(menu.run, one), tip=one.help)
        )
        if unfolded:
            lines.append(_settings(menu, one))
    return lines


def _settings(menu: ContextMenu, operation: Operation) -> Node:
    found = menu.parameters(operation)

    def submit(event: Event) -> None:
        event.prevent()
        menu.run(operation)

    def key(event: Event) -> None:
        if event.key in ("ArrowUp", "ArrowDown"):
            event.stop()  # they change the number

    return h(
        "form",
        {
            "class": "menu-settings",
            "key": f"settings {operation.id}",
            "on_submit": submit,
            "on_keydown": key,
            "ref": menu.attach_settings,
        },
        [_slider(menu, operation, setting, float(found[setting.name])) for setting in operation.settings],
        button(texts.APPLY, lambda: None, kind="primary", submit=True),
    )


def _slider(menu: ContextMenu, operation: Operation, setting: Slider, value: float) -> Node:
    def change(event: Event) -> None:
        menu.change(operation, setting.name, float(event.value))

    return h(
        "label",
        {"key": setting.name},
        h("span", None, setting.title),
        h(
            "input",
            {
                "type": "number",
                "min": setting.low,
                "max": setting.high,
                "step": setting.step,
                "prop:value": f"{value:g}",
                "on_change": change,
            },
        ),
        h("span", {"class": "muted"}, setting.unit),
    )


def _line(
    title: str,
    icon_name: str,
    do: Callable[[], object],
    *,
    keys: str = "",
    tip: str = "",
    disabled: bool = False,
    unfolded: bool | None = None,
) -> Node:
    return h(
        "button",
        {
            "type": "button",
            "class": "menu-line",
            "key": title,
            "title": tip or None,
            "disabled": disabled,
            "aria-expanded": unfolded,
            "on_click": does(do),
        },
        icon(icon_name, small=True) if icon_name else None,
        h("span", {"class": "grow"}, texts.more(title) if unfolded is False else title),
        h("kbd", None, keys) if keys else None,
    )
