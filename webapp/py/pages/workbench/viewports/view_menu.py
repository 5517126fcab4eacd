"""The popover with everything about how images are shown: layout, linking, turning, brightness, contrast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import PRESETS, linear
from webapp.py.pages.shell.state import Layout, Work
from webapp.py.pages.workbench.commands import keys_of
from webapp.py.pages.workbench.viewports.slice_bar import memory_setting
from webapp.py.ui.parts import button, does, icon, icon_button
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import action
from webapp.py.workspace.brightness_contrast import MOST, BrightnessContrast

if TYPE_CHECKING:
    from webapp.py.pages.workbench.workbench import Workbench

FINE = 20.0
"""Windows narrower than this are shown with the digits after the point."""
_LAYOUTS: dict[Layout, tuple[str, str]] = {
    "1x1": ("square", "Layout 1 × 1"),
    "1x2": ("columns-2", "Layout 1 × 2"),
    "2x1": ("rows-2", "Layout 2 × 1"),
    "2x2": ("grid-2x2", "Layout 2 × 2"),
    "mpr": ("box", "Three planes: axial, sagittal, coronal"),
}


def view_menu(work: Work, workbench: Workbench) -> list[Node]:
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
            _section("Layout", _layouts(work, workbench)),
            _section("Turn and mirror", _turns(workbench)),
            _section("Window", _window(workbench, window))
            if (window := workbench.display.window) is not None
            else _section("Light", _light(workbench)),
            _section("Over the image", _overlay_options(work, workbench))
            if work.viewport.header is not None
            else None,
            _section("Memory for slices", memory_setting(workbench))
            if work.viewport.place is not None
            else None,
        ),
    ]


def _section(title: str, *content: Node) -> Node:
    return h("section", {"key": title}, h("h2", None, title), *content)


def _layouts(work: Work, workbench: Workbench) -> Node:
    return h(
        "div",
        {"class": "row"},
        [
            icon_button(
                icon_name,
                title,
                partial(workbench.layouts.set_layout, layout),
                pressed=layout == work.layout,
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
                    "prop:checked": work.linked,
                    "disabled": len(work.viewports) == 1,
                    "on_change": does(workbench.layouts.toggle_linked),
                },
            ),
            "Move together",
        ),
    )


def _turns(workbench: Workbench) -> Node:
    return h(
        "div",
        {"class": "row"},
        icon_button("rotate-ccw", "Turn left", lambda: workbench.display.turn(-1)),
        icon_button("rotate-cw", "Turn right", lambda: workbench.display.turn(1)),
        icon_button("flip-vertical-2", "Mirror left to right", lambda: workbench.display.flip("horizontal")),
        icon_button("flip-horizontal-2", "Mirror top to bottom", lambda: workbench.display.flip("vertical")),
        h("span", {"class": "muted"}, "The view alone"),
    )


def _light(workbench: Workbench) -> Node:
    light = workbench.display.light

    def brighten(event: Event) -> None:
        workbench.display.set_light(replace(workbench.display.light, brightness=float(event.value)))

    def steepen(event: Event) -> None:
        workbench.display.set_light(replace(workbench.display.light, contrast=float(event.value)))

    return h(
        "div",
        {"class": "sliders"},
        _slider("Brightness", light.brightness, brighten),
        _slider("Contrast", light.contrast, steepen),
        button(
            "Reset",
            lambda: workbench.display.set_light(BrightnessContrast()),
            disabled=light == BrightnessContrast(),
        ),
    )


def _window(workbench: Workbench, window: Window) -> Node:
    """Return the window of a gray image: presets, the two numbers, and white for black."""
    presets = {preset.name: preset for preset in (*workbench.display.own_windows, *PRESETS)}
    chosen = next((name for name, one in presets.items() if _same(one, window)), "")

    def pick(event: Event) -> None:
        if event.value in presets:
            workbench.display.set_window(presets[event.value])

    def center(event: Event) -> None:
        _enter(workbench, event, lambda now, value: linear(now, value, now.width))

    def width(event: Event) -> None:
        _enter(workbench, event, lambda now, value: linear(now, now.center, value))

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
        _switch("Low values white", workbench.display.inverted, workbench.display.invert),
    )


def _overlay_options(work: Work, workbench: Workbench) -> Node:
    """Return what a medical image shows in its corners and over its pixels."""
    return h(
        "div",
        {"class": "checks"},
        _switch(
            f"Patient and series ({keys_of(workbench, action('banner'))})",
            workbench.display.overlay_options.banner,
            lambda: workbench.display.toggle_extra("banner"),
        ),
        _switch(
            f"Measures of the selection ({keys_of(workbench, action('measures'))})",
            workbench.display.overlay_options.measures,
            lambda: workbench.display.toggle_extra("measures"),
        ),
        _switch(
            "Drawn by the file",
            workbench.display.overlay_options.overlay,
            lambda: workbench.display.toggle_extra("overlay"),
        )
        if work.viewport.overlaid
        else None,
        _switch(
            f"Lines of the other viewports ({keys_of(workbench, action('references'))})",
            workbench.display.overlay_options.references,
            lambda: workbench.display.toggle_extra("references"),
        )
        if len(workbench.views) > 1
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


def _enter(workbench: Workbench, event: Event, made: Callable[[Window, float], Window]) -> None:
    now = workbench.display.window
    try:
        value = float(event.value)
    except ValueError:
        return  # the field says that it is no number
    if now is not None:
        workbench.display.set_window(made(now, value))


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
