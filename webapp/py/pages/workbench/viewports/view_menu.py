"""The popover for layout and display: linking, rotation, window, brightness, contrast and overlays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import PRESETS, linear
from webapp.py.pages.workbench.action_buttons import ActionRunner, action_button
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.display import Display, OverlayOption
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.slice_bar import memory_setting
from webapp.py.pages.workbench.viewports.stacks import Stacks
from webapp.py.pages.workbench.viewports.viewport_set import LAYOUTS, ViewportSet
from webapp.py.ui.parts import button, does, icon
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.brightness_contrast import MOST, BrightnessContrast


class ViewMenuScope(Protocol):
    """What the popover shows and changes."""

    viewports: ViewportSet
    display: Display
    layouts: Layouts
    stacks: Stacks
    actions: ActionRunner


FINE = 20.0
"""Windows narrower than this are shown with decimals."""


def view_menu(scope: ViewMenuScope) -> list[Node]:
    """Return the button and the popover that it opens."""
    return [
        h(
            "button",
            {
                "type": "button",
                "class": "tool",
                "popovertarget": "view-menu",
                "aria-label": texts.LAYOUT_AND_DISPLAY,
                "data-tip": texts.LAYOUT_AND_DISPLAY,
            },
            icon("sliders-horizontal"),
        ),
        h(
            "div",
            {
                "id": "view-menu",
                "popover": "auto",
                "class": "popover",
                "aria-label": texts.LAYOUT_AND_DISPLAY,
            },
            _section(texts.LAYOUT, _layouts(scope)),
            _section(texts.ROTATE_AND_FLIP, _rotations(scope)),
            _section(texts.WINDOW_LEVEL, _window(scope, window))
            if (window := scope.display.window) is not None
            else _section(texts.IMAGE_ADJUSTMENTS, _image_adjustments(scope)),
            _section(
                texts.ENLARGED,
                _switch(texts.SMOOTH_PIXELS, scope.display.smooth, scope.display.toggle_smooth),
            ),
            _section(texts.OVERLAYS, _overlay_options(scope)),
            _section(texts.MEMORY_FOR_SLICES, memory_setting(scope.stacks))
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
            action_button(scope.actions, f"layout-{layout}", pressed=layout == scope.viewports.layout)
            for layout in LAYOUTS
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
            texts.LINK_VIEWPORTS,
        ),
    )


def _rotations(scope: ViewMenuScope) -> Node:
    return h(
        "div",
        {"class": "row"},
        [action_button(scope.actions, one) for one in ("turn-left", "turn-right", "mirror", "mirror-down")],
        h("span", {"class": "muted"}, texts.VIEW_ONLY),
    )


def _image_adjustments(scope: ViewMenuScope) -> Node:
    """Return the sliders of an image without a window."""
    now = scope.display.brightness_contrast

    def set_brightness(event: Event) -> None:
        scope.display.set_brightness_contrast(
            replace(scope.display.brightness_contrast, brightness=float(event.value))
        )

    def set_contrast(event: Event) -> None:
        scope.display.set_brightness_contrast(
            replace(scope.display.brightness_contrast, contrast=float(event.value))
        )

    return h(
        "div",
        {"class": "sliders"},
        _slider(texts.BRIGHTNESS, now.brightness, set_brightness),
        _slider(texts.CONTRAST, now.contrast, set_contrast),
        button(
            texts.RESET,
            lambda: scope.display.set_brightness_contrast(BrightnessContrast()),
            disabled=now == BrightnessContrast(),
        ),
    )


def _window(scope: ViewMenuScope, window: Window) -> Node:
    """Return the window of a gray image: presets, level and width, and whether it is inverted."""
    presets = {preset.name: preset for preset in (*scope.display.file_windows, *PRESETS)}
    chosen = next((name for name, one in presets.items() if _same(one, window)), "")

    def pick(event: Event) -> None:
        if event.value in presets:
            scope.display.set_window(presets[event.value])

    def set_level(event: Event) -> None:
        _enter(scope, event, lambda now, value: linear(now, value, now.width))

    def set_width(event: Event) -> None:
        _enter(scope, event, lambda now, value: linear(now, now.center, value))

    return h(
        "div",
        {"class": "window"},
        h(
            "select",
            {"aria-label": texts.WINDOW_PRESET, "prop:value": chosen, "on_change": pick},
            h("option", {"value": ""}, texts.CUSTOM_WINDOW),
            [h("option", {"value": name, "key": name}, name) for name in presets],
        ),
        _number(texts.LEVEL, window.center, window, set_level),
        _number(texts.WIDTH, window.width, window, set_width),
        _switch(texts.INVERT, scope.display.inverted, scope.display.invert),
    )


def _overlay_options(scope: ViewMenuScope) -> Node:
    """Return the switches for what is shown over the pixels, and in the corners of a medical image."""
    current = scope.viewports.current
    medical = current.header is not None
    options: list[tuple[OverlayOption, str, bool]] = [
        ("names", texts.NAMES, True),
        ("guides", texts.GUIDES, True),
        ("banner", texts.PATIENT_AND_SERIES, medical),
        ("measures", texts.AREA_AND_VALUES, medical),
        ("overlay", texts.OVERLAY_OF_FILE, medical and current.has_overlay),
        ("references", texts.REFERENCE_LINES, medical and len(scope.viewports.views) > 1),
    ]
    return h(
        "div",
        {"class": "checks"},
        [
            _switch(
                texts.with_keys(title, scope.actions.keys(name)),
                getattr(scope.display.overlay_options, name),
                partial(scope.display.toggle_overlay_option, name),
            )
            for name, title, offered in options
            if offered
        ],
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
        return  # the field shows that this is not a number
    if now is not None:
        scope.display.set_window(made(now, value))


def _number(title: str, value: float, window: Window, changed: Callable[[Event], None]) -> Node:
    # Decimals matter in narrow windows, such as those of images with fractional values.
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
