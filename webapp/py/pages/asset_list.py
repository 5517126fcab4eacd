"""The left panel: folders and images, drawn only where they are in sight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.py.domain.model import Asset
from webapp.py.pages.parts import does, icon, icon_button
from webapp.py.pages.state import State, Work
from webapp.py.pages.tree import Event, Node, h

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk

FOLDER_HEIGHT = 34
ASSET_HEIGHT = 54
_MARGIN = 400
"""CSS pixels drawn above and below what is in sight."""

_STATUS = {
    None: "To do",
    "queued": "To do",
    "started": "In work",
    "submitted": "Submitted",
    "skipped": "Skipped",
    "accepted": "Accepted",
    "rejected": "Rejected",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a folder with its number of images, or an image; ``top`` in CSS pixels."""

    top: int
    height: int
    folder: str
    count: int
    asset: Asset | None


def rows_of(assets: Sequence[Asset], closed: Collection[str]) -> list[Row]:
    """Return the lines of the list, folder by folder in the order of the dataset.

    Examples
    --------
    >>> cat = Asset(ordinal=0, name="cat.png", folder="animals", url="cat.png")
    >>> [(row.top, row.count) for row in rows_of([cat], ())]
    [(0, 1), (34, 0)]
    """
    groups: dict[str, list[Asset]] = {}
    for asset in assets:
        groups.setdefault(asset.folder, []).append(asset)
    rows: list[Row] = []
    top = 0
    for folder, members in groups.items():
        rows.append(Row(top, FOLDER_HEIGHT, folder, len(members), None))
        top += FOLDER_HEIGHT
        for asset in members if folder not in closed else ():
            rows.append(Row(top, ASSET_HEIGHT, folder, 0, asset))
            top += ASSET_HEIGHT
    return rows


def in_sight(rows: Sequence[Row], scroll: float, height: float) -> list[Row]:
    """Return the rows that are in sight, or soon will be."""
    first, last = scroll - _MARGIN, scroll + height + _MARGIN
    return [row for row in rows if row.top + row.height >= first and row.top <= last]


def asset_list(state: State, work: Work, desk: Desk) -> Node:
    """Return the left panel."""
    rows = rows_of(work.assets, work.closed_folders)
    total = rows[-1].top + rows[-1].height if rows else 0

    def scrolled(event: Event) -> None:
        target = event.raw.currentTarget
        desk.list_scrolled(float(target.scrollTop), float(target.clientHeight))

    return h(
        "aside",
        {"class": "panel left", "aria-label": "Images"},
        h("div", {"class": "panel-head"}, h("h2", None, "Images")),
        h(
            "div",
            {"class": "panel-body", "on_scroll": scrolled, "ref": desk.attach_list},
            h(
                "div",
                {"style": f"position:relative;height:{total}px"},
                [_row(state, work, desk, row) for row in in_sight(rows, work.scroll, work.list_height)],
            ),
        ),
        _foot(work, desk),
    )


def _row(state: State, work: Work, desk: Desk, row: Row) -> Node:
    style = f"position:absolute;left:0;right:0;top:{row.top}px"
    if row.asset is None:
        return _folder(work, desk, row, style)
    asset = row.asset
    status = work.session.status_of(asset.ordinal)
    thumbnail = state.thumbnails.get(asset.url)
    return h(
        "button",
        {
            "key": f"a{asset.ordinal}",
            "type": "button",
            "class": "asset",
            "style": style,
            "aria-current": asset.ordinal == work.ordinal,
            "title": asset.name,
            "on_click": does(lambda: desk.open_asset(asset.ordinal)),
        },
        h(
            "span",
            {"class": "thumb"},
            h("img", {"src": thumbnail, "alt": ""}) if thumbnail else icon("image", small=True),
        ),
        h(
            "span",
            {"class": "text"},
            h("span", {"class": "name"}, asset.name),
            h("span", {"class": "state", "data-status": status or "queued"}, h("i"), _STATUS[status]),
        ),
    )


def _folder(work: Work, desk: Desk, row: Row, style: str) -> Node:
    is_open = row.folder not in work.closed_folders
    name = row.folder.split("/")[-1] or "Top folder"
    return h(
        "button",
        {
            "key": f"f{row.folder}",
            "type": "button",
            "class": "folder",
            "style": style,
            "aria-expanded": is_open,
            "title": row.folder or "Top folder",
            "on_click": does(lambda: desk.toggle_folder(row.folder)),
        },
        h(
            "svg",
            {"class": "icon small turn", "viewBox": "0 0 24 24"},
            h("use", {"href": "#icon-chevron-right"}),
        ),
        h("span", {"class": "name"}, name),
        h("span", {"class": "count number"}, str(row.count)),
    )


def _foot(work: Work, desk: Desk) -> Node:
    siblings = [
        asset.ordinal
        for asset in work.assets
        if work.session.asset and asset.folder == work.session.asset.folder
    ]
    index = siblings.index(work.ordinal) + 1 if work.ordinal in siblings else 0
    return h(
        "div",
        {"class": "panel-foot"},
        icon_button("chevron-left", "Previous image", lambda: desk.step(-1), keys="←", side="right"),
        h(
            "span",
            {"class": "number muted", "style": "flex:1;text-align:center"},
            f"{index} of {len(siblings)}",
        ),
        icon_button("chevron-right", "Next image", lambda: desk.step(1), keys="→", side="right"),
    )
