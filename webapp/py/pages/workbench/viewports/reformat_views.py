"""The views of a multiplanar layout beside the slices, as a tree."""

from __future__ import annotations

from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar, ReformatView
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.reference_lines import INKS


def reformat_views(planes: Multiplanar) -> list[Node]:
    """Return the cuts through the stack of the viewport; none in another layout."""
    return [_view(planes, view, number) for number, view in enumerate(planes.views, 2)]


def numbered(number: int, name: str) -> list[Node | str]:
    """Return the number of a viewport, in the color of its lines in the others, and what it shows."""
    return [h("b", {"class": "view-number", "style": f"background:{INKS[number - 1]}"}, str(number)), name]


def _view(planes: Multiplanar, view: ReformatView, number: int) -> Node:
    title = view.kind.title()
    remarks = [f"{planes.missing} slices not in memory"] if planes.missing else []
    if planes.volume is not None and planes.volume.slanted:
        remarks.append("slanted, for the slices slip sideways")
    return h(
        "div",
        {"key": f"{planes.labeling.project} reformat {number}", "class": "pane cut"},
        h(
            "div",
            {
                "class": "view",
                "tabindex": "0",
                "role": "application",
                "aria-label": f"{title} cut",
                "ref": view.attach,
            },
        ),
        h("div", {"class": "caption"}, *numbered(number, " · ".join([f"{title}, view only", *remarks]))),
        h("div", {"class": "message"}, h("div", {"class": "waiting"}, planes.problem))
        if planes.problem
        else None,
    )
