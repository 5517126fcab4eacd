"""The popover with everything about how images are shown: layout, linking, turning, brightness, contrast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import PRESETS, linear
from webapp.py.pages.keyboard import keys_of
from webapp.py.pages.parts import button, does, icon, icon_button
from webapp.py.pages.slice_bar import memory_setting
from webapp.py.pages.state import Layout, Work
from webapp.py.pages.tree import Event, Node, h
from webapp.py.workspace.actions import action
from webapp.py.workspace.light import MOST, Light

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk

FINE = 20.0
"""Windows narrower than this are shown with the digits after the point."""
_LAYOUTS: dict[Layout, tuple[str, str]] = {
    "1x1": ("square", "Layout 1 × 1"),
    "1x2": ("columns-2", "Layout 1 × 2"),
    "2x1": ("rows-2", "Layout 2 × 1"),
    "2x2": ("grid-2x2", "Layout 2 × 2"),
    "mpr": ("box", "Three planes: axial, sagittal, coronal"),
}


def view_menu(work: Work, desk: Desk) -> list[Node]:
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
            _section("Layout", _layouts(work, desk)),
            _section("Turn and mirror", _turns(desk)),
            _section("Window", _window(desk, window))
            if (window := desk.display.window) is not None
            else _section("Light", _light(desk)),
            _section("Over the image", _extras(work, desk)) if work.pane.header is not None else None,
            _section("Memory for slices", memory_setting(desk)) if work.pane.place is not None else None,
        ),
    ]


def _section(title: str, *content: Node) -> Node:
    return h("section", {"key": title}, h("h2", None, title), *content)


def _layouts(work: Work, desk: Desk) -> Node:
    return h(
        "div",
        {"class": "row"},
        [
            icon_button(
                icon_name,
                title,
                partial(desk.viewports.set_layout, layout),
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
                    "disabled": len(work.panes) == 1,
                    "on_change": does(desk.viewports.toggle_linked),
                },
            ),
            "Move together",
        ),
    )


def _turns(desk: Desk) -> Node:
    return h(
        "div",
        {"class": "row"},
        icon_button("rotate-ccw", "Turn left", lambda: desk.display.turn(-1)),
        icon_button("rotate-cw", "Turn right", lambda: desk.display.turn(1)),
        icon_button("flip-vertical-2", "Mirror left to right", lambda: desk.display.flip("horizontal")),
        icon_button("flip-horizontal-2", "Mirror top to bottom", lambda: desk.display.flip("vertical")),
        h("span", {"class": "muted"}, "The view alone"),
    )


def _light(desk: Desk) -> Node:
    light = desk.display.light

    def brighten(event: Event) -> None:
        desk.display.set_light(replace(desk.display.light, brightness=float(event.value)))

    def steepen(event: Event) -> None:
        desk.display.set_light(replace(desk.display.light, contrast=float(event.value)))

    return h(
        "div",
        {"class": "sliders"},
        _slider("Brightness", light.brightness, brighten),
        _slider("Contrast", light.contrast, steepen),
        button("Reset", lambda: desk.display.set_light(Light()), disabled=light == Light()),
    )


def _window(desk: Desk, window: Window) -> Node:
    """Return the window of a grey image: presets, the two numbers, and white for black."""
    presets = {preset.name: preset for preset in (*desk.display.own_windows, *PRESETS)}
    chosen = next((name for name, one in presets.items() if _same(one, window)), "")

    def pick(event: Event) -> None:
        if event.value in presets:
            desk.display.set_window(presets[event.value])

    def center(event: Event) -> None:
        _enter(desk, event, lambda now, value: linear(now, value, now.width))

    def width(event: Event) -> None:
        _enter(desk, event, lambda now, value: linear(now, now.center, value))

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
        _switch("Low values white", desk.display.inverted, desk.display.invert),
    )


def _extras(work: Work, desk: Desk) -> Node:
    """Return what a medical image shows in its corners and over its pixels."""
    return h(
        "div",
        {"class": "checks"},
        _switch(
            f"Patient and series ({keys_of(desk, action('banner'))})",
            desk.display.extras.banner,
            lambda: desk.display.toggle_extra("banner"),
        ),
        _switch(
            f"Measures of the selection ({keys_of(desk, action('measures'))})",
            desk.display.extras.measures,
            lambda: desk.display.toggle_extra("measures"),
        ),
        _switch(
            "Drawn by the file", desk.display.extras.overlay, lambda: desk.display.toggle_extra("overlay")
        )
        if work.pane.overlaid
        else None,
        _switch(
            f"Lines of the other viewports ({keys_of(desk, action('references'))})",
            desk.display.extras.references,
            lambda: desk.display.toggle_extra("references"),
        )
        if len(desk.views) > 1
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


def _enter(desk: Desk, event: Event, made: Callable[[Window, float], Window]) -> None:
    now = desk.display.window
    try:
        value = float(event.value)
    except ValueError:
        return  # the field says that it is no number
    if now is not None:
        desk.display.set_window(made(now, value))


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
