"""The strip above the viewports: the settings of the active tool, in one row."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.panels import Side
from webapp.py.pages.workbench.panels_view import panel_button
from webapp.py.pages.workbench.status_line import target_of
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import does, icon_button
from webapp.py.ui.tree import Event, Node, classes, h
from webapp.py.workspace.settings import OF_VALUES, Choice, Setting, Slider, Switch, Value
from webapp.py.workspace.texts import OR_SHIFT_WHEEL
from webapp.py.workspace.tool import Tool, shown_settings

MOST_STEPS = 1000
"""Most steps of a slider in the strip; a setting with more steps is a number field."""


def tool_strip(workbench: Workbench) -> Node:
    """Return the strip."""
    tool, strip = workbench.session.tool, workbench.strip
    settings = workbench.session.settings_of(tool.id)
    return h(
        "div",
        {"class": classes("strip", strip.open and strip.wraps and "open")},
        _panel_button(workbench, "left"),
        h(
            "div",
            {"class": "tool-bar", "role": "toolbar", "aria-label": texts.settings_of(tool.title)},
            h(
                "div",
                {"class": "settings", "ref": strip.attach},
                h("b", {"key": "title"}, tool.title),
                [
                    _setting(tool, setting, settings[setting.name], workbench)
                    for setting in shown_settings(tool, settings)
                ],
                _target(workbench),
            ),
        ),
        icon_button(
            "chevron-up" if strip.open else "chevron-down",
            texts.FEWER_SETTINGS if strip.open else texts.MORE_SETTINGS,
            strip.toggle,
            side="end",
        )
        if strip.wraps
        else None,
        _panel_button(workbench, "right"),
    )


def _panel_button(workbench: Workbench, side: Side) -> Node | None:
    """Return the button that opens a panel, unless it is open: then the button is in its head."""
    if workbench.panels.shown(side):
        return None
    return panel_button(workbench.panels, side, workbench.actions.keys(f"panel-{side}"))


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
            {
                "class": "segmented",
                "role": "group",
                "aria-label": setting.title,
                "title": texts.setting_tip(setting.title, (setting.key,) if setting.key else (), ""),
                "key": setting.name,
            },
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
        {"key": setting.name, "title": tip, "class": "typed" if typed else "slider"},
        h("span", None, setting.title),
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
