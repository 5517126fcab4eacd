"""The reformats of the layout of three planes, as a tree."""

from __future__ import annotations

from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar, ReformatView
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.reference_lines import INKS


def reformat_views(planes: Multiplanar) -> list[Node]:
    """Return the reformats of the viewport's stack; none in another layout."""
    return [_view(planes, view, number) for number, view in enumerate(planes.views, 2)]


def numbered(number: int, name: str) -> list[Node | str]:
    """Return the number of a viewport, in the color of its reference lines, and what it shows."""
    return [h("b", {"class": "view-number", "style": f"background:{INKS[number - 1]}"}, str(number)), name]


def _view(planes: Multiplanar, view: ReformatView, number: int) -> Node:
    slanted = planes.volume is not None and planes.volume.slanted
    caption = texts.reformat_caption(view.kind, planes.missing, slanted)
    return h(
        "div",
        {"key": f"{planes.labeling.project} reformat {number}", "class": "pane cut"},
        h(
            "div",
            {
                "class": "view",
                "tabindex": "0",
                "role": "application",
                "aria-label": texts.reformat_label(view.kind),
                "ref": view.attach,
            },
        ),
        h("div", {"class": "caption"}, *numbered(number, caption)),
        h("div", {"class": "message"}, h("div", {"class": "waiting"}, planes.problem))
        if planes.problem
        else None,
    )
