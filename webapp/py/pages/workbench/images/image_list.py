"""The list of the project's images: what it holds, what of it is in sight, and where its cursor is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Literal

import msgspec

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.domain.wire import AssetPage
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.images.asset_index import STATES, AssetIndex, Filter
from webapp.py.pages.workbench.images.asset_pages import AssetPages
from webapp.py.pages.workbench.images.asset_rows import ASSET_HEIGHT, FOLDER_HEIGHT, Row, RowKey, Rows
from webapp.py.pages.workbench.images.asset_states import AssetStates
from webapp.py.pages.workbench.images.thumbnails import Thumbnails
from webapp.py.store.local import LocalStore, RecordKey
from webapp.py.store.store import Store
from webapp.py.ui.reactive import reactive

MARGIN = 300
"""CSS pixels of the list that are drawn above and below what is in sight."""
Move = Literal["up", "down", "page-up", "page-down", "start", "end"]


class ImageList:
    """Everything about the left panel that lasts from one look at it to the next.

    Parameters
    ----------
    project, dataset, person
        Ids: whose images these are, and whose work their states tell.
    store
        The project's records.
    local
        Where the list is kept on this machine.
    ports
        The world outside.
    server
        Whether there is a server to ask.
    set_total
        Told how many images a dataset has.
    fail
        Told what went wrong, as a sentence.
    """

    closed = reactive[frozenset[str]](frozenset())
    """Paths of the folders that are closed."""
    _closed_while_filtered = reactive[frozenset[str]](frozenset())
    current = reactive[int | None](None)
    """The image of the active viewport."""
    stack = reactive[tuple[int, ...]](())
    """The slices of its stack, in their order; empty for an image in none."""
    cursor = reactive[RowKey | None](None)
    """The row that keys in the list act on."""
    asked_for = reactive[str | None](None)
    """What is being typed as the number of the image to go to."""
    scroll = reactive(0.0)
    height = reactive(600.0)
    scrolls = reactive(0)
    """How often the list was scrolled by the page; a new marker in the page carries each out."""
    filter_open = reactive(False)
    """Whether the states to choose from are shown."""
    direction = 1
    """Which way the person goes through the images: 1 or -1."""

    def __init__(
        self,
        project: str,
        dataset: str,
        person: str,
        store: Store,
        local: LocalStore,
        ports: Ports,
        *,
        server: bool,
        set_total: Callable[[str, int], None],
        fail: Callable[[str], None],
    ) -> None:
        self._index = AssetIndex()
        self.pages = AssetPages(dataset, local, ports if server else None, self._took, fail)
        self.thumbnails = Thumbnails(ports)
        self.on_images: Callable[[], None] = lambda: None
        """Called when more images are listed."""
        self._ports = ports
        self._set_total = set_total
        self._states = AssetStates(self._index, store, person)
        self._kept_as = f"limner.list.{project}"
        self._rows: Rows | None = None
        self._laid_out: tuple[int, frozenset[str]] | None = None
        self._pictured: tuple[Rows, float, float] | None = None
        self._element: Any = None
        self._carried_out = 0
        self._search: Any = None
        self._counter: Any = None
        self._stop_watching: Callable[[], None] = lambda: None
        self._recall()

    @property
    def index(self) -> AssetIndex:
        """The images, by folder; reading it subscribes to its changes."""
        self._index.changes  # noqa: B018
        return self._index

    # --- bringing the images

    async def open(self, ordinal: int) -> None:
        """Bring the first images and those around one; the rest follows behind."""
        await self.pages.bring(0)
        await self.pages.bring(ordinal)
        self.bring_rest(ordinal)

    def bring_rest(self, near: int | None = None) -> None:
        """Bring all other images, those near the one at hand first."""
        if not self.pages.busy:
            self._ports.machine.spawn(self._bring_rest(self.current or 0 if near is None else near))

    async def asset(self, ordinal: int) -> Asset | None:
        """Return an image; its page is brought first where it is not here."""
        if ordinal not in self.index.assets:
            await self.pages.bring(ordinal)
        return self.index.assets.get(ordinal)

    async def following(self, ordinal: int, by: int) -> Asset | None:
        """Return the listed image that comes ``by`` later in the folder; pages in between are brought."""
        if ordinal not in self.index.assets:
            return None
        while True:
            found = self.index.following(ordinal, by)
            hole = self.pages.hole(ordinal, found, by)
            if hole is None or not await self.pages.bring(hole):
                return None if found is None else self.index.assets[found]

    def ahead(self, ordinal: int, count: int) -> list[Asset]:
        """Return the next images of the folder in the direction in which the person goes."""
        steps = range(self.direction, self.direction * (count + 1), self.direction)
        found = [self.index.following(ordinal, by) for by in steps]
        return [self.index.assets[one] for one in found if one is not None]

    def place(self) -> tuple[int | None, int]:
        """Return which listed image of its folder the one at hand is, from 0, and how many there are.

        The place is None for an image that the filter leaves out. A slice has its place in its stack.
        """
        if self.current in self.stack:
            return self.stack.index(self.current), len(self.stack)
        if self.current is None or self.current not in self.index.assets:
            return None, 0
        return self.index.place(self.current)

    def asset_at(self, number: int) -> Asset | None:
        """Return a listed image of the folder at hand, or slice of the stack, by its number, from 1."""
        if self.current in self.stack:
            return self.index.assets[self.stack[number - 1]] if 1 <= number <= len(self.stack) else None
        if self.current is None or self.current not in self.index.assets:
            return None
        shown = self.index.folder_of(self.current).shown
        return self.index.assets[shown[number - 1]] if 1 <= number <= len(shown) else None

    def close(self) -> None:
        """Stop bringing images and let go of the thumbnails."""
        self.pages.close()
        self.thumbnails.close()
        self._stop_watching()

    async def _bring_rest(self, near: int) -> None:
        await self.pages.bring_rest(near)

    def _took(self, page: AssetPage) -> None:
        self._set_total(page.dataset, self.pages.total or page.total)
        self._states.read(asset.ordinal for asset in page.assets)
        self._keeping_sight(lambda: self.index.add(page.assets))
        self.on_images()

    # --- how far the images are

    def records_changed(self, keys: Collection[RecordKey]) -> None:
        """Take note of assignments that have changed."""
        changed = [record for table, record in keys if table == "assignment"]
        if changed:
            self._keeping_sight(lambda: self._states.changed(changed))

    # --- lines

    @property
    def closed_now(self) -> frozenset[str]:
        """The folders that are closed; a filter opens all of them until it is cleared."""
        return self._closed_while_filtered if self.index.filter.active else self.closed

    def _close_only(self, folders: frozenset[str]) -> None:
        if self.index.filter.active:
            self._closed_while_filtered = folders
        else:
            self.closed = folders

    @property
    def rows(self) -> Rows:
        """Where each line stands."""
        known = (self.index.revision, self.closed_now)
        if self._rows is None or self._laid_out != known:
            self._rows, self._laid_out = Rows(self.index, known[1]), known
        return self._rows

    def in_sight(self) -> list[Row]:
        """Return the lines that are in sight, or soon will be."""
        return self.rows.between(self.scroll - MARGIN, self.scroll + self.height + MARGIN)

    def want_thumbnails(self) -> None:
        """Have the thumbnails of the lines in sight made, those in the middle first."""
        rows = self.rows
        if self._pictured == (rows, self.scroll, self.height):
            return
        self._pictured = (rows, self.scroll, self.height)
        middle = self.scroll + self.height / 2
        near = sorted(self.in_sight(), key=lambda row: abs(row.top + row.height / 2 - middle))
        assets = self.index.assets
        self.thumbnails.want(list(dict.fromkeys(assets[picture_of(row)].url for row in near)))

    def toggle(self, folder: str) -> None:
        """Open or close a folder."""
        self._keeping_sight(lambda: self._close_only(self.closed_now ^ {folder}))

    # --- the filter

    def set_text(self, text: str) -> None:
        """List only images whose name or folder has this text in it."""
        self._set_filter(replace(self.index.filter, text=text))

    def toggle_state(self, state: AssignmentStatus) -> None:
        """List images in this state too, or no longer."""
        self._set_filter(replace(self.index.filter, states=self.index.filter.states ^ {state}))

    def clear_filter(self) -> None:
        """List all images again."""
        self._set_filter(Filter())

    def toggle_states(self) -> None:
        """Show the states to choose from, or hide them."""
        self.filter_open = not self.filter_open

    def _set_filter(self, new: Filter) -> None:
        self._closed_while_filtered = frozenset()
        self.index.set_filter(new)
        kept = {"text": new.text, "states": sorted(new.states)} if new.active else None
        self._ports.machine.remember(self._kept_as, msgspec.json.encode(kept).decode() if kept else None)
        if self.current is None or not self.bring_into_sight(self.current):
            self._scroll_to(0)

    def _recall(self) -> None:
        text = self._ports.machine.recall(self._kept_as)
        try:
            kept = msgspec.json.decode(text, type=dict[str, Any]) if text else {}
        except msgspec.DecodeError:
            return
        states = kept.get("states")
        chosen = frozenset(one for one in STATES if isinstance(states, list) and one in states)
        self.index.set_filter(Filter(str(kept.get("text", "")), chosen))
        self.filter_open = bool(chosen)

    # --- where the list stands

    def attach(self, element: Any) -> None:
        """Take the element that scrolls."""
        self._stop_watching()
        self._element, self._stop_watching = element, lambda: None
        if element is not None:
            self.height = float(element.clientHeight or self.height)
            self.carry_out_scroll(element)
            self._stop_watching = self._ports.window.watch_size(element, self._resized)

    def attach_search(self, element: Any) -> None:
        """Take the field of the filter's text."""
        self._search = element

    def focus_search(self) -> None:
        """Put the caret into the filter's text."""
        if self._search is not None:
            self._search.focus()

    def attach_counter(self, element: Any) -> None:
        """Take the field that shows the number of the image at hand."""
        self._counter = element

    def ask_index(self) -> None:
        """Ask for the number of the image to go to."""
        if self._counter is not None:
            self._counter.focus()
            self._counter.select()

    def type_index(self, text: str | None) -> None:
        """Take note of what is typed as a number; None when nobody types any more."""
        self.asked_for = text

    def focus(self) -> None:
        """Put the keyboard's focus on the list."""
        if self._element is not None:
            self._element.focus()

    def scrolled(self, top: float, height: float) -> None:
        """Take note of what part of the list is in sight."""
        # Where it stood before it is scrolled for the person, which happens at the next render, is void.
        if self.scrolls == self._carried_out:
            self.scroll, self.height = top, height

    def carry_out_scroll(self, marker: Any) -> None:
        """Scroll the element, now that the page has the height that is needed."""
        if marker is not None and self._element is not None:
            self._element.scrollTop = self.scroll
            self._carried_out = self.scrolls

    def show(self, ordinal: int) -> None:
        """Take note of the image at hand, and bring its line into sight."""
        self.current = self.cursor = ordinal
        if ordinal in self.index.assets:
            self._close_only(self.closed_now - {one.path for one in self.index.folder_of(ordinal).lineage()})
        self.bring_into_sight(ordinal)

    def bring_into_sight(self, key: RowKey) -> bool:
        """Scroll until a line is in sight; False when it is not listed."""
        row = self.rows.find(key)
        if row is None:
            return False
        inside = self.scroll + FOLDER_HEIGHT <= row.top and row.top + row.height <= self.scroll + self.height
        if not inside and not (row.top == 0 and self.scroll == 0):
            self._scroll_to(row.top - self.height / 3)
        return True

    def move(self, how: Move) -> None:
        """Move the cursor to another line."""
        rows = self.rows
        if not rows.count:
            return
        here = None if self.cursor is None else rows.number_of(self.cursor)
        page = max(int(self.height / ASSET_HEIGHT) - 1, 1)
        far = rows.count
        steps = {"up": -1, "down": 1, "page-up": -page, "page-down": page, "start": -far, "end": far}
        if here is None and how not in ("start", "end"):
            # The cursor's line is not listed any more: it comes back where the person looks.
            self.put_cursor(rows.between(self.scroll, self.scroll + self.height)[0].key)
        else:
            self.put_cursor(rows.row((here or 0) + steps[how]).key)

    def turn(self, inwards: bool) -> bool:
        """Open or close the folder under the cursor, or go a level in or out; False when keys mean the image.

        On the image at hand the same keys lead to the next and previous image.
        """
        row = None if self.cursor is None else self.rows.find(self.cursor)
        if row is None or row.key == self.current:
            return False
        is_open = row.ordinal is None and row.folder.path not in self.closed_now
        if row.ordinal is None and is_open != inwards:
            self.toggle(row.folder.path)
        elif inwards and is_open:
            self.move("down")
        elif not inwards:
            above = row.folder if row.ordinal is not None else row.folder.parent
            if above is not None and above.parent is not None:
                self.put_cursor(above.path)
        return True

    def put_cursor(self, key: RowKey) -> None:
        """Put the cursor on a line."""
        self.cursor = key
        row = self.rows.find(key)
        if row is not None:
            if row.top < self.scroll:
                self._scroll_to(row.top)
            elif row.top + row.height > self.scroll + self.height:
                self._scroll_to(row.top + row.height - self.height)

    def _resized(self, height: float) -> None:
        if height and height != self.height:
            self.height = height

    def _scroll_to(self, top: float) -> None:
        self.scroll = min(max(top, 0.0), max(self.rows.height - self.height, 0.0))
        self.scrolls += 1

    def _keeping_sight(self, change: Callable[[], None]) -> None:
        """Make a change; what is in sight stays where it is, whatever comes or goes above it."""
        rows = self.rows.between(self.scroll, self.scroll)
        change()
        row = self.rows.find(rows[0].key) if rows and self.scroll else None
        if row is not None and row.top != rows[0].top:
            self._scroll_to(self.scroll + row.top - rows[0].top)


def picture_of(row: Row) -> int:
    """Return the ordinal of the image whose thumbnail a line shows: a folder shows its first."""
    return row.folder.first if row.ordinal is None else row.ordinal
