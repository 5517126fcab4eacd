"""The workspace: folders at the left, the image in the middle, classes and annotations at the right."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from webapp.py.pages.asset_list import asset_list
from webapp.py.pages.chrome import frame
from webapp.py.pages.class_panel import class_panel
from webapp.py.pages.context_menu import context_menu
from webapp.py.pages.cut_views import cut_views, numbered
from webapp.py.pages.interpolation import interpolation_bar
from webapp.py.pages.keyboard import action_button
from webapp.py.pages.parts import button, does, icon, icon_button
from webapp.py.pages.slice_bar import slice_bar
from webapp.py.pages.state import State, Work
from webapp.py.pages.tree import Event, Node, h
from webapp.py.pages.view_menu import view_menu
from webapp.py.workspace.actions import shown
from webapp.py.workspace.key_pointer import HELP as POINTER_HELP
from webapp.py.workspace.settings import OF_VALUES, Choice, Setting, Slider, Switch, Value
from webapp.py.workspace.tool import Tool, shown_settings

if TYPE_CHECKING:
    from webapp.py.pages.app import App
    from webapp.py.pages.desk import Desk
    from webapp.py.pages.pane import Pane

MOST_STEPS = 1000
"""Steps that a slider in the tool bar may have; a number with more is typed."""


def labeling_page(state: State, app: App) -> Node:
    """Return the workspace of the project at hand."""
    work = state.work
    if work is None:
        return frame(state, app, h("div", {"class": "sign-in"}, h("span", {"class": "spinner"})))
    desk = app.desk
    return frame(
        state,
        app,
        h(
            "main",
            {
                "class": "workspace",
                # Another project's workspace is another one: what a list knows of its element begins anew.
                "key": f"workspace of {work.project.id}",
                "data-image": "loading" if work.pane.loading else "problem" if work.pane.problem else "ready",
            },
            asset_list(work, desk),
            h("div", {"class": "stage"}, _rail(work, desk), _views(state, work, desk), _status(work, desk)),
            class_panel(work, desk),
        ),
        crumb=work.project.name,
        middle=_middle(work, app),
    )


def _middle(work: Work, app: App) -> Node:
    desk = app.desk
    return h(
        "div",
        {"class": "group"},
        action_button(desk, "undo"),
        action_button(desk, "redo"),
        h("span", {"class": "divider"}),
        action_button(desk, "zoom-out"),
        action_button(desk, "zoom-in"),
        action_button(desk, "fit"),
        action_button(desk, "actual"),
        *view_menu(work, desk),
        h("span", {"class": "divider"}),
        action_button(desk, "export"),
        action_button(desk, "palette"),
        action_button(desk, "shortcuts"),
        h("span", {"class": "divider"}),
    )


def _rail(work: Work, desk: Desk) -> Node:
    session = work.session
    buttons = [
        icon_button(
            tool.icon,
            session.switched_off.get(tool.id) or tool.title,
            partial(desk.choose_tool, tool.id),
            keys=shown(tool.key),
            side="right",
            pressed=tool.id == session.tool_id,
            disabled=tool.id in session.switched_off,
        )
        for tool in work.workplace.tools
    ]
    broken = [
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
        for tool in session.registry.broken
    ]
    return h("nav", {"class": "rail", "aria-label": "Tools"}, buttons, h("hr") if broken else None, broken)


def _views(state: State, work: Work, desk: Desk) -> Node:
    return h(
        "div",
        {"style": "position:relative;display:grid;min-width:0;min-height:0"},
        h(
            "div",
            {"class": "views", "data-layout": work.layout},
            [_view(work, desk, pane, number) for number, pane in enumerate(work.panes)],
            cut_views(work, desk),
        ),
        _tool_bar(work, desk),
        interpolation_bar(desk),
        h("div", {"class": "toast", "role": "status"}, state.toast) if state.toast else None,
    )


def _view(work: Work, desk: Desk, pane: Pane, number: int) -> Node:
    asset = pane.session.asset
    several = len(work.panes) > 1
    return h(
        "div",
        {
            # The next project gets an element, and a stage, of its own.
            "key": f"{work.project.id} {number}",
            "class": "pane",
            "data-active": "true" if several and number == work.active else None,
            "on_pointerdown": lambda _: desk.viewports.activate(pane),
            "on_focusin": lambda _: desk.viewports.activate(pane),
        },
        h(
            "div",
            {
                "class": "view",
                "tabindex": "0",
                "role": "application",
                "aria-label": f"Image {asset.name}" if asset else "No image",
                "ref": pane.attach,
            },
        ),
        h("div", {"class": "caption"}, *(numbered(number + 1, asset.name) if pane.plane else (asset.name,)))
        if len(desk.views) > 1 and asset
        else None,
        slice_bar(pane, desk),
        _message(work, desk, pane),
        context_menu(desk, pane),
    )


def _message(work: Work, desk: Desk, pane: Pane) -> Node | None:
    if pane.problem is not None:
        return h(
            "div",
            {"class": "message"},
            h(
                "div",
                {"class": "card", "role": "alert"},
                icon("image-off"),
                h("h2", None, pane.problem.title),
                h("p", {"class": "muted"}, pane.problem.text),
                h("code", None, pane.problem.address) if pane.problem.address else None,
                h(
                    "div",
                    {"class": "row"},
                    button("Try again", lambda: desk.reload_image(pane), kind="primary"),
                    button("Next image", lambda: desk.step(1)),
                ),
            ),
        )
    if pane.loading:
        return h(
            "div",
            {"class": "message"},
            h(
                "div",
                {"class": "waiting"},
                h("span", {"class": "spinner"}),
                h(
                    "span",
                    None,
                    "Loading the image…",
                    h("small", {"class": "patience"}, _patience(desk, pane)),
                ),
            ),
        )
    if not work.listing.index.assets:
        return h(
            "div",
            {"class": "message"},
            h(
                "div",
                {"class": "card"},
                icon("image-off"),
                h("h2", None, "No images"),
                h(
                    "p",
                    {"class": "muted"},
                    "The dataset of this project is empty, or its list is not on this machine yet.",
                ),
            ),
        )
    return None


def _patience(desk: Desk, pane: Pane) -> str:
    """Return what is said where loading takes long; the style sheet shows it after some seconds."""
    url = pane.session.asset.url if pane.session.asset is not None else ""
    downloads = desk.state.downloads.items()
    come = next((come for file, come in downloads if f"{url}/".startswith(f"{file}/")), "Nothing")
    return f"{come} has come so far. You can go to another image meanwhile."


def _tool_bar(work: Work, desk: Desk) -> Node | None:
    tool = work.session.tool
    if not tool.settings:
        return None
    settings = work.session.settings_of(tool.id)
    return h(
        "div",
        {"class": "tool-bar", "role": "toolbar", "aria-label": f"{tool.title} settings"},
        [_setting(tool, setting, settings[setting.name], desk) for setting in shown_settings(tool, settings)],
    )


def _setting(tool: Tool, setting: Setting, value: Value, desk: Desk) -> Node:
    if isinstance(setting, Slider):
        return _slider(tool, setting, float(value), desk)
    if isinstance(setting, Choice):
        return h(
            "div",
            {"class": "segmented", "role": "group", "aria-label": setting.title, "key": setting.name},
            [
                h(
                    "button",
                    {
                        "type": "button",
                        "aria-pressed": option == value,
                        "on_click": does(partial(desk.change_setting, tool.id, setting.name, option)),
                    },
                    title,
                )
                for option, title in setting.options
            ],
        )
    assert isinstance(setting, Switch)
    name = setting.name

    def switched(event: Event) -> None:
        desk.change_setting(tool.id, name, event.checked)

    return h(
        "label",
        {"key": setting.name},
        h(
            "input",
            {
                "type": "checkbox",
                "prop:checked": bool(value),
                "on_change": switched,
            },
        ),
        setting.title,
    )


def _slider(tool: Tool, setting: Slider, value: float, desk: Desk) -> Node:
    def change(event: Event) -> None:
        with suppress(ValueError):  # a field that is empty, or holds a sign alone
            desk.change_setting(tool.id, setting.name, float(event.value))

    typed = (setting.high - setting.low) / setting.step > MOST_STEPS
    grey = desk.work.session.grey
    unit = setting.unit if setting.unit != OF_VALUES else (grey.unit if grey else "")
    tip = f"{setting.title}: keys {' and '.join(setting.keys)}" if setting.keys else setting.title
    return h(
        "label",
        {"key": setting.name, "title": tip + (", or Shift with the wheel" if setting.wheel else "")},
        setting.title,
        h(
            "input",
            {
                "type": "number" if typed else "range",
                "min": setting.low,
                "max": setting.high,
                "step": setting.step,
                "prop:value": f"{value:g}",
                "on_input": change,
            },
        ),
        h("span", {"class": "unit"}, unit)
        if typed
        else h("span", {"class": "value number"}, f"{value:g} {unit}".strip()),
    )


def _status(work: Work, desk: Desk) -> Node:
    session = work.session
    size = f"{session.width} × {session.height}" if session.ready else ""
    return h(
        "div",
        {"class": "status number"},
        h("span", {"class": "pixel", "ref": desk.attach_status}, ""),
        h("span", {"class": "grow"}, _help(work) if session.ready else ""),
        h("span", None, size),
    )


def _help(work: Work) -> str:
    keyed = work.pane.stage is not None and work.pane.stage.key_pointer.on
    return POINTER_HELP if keyed else work.session.tool.help
