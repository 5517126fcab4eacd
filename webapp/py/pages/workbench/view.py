"""The view of the workbench: images on the left, viewports in the middle, labels on the right."""

from __future__ import annotations

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.images.image_list_view import image_list_panel
from webapp.py.pages.workbench.interpolation import interpolation_bar
from webapp.py.pages.workbench.menu.context_menu_view import context_menu
from webapp.py.pages.workbench.panel.class_panel import class_panel
from webapp.py.pages.workbench.rail import rail
from webapp.py.pages.workbench.status_line import status_line
from webapp.py.pages.workbench.tool_strip import tool_strip
from webapp.py.pages.workbench.viewports.reformat_views import numbered, reformat_views
from webapp.py.pages.workbench.viewports.slice_bar import slice_bar
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import button, icon
from webapp.py.ui.tree import Node, h, part


def workbench_view(workbench: Workbench) -> Node:
    """Return the workbench."""
    viewport, panels = workbench.viewport, workbench.panels
    return h(
        "main",
        {
            "class": "workspace",
            # Another project gets new elements, so that nothing remembers an element of the old ones.
            "key": f"workbench of {workbench.project.id}",
            "style": f"--left:{panels.width('left'):g}px;--right:{panels.width('right'):g}px",
            "data-drawers": "true" if panels.narrow else None,
            "data-image": "loading" if viewport.loading else "problem" if viewport.problem else "ready",
        },
        part(image_list_panel, workbench.image_list, workbench.navigation, panels, workbench.actions)
        if panels.shown("left")
        else None,
        h(
            "div",
            {"class": "stage", "key": "stage"},
            part(rail, workbench),
            part(tool_strip, workbench),
            part(_views, workbench),
            part(status_line, workbench),
        ),
        part(class_panel, workbench) if panels.shown("right") else None,
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
