"""The bar beside a stack: which slice is shown, which are loaded, and problems of the stack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from webapp.py.imaging.slice_table import MEGABYTE
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import BUDGETS, Stacks
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.ui.parts import icon
from webapp.py.ui.tree import Event, Node, h


def slice_bar(viewport: Viewport, scrolling: Scrolling) -> Node | None:
    """Return the bar of a viewport; None if it shows no stack."""
    place, slices = viewport.place, viewport.slices
    if place is None or slices is None:
        return None
    count, loaded = len(place.order), slices.loaded(place.order)
    complete = slices.table.complete
    unreadable = [texts.unreadable_files(len(slices.problems))] if slices.problems else []
    remarks = " ".join([*place.stack.remarks, *unreadable]) if complete else ""

    def slide(event: Event) -> None:
        scrolling.go_to(viewport, int(event.value))

    return h(
        "div",
        {"class": "slices", "role": "group", "aria-label": texts.SLICES},
        _remark(remarks) if remarks else None,
        h(
            "input",
            {
                "type": "range",
                "min": 0,
                "max": count - 1,
                "step": 1,
                "prop:value": str(place.index),
                "aria-label": texts.SLICE,
                "aria-orientation": "vertical",
                "style": f"--loaded:{strip(loaded)}",
                "data-loaded": sum(loaded),
                "on_input": slide,
                "ref": partial(scrolling.attach_slider, viewport),
            },
        ),
        h(
            "span",
            {"class": "slice-number number", "ref": partial(scrolling.attach_counter, viewport)},
            scrolling.label(viewport),
        ),
    )


def _remark(text: str) -> Node:
    attributes = {"class": "remark", "role": "img", "data-tip-side": "left"}
    return h("span", {**attributes, "aria-label": text, "data-tip": text}, icon("triangle-alert"))


def memory_setting(stacks: Stacks) -> Node:
    """Return the setting for the memory of slices, and how much they use now."""

    def choose(event: Event) -> None:
        stacks.set_budget(int(event.value))

    allowed = stacks.budget
    return h(
        "div",
        {"class": "row"},
        h(
            "select",
            {"aria-label": texts.MEMORY_FOR_SLICES, "prop:value": str(allowed), "on_change": choose},
            [
                h("option", {"value": str(one), "selected": one == allowed}, texts.megabytes(one))
                for one in BUDGETS
            ],
        ),
        h(
            "span",
            {"class": "muted"},
            texts.memory_used(stacks.used / MEGABYTE),
        ),
    )


def strip(loaded: Sequence[bool]) -> str:
    """Return the colors along the slider, from top to bottom, as a CSS gradient.

    Examples
    --------
    >>> strip([True, True, False, False])
    'linear-gradient(var(--loaded-ink) 0% 50%,transparent 50% 100%)'
    """
    parts, at = [], 0
    for here, run in groupby(loaded):
        start, at = at, at + sum(1 for _ in run)
        ink = "var(--loaded-ink)" if here else "transparent"
        parts.append(f"{ink} {100 * start / len(loaded):g}% {100 * at / len(loaded):g}%")
    return f"linear-gradient({','.join(parts)})"
