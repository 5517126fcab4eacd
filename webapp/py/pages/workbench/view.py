"""The view of the workbench: images on the left, viewports in the middle, labels on the right."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.action_buttons import action_button
from webapp.py.pages.workbench.images.image_list_view import image_list_panel
from webapp.py.pages.workbench.interpolation import interpolation_bar
from webapp.py.pages.workbench.menu.context_menu_view import context_menu
from webapp.py.pages.workbench.panel.class_panel import class_panel
from webapp.py.pages.workbench.status_line import status_line, target_of
from webapp.py.pages.workbench.viewports.reformat_views import numbered, reformat_views
from webapp.py.pages.workbench.viewports.slice_bar import slice_bar
from webapp.py.pages.workbench.viewports.view_menu import view_menu
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import button, does, icon, icon_button
from webapp.py.ui.tree import Event, Node, h, part
from webapp.py.workspace.actions import shown
from webapp.py.workspace.settings import OF_VALUES, Choice, Setting, Slider, Switch, Value
from webapp.py.workspace.texts import OR_SHIFT_WHEEL
from webapp.py.workspace.tool import Tool, shown_settings

MOST_STEPS = 1000
"""Most steps of a slider in the tool bar; a setting with more steps is a number field."""


def workbench_view(workbench: Workbench) -> Node:
    """Return the workbench."""
    viewport = workbench.viewport
    return h(
        "main",
        {
            "class": "workspace",
            # Another project gets new elements, so that nothing remembers an element of the old ones.
            "key": f"workbench of {workbench.project.id}",
            "data-image": "loading" if viewport.loading else "problem" if viewport.problem else "ready",
        },
        part(image_list_panel, workbench.image_list, workbench.navigation),
        h(
            "div",
            {"class": "stage"},
            part(_rail, workbench),
            part(_views, workbench),
            part(status_line, workbench),
        ),
        part(class_panel, workbench),
    )


def workbench_toolbar(workbench: Workbench) -> Node:
    """Return the buttons that the workbench adds to the top bar."""
    actions = workbench.actions
    return h(
        "div",
        {"class": "group"},
        action_button(actions, "undo"),
        action_button(actions, "redo"),
        h("span", {"class": "divider"}),
        action_button(actions, "zoom-out"),
        action_button(actions, "zoom-in"),
        action_button(actions, "fit"),
        action_button(actions, "actual"),
        *view_menu(workbench),
        h("span", {"class": "divider"}),
        action_button(actions, "export"),
        action_button(actions, "palette"),
        action_button(actions, "shortcuts"),
        h("span", {"class": "divider"}),
    )


def _rail(workbench: Workbench) -> Node:
    session = workbench.session
    buttons = [
        icon_button(
            tool.icon,
            session.switched_off.get(tool.id) or tool.title,
            partial(session.choose_tool, tool.id),
            keys=shown(tool.key),
            side="right",
            pressed=tool.id == session.tool_id,
            disabled=tool.id in session.switched_off,
        )
        for tool in workbench.labeling.tools
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
    return h(
        "nav", {"class": "rail", "aria-label": texts.TOOLS}, buttons, h("hr") if broken else None, broken
    )


def _views(workbench: Workbench) -> Node:
    return h(
        "div",
        {"style": "position:relative;display:grid;min-width:0;min-height:0"},
        h(
            "div",
            {"class": "views", "data-layout": workbench.viewports.layout},
            [
                part(_view, workbench, viewport, number, key=f"{workbench.project.id} {number}")
                for number, viewport in enumerate(workbench.viewports.all)
            ],
            reformat_views(workbench.multiplanar),
        ),
        _tool_bar(workbench),
        interpolation_bar(workbench.objects),
    )


def _view(workbench: Workbench, viewport: Viewport, number: int) -> Node:
    asset = viewport.session.asset
    several = len(workbench.viewports.all) > 1
    return h(
        "div",
        {
            # The next project gets an element and a canvas of its own.
            "key": f"{workbench.project.id} {number}",
            "class": "pane",
            "data-active": "true" if several and number == workbench.viewports.active else None,
            "on_pointerdown": lambda _: workbench.layouts.activate(viewport),
            "on_focusin": lambda _: workbench.layouts.activate(viewport),
        },
        h(
            "div",
            {
                "class": "view",
                "tabindex": "0",
                "role": "application",
                "aria-label": texts.image_label(asset.name) if asset else texts.NO_IMAGE,
                "ref": viewport.attach,
            },
        ),
        h(
            "div",
            {"class": "caption"},
            *(numbered(number + 1, asset.name) if viewport.plane else (asset.name,)),
        )
        if len(workbench.viewports.views) > 1 and asset
        else None,
        slice_bar(viewport, workbench.scrolling),
        _message(workbench, viewport),
        context_menu(workbench.menu, viewport, workbench.actions),
    )


def _message(workbench: Workbench, viewport: Viewport) -> Node | None:
    if viewport.problem is not None:
        return h(
            "div",
            {"class": "message"},
            h(
                "div",
                {"class": "card", "role": "alert"},
                icon("image-off"),
                h("h2", None, viewport.problem.title),
                h("p", {"class": "muted"}, viewport.problem.text),
                h("code", None, viewport.problem.address) if viewport.problem.address else None,
                h(
                    "div",
                    {"class": "row"},
                    button(texts.TRY_AGAIN, lambda: workbench.reload_image(viewport), kind="primary"),
                    button(texts.NEXT_IMAGE, lambda: workbench.navigation.step(1)),
                ),
            ),
        )
    if viewport.loading:
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
                    texts.LOADING,
                    h("small", {"class": "patience"}, _downloaded(workbench, viewport)),
                ),
            ),
        )
    if not workbench.image_list.index.assets:
        return h(
            "div",
            {"class": "message"},
            h(
                "div",
                {"class": "card"},
                icon("image-off"),
                h("h2", None, texts.NO_IMAGES),
                h("p", {"class": "muted"}, texts.NO_IMAGES_HELP),
            ),
        )
    return None


def _downloaded(workbench: Workbench, viewport: Viewport) -> str:
    """Return how much of an image has arrived; the style sheet shows it after some seconds."""
    url = viewport.session.asset.url if viewport.session.asset is not None else ""
    downloads = workbench.shell.downloads.items()
    size = next((size for file, size in downloads if f"{url}/".startswith(f"{file}/")), "")
    return texts.downloaded(size)


def _tool_bar(workbench: Workbench) -> Node | None:
    tool = workbench.session.tool
    if not tool.settings:
        return None
    settings = workbench.session.settings_of(tool.id)
    return h(
        "div",
        {"class": "tool-bar", "role": "toolbar", "aria-label": texts.settings_of(tool.title)},
        [
            _setting(tool, setting, settings[setting.name], workbench)
            for setting in shown_settings(tool, settings)
        ],
        _target(workbench),
    )


def _target(workbench: Workbench) -> Node | None:
    """Return which mask strokes add to, with the ways to change that; None while they begin a new one."""
    session, labeling = workbench.session, workbench.labeling
    name = target_of(session)
    if name is None:
        return None
    chosen = session.selected[0]
    always = labeling.adding_to == chosen
    key = workbench.actions.keys("new-object")
    return h(
        "div",
        {"class": "target", "role": "group", "key": "target"},
        h(
            "button",
            {
                "type": "button",
                "class": "plain",
                "aria-pressed": always,
                "title": texts.ADD_TO_TIP,
                "on_click": does(partial(labeling.add_to, None if always else chosen)),
            },
            texts.add_to(name),
        ),
        h(
            "button",
            {
                "type": "button",
                "class": "plain",
                "on_click": does(partial(workbench.actions.act, "new-object")),
            },
            texts.NEW_OBJECT,
            h("kbd", None, key) if key else None,
        ),
    )


def _setting(tool: Tool, setting: Setting, value: Value, workbench: Workbench) -> Node:
    if isinstance(setting, Slider):
        return _slider(tool, setting, float(value), workbench)
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
                        "on_click": does(
                            partial(workbench.session.change_setting, tool.id, setting.name, option)
                        ),
                    },
                    title,
                )
                for option, title in setting.options
            ],
        )
    assert isinstance(setting, Switch)
    name = setting.name

    def switched(event: Event) -> None:
        workbench.session.change_setting(tool.id, name, event.checked)

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


def _slider(tool: Tool, setting: Slider, value: float, workbench: Workbench) -> Node:
    def change(event: Event) -> None:
        with suppress(ValueError):  # an empty field, or a minus sign only
            workbench.session.change_setting(tool.id, setting.name, float(event.value))

    typed = (setting.high - setting.low) / setting.step > MOST_STEPS
    scalars = workbench.session.scalars
    unit = setting.unit if setting.unit != OF_VALUES else (scalars.unit if scalars else "")
    tip = texts.setting_tip(setting.title, setting.keys or (), OR_SHIFT_WHEEL if setting.wheel else "")
    return h(
        "label",
        {"key": setting.name, "title": tip},
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
