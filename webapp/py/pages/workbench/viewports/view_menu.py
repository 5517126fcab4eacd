"""The popover with everything about how images are shown: layout, linking, turning, brightness, contrast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import PRESETS, linear
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.viewports.display import Display
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.slice_bar import memory_setting
from webapp.py.pages.workbench.viewports.stacks import Stacks
from webapp.py.pages.workbench.viewports.viewport_set import Layout, ViewportSet
from webapp.py.ui.parts import button, does, icon, icon_button
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.brightness_contrast import MOST, BrightnessContrast


class ViewMenuScope(Protocol):
    """What the popover shows and changes."""

    viewports: ViewportSet
    display: Display
    layouts: Layouts
    stacks: Stacks
    ports: Ports
    actions: ActionRunner


FINE = 20.0
"""Windows narrower than this are shown with the digits after the point."""
_LAYOUTS: dict[Layout, tuple[str, str]] = {
    "1x1": ("square", "Layout 1 × 1"),
    "1x2": ("columns-2", "Layout 1 × 2"),
    "2x1": ("rows-2", "Layout 2 × 1"),
    "2x2": ("grid-2x2", "Layout 2 × 2"),
    "mpr": ("box", "Three planes: axial, sagittal, coronal"),
}


def view_menu(scope: ViewMenuScope) -> list[Node]:
    """Return the button and the popover that it opens."""
    return [
        h(
            "button",
            {
                "type": "button",
                "class": "tool",
                "popovertarget": "view-menu",
                "aria-label": "Layout and display",
                "data-tip": "Layout and display",
            },
            icon("sliders-horizontal"),
        ),
        h(
            "div",
            {"id": "view-menu", "popover": "auto", "class": "popover", "aria-label": "Layout and display"},
            _section("Layout", _layouts(scope)),
            _section("Turn and mirror", _turns(scope)),
            _section("Window", _window(scope, window))
            if (window := scope.display.window) is not None
            else _section("Light", _light(scope)),
            _section("Over the image", _overlay_options(scope))
            if scope.viewports.current.header is not None
            else None,
            _section("Memory for slices", memory_setting(scope.stacks, scope.ports.render))
            if scope.viewports.current.place is not None
            else None,
        ),
    ]


def _section(title: str, *content: Node) -> Node:
    return h("section", {"key": title}, h("h2", None, title), *content)


def _layouts(scope: ViewMenuScope) -> Node:
    return h(
        "div",
        {"class": "row"},
        [
            icon_button(
                icon_name,
                title,
                partial(scope.layouts.set_layout, layout),
                pressed=layout == scope.viewports.layout,
            )
            for layout, (icon_name, title) in _LAYOUTS.items()
        ],
        h(
            "label",
            {"class": "check"},
            h(
                "input",
                {
                    "type": "checkbox",
                    "prop:checked": scope.viewports.linked,
                    "disabled": len(scope.viewports.all) == 1,
                    "on_change": does(scope.layouts.toggle_linked),
                },
            ),
            "Move together",
        ),
    )


def _turns(scope: ViewMenuScope) -> Node:
    return h(
        "div",
        {"class": "row"},
        icon_button("rotate-ccw", "Turn left", lambda: scope.display.turn(-1)),
        icon_button("rotate-cw", "Turn right", lambda: scope.display.turn(1)),
        icon_button("flip-vertical-2", "Mirror left to right", lambda: scope.display.flip("horizontal")),
        icon_button("flip-horizontal-2", "Mirror top to bottom", lambda: scope.display.flip("vertical")),
        h("span", {"class": "muted"}, "The view alone"),
    )


def _light(scope: ViewMenuScope) -> Node:
    light = scope.display.light

    def brighten(event: Event) -> None:
        scope.display.set_light(replace(scope.display.light, brightness=float(event.value)))

    def steepen(event: Event) -> None:
        scope.display.set_light(replace(scope.display.light, contrast=float(event.value)))

    return h(
        "div",
        {"class": "sliders"},
        _slider("Brightness", light.brightness, brighten),
        _slider("Contrast", light.contrast, steepen),
        button(
            "Reset",
            lambda: scope.display.set_light(BrightnessContrast()),
            disabled=light == BrightnessContrast(),
        ),
    )


def _window(scope: ViewMenuScope, window: Window) -> Node:
    """Return the window of a gray image: presets, the two numbers, and white for black."""
    presets = {preset.name: preset for preset in (*scope.display.own_windows, *PRESETS)}
    chosen = next((name for name, one in presets.items() if _same(one, window)), "")

    def pick(event: Event) -> None:
        if event.value in presets:
            scope.display.set_window(presets[event.value])

    def center(event: Event) -> None:
        _enter(scope, event, lambda now, value: linear(now, value, now.width))

    def width(event: Event) -> None:
        _enter(scope, event, lambda now, value: linear(now, now.center, value))

    return h(
        "div",
        {"class": "window"},
        h(
            "select",
            {"aria-label": "Window preset", "prop:value": chosen, "on_change": pick},
            h("option", {"value": ""}, "Own window"),
            [h("option", {"value": name, "key": name}, name) for name in presets],
        ),
        _number("Middle", window.center, window, center),
        _number("Width", window.width, window, width),
        _switch("Low values white", scope.display.inverted, scope.display.invert),
    )


def _overlay_options(scope: ViewMenuScope) -> Node:
    """Return what a medical image shows in its corners and over its pixels."""
    return h(
        "div",
        {"class": "checks"},
        _switch(
            f"Patient and series ({scope.actions.keys('banner')})",
            scope.display.overlay_options.banner,
            lambda: scope.display.toggle_extra("banner"),
        ),
        _switch(
            f"Measures of the selection ({scope.actions.keys('measures')})",
            scope.display.overlay_options.measures,
            lambda: scope.display.toggle_extra("measures"),
        ),
        _switch(
            "Drawn by the file",
            scope.display.overlay_options.overlay,
            lambda: scope.display.toggle_extra("overlay"),
        )
        if scope.viewports.current.overlaid
        else None,
        _switch(
            f"Lines of the other viewports ({scope.actions.keys('references')})",
            scope.display.overlay_options.references,
            lambda: scope.display.toggle_extra("references"),
        )
        if len(scope.viewports.views) > 1
        else None,
    )


def _switch(title: str, on: bool, switch: Callable[[], None]) -> Node:
    return h(
        "label",
        {"class": "check", "key": title},
        h("input", {"type": "checkbox", "prop:checked": on, "on_change": does(switch)}),
        title,
    )


def _same(one: Window, other: Window) -> bool:
    if (one.table, one.function) != (other.table, other.function):
        return False
    near = min(0.5, other.width / 100)
    return abs(one.center - other.center) < near and abs(one.width - other.width) < near


def _enter(scope: ViewMenuScope, event: Event, made: Callable[[Window, float], Window]) -> None:
    now = scope.display.window
    try:
        value = float(event.value)
    except ValueError:
        return  # the field says that it is no number
    if now is not None:
        scope.display.set_window(made(now, value))


def _number(title: str, value: float, window: Window, changed: Callable[[Event], None]) -> Node:
    # Of narrow windows, as of images whose values are fractions, the digits after the point count.
    shown, step = (f"{value:.0f}", 1) if window.width >= FINE else (f"{value:.4g}", "any")
    return h(
        "label",
        {"key": title},
        h("span", None, title),
        h("input", {"type": "number", "step": step, "prop:value": shown, "on_change": changed}),
    )


def _slider(title: str, value: float, changed: Callable[[Event], None]) -> Node:
    return h(
        "label",
        {"key": title},
        h("span", None, title),
        h(
            "input",
            {
                "type": "range",
                "min": -MOST,
                "max": MOST,
                "step": 1,
                "prop:value": f"{value:g}",
                "on_input": changed,
            },
        ),
        h("span", {"class": "value number"}, f"{value:+.0f}" if value else "0"),
    )
