"""The left panel: folders and images as a tree; only visible rows are drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.pages.ports.images import ImageRef
from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.images import texts
from webapp.py.pages.workbench.images.asset_index import STATES
from webapp.py.pages.workbench.images.asset_rows import Row
from webapp.py.pages.workbench.images.image_list import ImageList, Move, picture_of
from webapp.py.pages.workbench.panels import Panels
from webapp.py.pages.workbench.panels_view import panel_button, splitter
from webapp.py.ui.parts import button, does, icon, icon_button
from webapp.py.ui.tree import Event, Node, Part, h, part

_MOVES: dict[str, Move] = {
    "ArrowUp": "up",
    "ArrowDown": "down",
    "PageUp": "page-up",
    "PageDown": "page-down",
    "Home": "start",
    "End": "end",
}
_INDENTED = 6
"""Levels that are indented; deeper ones are not indented further, because names need the space."""


class ImageNavigation(Protocol):
    """Navigates to other images."""

    open_asset: Callable[[int], None]
    """Navigates to the address of an image."""

    def step(self, by: int) -> None:
        """Go ``by`` images in the folder, or slices in the stack."""

    def go_to_index(self) -> None:
        """Go to the image with the number that was typed."""


def image_list_panel(
    image_list: ImageList, navigation: ImageNavigation, panels: Panels, actions: ActionRunner
) -> Node:
    """Return the left panel."""
    return h(
        "aside",
        {"class": "panel left", "aria-label": texts.IMAGES},
        _head(image_list, panel_button(panels, "left", actions.keys("panel-left"))),
        _search(image_list),
        _states(image_list),
        _matches(image_list),
        _body(image_list, navigation),
        _progress(image_list),
        _foot(image_list, navigation),
        part(splitter, panels, "left"),
    )


def _head(image_list: ImageList, closing: Node) -> Node:
    return h(
        "div",
        {"class": "panel-head", "key": "head"},
        h("h2", None, texts.IMAGES),
        icon_button(
            "list-filter",
            texts.FILTER_BY_STATUS,
            image_list.toggle_states,
            side="end",
            pressed=image_list.filter_open,
        ),
        closing,
    )


def _search(image_list: ImageList) -> Node:
    def pressed(event: Event) -> None:
        if event.key == "Escape":
            image_list.set_text("")
        elif event.key == "ArrowDown":
            image_list.focus()
        else:
            return
        event.prevent()
        event.stop()

    return h(
        "div",
        {"class": "find", "role": "search", "key": "find"},
        icon("search", small=True),
        h(
            "input",
            {
                "type": "text",
                "placeholder": texts.FILTER_BY_NAME,
                "aria-label": texts.FILTER_FIELD,
                "autocomplete": "off",
                "spellcheck": "false",
                "prop:value": image_list.index.filter.text,
                "ref": image_list.search.attach,
                "on_input": lambda event: image_list.set_text(event.value),
                "on_keydown": pressed,
            },
        ),
        icon_button("x", texts.CLEAR_FILTER, image_list.clear_filter, side="end")
        if image_list.index.filter.active
        else None,
    )


def _states(image_list: ImageList) -> Node | None:
    chosen = image_list.index.filter.states
    if not image_list.filter_open:
        return None
    return h(
        "div",
        {"class": "states", "role": "group", "aria-label": texts.STATUSES_TO_SHOW, "key": "states"},
        [
            h(
                "button",
                {
                    "key": state,
                    "type": "button",
                    "class": "state",
                    "data-status": state,
                    "aria-pressed": state in chosen,
                    "on_click": does(partial(image_list.toggle_state, state)),
                },
                h("i"),
                h("span", None, texts.STATUS[state]),
                h("span", {"class": "count number"}, f"{image_list.index.counts[state]:,}"),
            )
            for state in STATES
        ],
    )


def _matches(image_list: ImageList) -> Node | None:
    index = image_list.index
    if not index.filter.active:
        return None
    found, listed = index.root.matches, index.root.images
    return h(
        "div",
        {"class": "matches number", "role": "status", "key": "matches"},
        texts.matching(found, listed),
    )


def _body(image_list: ImageList, navigation: ImageNavigation) -> Node:
    rows = image_list.visible_rows()
    under_cursor = next((row for row in rows if row.key == image_list.cursor), None)

    def scrolled(event: Event) -> None:
        target = event.raw.currentTarget
        image_list.scrolled(float(target.scrollTop), float(target.clientHeight))

    return h(
        "div",
        {
            "class": "panel-body tree",
            "key": "tree",
            "role": "tree",
            "tabindex": "0",
            "aria-label": texts.FOLDERS_AND_IMAGES,
            "aria-activedescendant": None if under_cursor is None else _id(under_cursor),
            "on_scroll": scrolled,
            "on_keydown": lambda event: _key(event, image_list, navigation),
            "ref": image_list.attach,
        },
        h(
            "div",
            {"role": "none", "style": f"position:relative;height:{image_list.rows.height}px"},
            [_row(image_list, navigation, row) for row in rows],
        ),
        h("i", {"key": f"scroll-{image_list.scrolls}", "ref": image_list.apply_scroll, "hidden": True}),
        _no_match(image_list) if not rows and image_list.index.filter.active else None,
    )


def _no_match(image_list: ImageList) -> Node:
    return h(
        "div",
        {"class": "nothing", "role": "none"},
        h("p", {"class": "muted"}, texts.NO_MATCH_YET if image_list.pages.busy else texts.NO_MATCH),
        button(texts.SHOW_ALL, image_list.clear_filter),
    )


def _key(event: Event, image_list: ImageList, navigation: ImageNavigation) -> None:
    """Handle a key in the list; leave other keys to the page."""
    if event.ctrl or event.alt or event.shift:
        return
    if event.key in _MOVES:
        image_list.move(_MOVES[event.key])
    elif event.key in ("ArrowLeft", "ArrowRight"):
        if not image_list.open_or_close(event.key == "ArrowRight"):
            return
    elif event.key == "Enter" and image_list.cursor is not None:
        _open(image_list, navigation, image_list.cursor)
    else:
        return
    event.prevent()
    event.stop()


def _open(image_list: ImageList, navigation: ImageNavigation, key: str | int) -> None:
    image_list.put_cursor(key)
    if isinstance(key, str):
        image_list.toggle(key)
    else:
        navigation.open_asset(key)


def _id(row: Row) -> str:
    # Two folders of one level never start with the same image.
    return f"folder-{row.level}-{row.folder.first}" if row.ordinal is None else f"image-{row.ordinal}"


def _row(image_list: ImageList, navigation: ImageNavigation, row: Row) -> Part:
    index, folder = image_list.index, row.folder
    picture = image_list.thumbnails.get(ImageRef.of(index.assets[picture_of(row)]))
    common = (image_list, navigation, row, picture, row.key == image_list.cursor)
    if row.ordinal is None:
        matches = folder.matches if index.filter.active else None
        is_open = folder.path not in image_list.closed_now
        counts = (folder.images, folder.done, matches)
        return part(_folder, *common, *counts, is_open, key=f"f{folder.path}")
    asset, status = index.assets[row.ordinal], index.status_of(row.ordinal)
    return part(_image, *common, asset, status, row.ordinal == image_list.current, key=f"a{row.ordinal}")


def _line(row: Row, kind: str, name: str, title: str, at_cursor: bool) -> dict[str, Any]:
    return {
        "id": _id(row),
        "role": "treeitem",
        "class": kind,
        "style": f"top:{row.top}px;--level:{min(row.level, _INDENTED) - 1}",
        "aria-label": name,
        "aria-level": row.level,
        "aria-posinset": row.position,
        "aria-setsize": row.siblings,
        "data-cursor": "true" if at_cursor else None,
        "title": title,
    }


def _image(
    image_list: ImageList,
    navigation: ImageNavigation,
    row: Row,
    picture: str,
    at_cursor: bool,
    asset: Asset,
    status: AssignmentStatus,
    current: bool,
) -> Node:
    return h(
        "div",
        {
            **_line(row, "asset", texts.image_row(asset.name, status), asset.name, at_cursor),
            "aria-selected": current,
            "aria-current": current,
            "on_click": does(lambda: _open(image_list, navigation, asset.ordinal)),
        },
        _thumb(picture, "image"),
        h(
            "span",
            {"class": "text"},
            h("span", {"class": "name"}, asset.name),
            " ",  # between words for screen readers
            h("span", {"class": "state", "data-status": status}, h("i"), texts.STATUS[status]),
        ),
    )


def _folder(
    image_list: ImageList,
    navigation: ImageNavigation,
    row: Row,
    picture: str,
    at_cursor: bool,
    images: int,
    done: int,
    matches: int | None,
    is_open: bool,
) -> Node:
    folder = row.folder
    counts = (images, done, matches)
    return h(
        "div",
        {
            **_line(
                row,
                "folder",
                texts.folder_row(folder.name, *counts),
                texts.folder_tip(folder.path, *counts),
                at_cursor,
            ),
            "aria-expanded": is_open,
            "on_click": does(lambda: _open(image_list, navigation, folder.path)),
        },
        h(
            "svg",
            {"class": "icon small turn", "viewBox": "0 0 24 24", "aria-hidden": True},
            h("use", {"href": "#icon-chevron-right"}),
        ),
        _thumb(picture, "folder"),
        h("span", {"class": "name"}, folder.name),
        " ",  # between words for screen readers
        h(
            "span",
            {"class": "count number", "data-done": _share(images, done) if matches is None else None},
            texts.folder_count(*counts),
        ),
    )


def _share(images: int, done: int) -> str:
    return "all" if done == images else "part"


def _thumb(picture: str, otherwise: str) -> Node:
    shown = h("img", {"src": picture, "alt": ""}) if picture else icon(otherwise, small=True)
    return h("span", {"class": "thumb"}, shown)


def _progress(image_list: ImageList) -> Node | None:
    pages, listed = image_list.pages, len(image_list.index.assets)
    total = pages.total or 0
    if pages.complete or not total:
        return None
    attributes = {"class": "list-progress", "key": "progress"}
    if pages.busy:
        text = h("span", {"class": "number"}, texts.loading_list(listed, total))
        bar = h("progress", {"max": total, "prop:value": listed, "aria-label": texts.LOADING_LIST})
        return h("div", attributes, text, bar)
    text = h("span", {"class": "number", "role": "status"}, texts.listed_images(listed, total))
    return h("div", attributes, text, button(texts.LOAD_REST, image_list.load_rest))


def _foot(image_list: ImageList, navigation: ImageNavigation) -> Node:
    place, count = image_list.place()
    shown = "" if place is None else str(place + 1)

    def pressed(event: Event) -> None:
        if event.key == "Enter":
            navigation.go_to_index()
        elif event.key == "Escape":
            image_list.type_index(None)
        else:
            return
        event.prevent()
        event.stop()

    return h(
        "div",
        {"class": "panel-foot", "key": "foot"},
        icon_button(
            "chevron-left", texts.PREVIOUS_IMAGE, lambda: navigation.step(-1), keys="←", side="right"
        ),
        h(
            "label",
            {"class": "counter number muted", "title": texts.GO_TO_IMAGE_TIP},
            h(
                "input",
                {
                    "type": "text",
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": 8,
                    "placeholder": "–",
                    "aria-label": texts.GO_TO_IMAGE,
                    "prop:value": shown if image_list.typed_index is None else image_list.typed_index,
                    "ref": image_list.counter.attach,
                    "on_focus": does(image_list.counter.focus),
                    "on_input": lambda event: image_list.type_index(event.value),
                    "on_keydown": pressed,
                    "on_blur": does(lambda: image_list.type_index(None)),
                },
            ),
            texts.of_count(count),
        ),
        icon_button("chevron-right", texts.NEXT_IMAGE, lambda: navigation.step(1), keys="→", side="right"),
    )
