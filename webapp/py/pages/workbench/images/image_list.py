"""The image list of a project: its images, filter, scroll position and cursor."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Literal

import msgspec

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.domain.wire import AssetPage
from webapp.py.pages.ports.images import ImageRef
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.images.asset_index import STATES, AssetIndex, Filter
from webapp.py.pages.workbench.images.asset_pages import AssetPages
from webapp.py.pages.workbench.images.asset_rows import ASSET_HEIGHT, FOLDER_HEIGHT, Row, RowKey, Rows
from webapp.py.pages.workbench.images.asset_states import AssetStates
from webapp.py.pages.workbench.images.field import Field
from webapp.py.pages.workbench.images.image_steps import ImageSteps
from webapp.py.pages.workbench.images.thumbnails import Thumbnails
from webapp.py.store.local import LocalStore, RecordKey
from webapp.py.store.store import Store
from webapp.py.ui.reactive import reactive

MARGIN = 300
"""CSS pixels of the list that are drawn above and below the visible part."""
Move = Literal["up", "down", "page-up", "page-down", "start", "end"]


class ImageList:
    """The state and commands of the left panel.

    Parameters
    ----------
    project, dataset, person
        Ids of the project and dataset, and of the person whose statuses are shown.
    store
        The project's records.
    local
        Stores the list on this computer.
    ports
        Server, images, window and machine.
    server
        Whether there is a server.
    set_total
        Called with the number of images of a dataset.
    fail
        Shows an error message.
    """

    closed = reactive[frozenset[str]](frozenset())
    """Paths of the folders that are closed."""
    _closed_while_filtered = reactive[frozenset[str]](frozenset())
    current = reactive[int | None](None)
    """The image of the active viewport."""
    stack = reactive[tuple[int, ...]](())
    """The slices of its stack in order; empty for an image that is in no stack."""
    cursor = reactive[RowKey | None](None)
    """The row that keys in the list act on."""
    typed_index = reactive[str | None](None)
    """The number that is being typed to go to an image; None while none is typed."""
    scroll = reactive(0.0)
    height = reactive(600.0)
    scrolls = reactive(0)
    """How often the page has scrolled the list; a new marker element applies each of them."""
    filter_open = reactive(False)
    """Whether the statuses to choose from are shown."""
    direction = 1
    """The direction in which the person goes through the images: 1 or -1."""

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
        self.pages = AssetPages(dataset, local, ports if server else None, self._page_loaded, fail)
        self.steps = ImageSteps(self._index, self.pages)
        self.thumbnails = Thumbnails(ports)
        self.on_images: Callable[[], None] = lambda: None
        """Called when more images are listed."""
        self._ports = ports
        self._set_total = set_total
        self._states = AssetStates(self._index, store, person)
        self._filter_key = f"limner.list.{project}"
        self._rows: Rows | None = None
        self._laid_out: tuple[int, frozenset[str]] | None = None
        self._element: Any = None
        self._applied_scrolls = 0
        self.search, self.counter = Field(), Field(select=True)
        self._stop_watching: Callable[[], None] = lambda: None
        self._restore_filter()

    @property
    def index(self) -> AssetIndex:
        """The images by folder; reading this subscribes to changes."""
        self._index.changes  # noqa: B018
        return self._index

    # --- loading the images

    async def open(self, ordinal: int) -> None:
        """Load the first images and those around one, then the rest in the background."""
        await self.pages.load(0)
        await self.pages.load(ordinal)
        self.load_rest(ordinal)

    def load_rest(self, near: int | None = None) -> None:
        """Load all other images, those near the current one first."""
        if not self.pages.busy:
            self._ports.machine.spawn(self.pages.load_rest(self.current or 0 if near is None else near))

    async def asset(self, ordinal: int) -> Asset | None:
        """Return an image, after loading its page if needed."""
        if ordinal not in self.index.assets:
            await self.pages.load(ordinal)
        return self.index.assets.get(ordinal)

    def ahead(self, ordinal: int, count: int) -> list[Asset]:
        """Return the next images in the direction of the person."""
        if ordinal not in self.index.assets:
            return []
        steps = range(self.direction, self.direction * (count + 1), self.direction)
        found = [self.steps.order.following(ordinal, by) for by in steps]
        return [self.index.assets[one] for one in found if one is not None]

    def place(self) -> tuple[int | None, int]:
        """Return the position of the current image in the list, from 0, and the number of images.

        The position is None for an image that the filter hides. A slice has its position in its stack.
        """
        if self.current in self.stack:
            return self.stack.index(self.current), len(self.stack)
        if self.current is None or self.current not in self.index.assets:
            return None, 0
        return self.steps.order.place(self.current), self.steps.total

    def asset_at(self, number: int) -> Asset | None:
        """Return an image of the list, or a slice of the stack, by its number from 1."""
        if self.current in self.stack:
            return self.index.assets[self.stack[number - 1]] if 1 <= number <= len(self.stack) else None
        found = self.steps.order.at(number - 1)
        return None if found is None else self.index.assets[found]

    def end_of_folder(self, last: bool) -> Asset | None:
        """Return the first or last listed image of the current folder, or slice of the stack."""
        if self.current is None or self.current not in self.index.assets:
            return None
        listed = self.index.folder_of(self.current).shown
        return self.index.assets[listed[-1 if last else 0]] if listed else None

    def close(self) -> None:
        """Stop loading, and release the thumbnails."""
        self.pages.close()
        self.thumbnails.close()
        self._stop_watching()

    def _page_loaded(self, page: AssetPage) -> None:
        self._set_total(page.dataset, self.pages.total or page.total)
        self._states.read(asset.ordinal for asset in page.assets)
        self._keeping_position(lambda: self.index.add(page.assets))
        self.on_images()

    # --- statuses

    def records_changed(self, keys: Collection[RecordKey]) -> None:
        """Handle changed assignments."""
        changed = [record for table, record in keys if table == "assignment"]
        if changed:
            self._keeping_position(lambda: self._states.changed(changed))

    # --- rows

    @property
    def closed_now(self) -> frozenset[str]:
        """Paths of the folders that are closed now; a filter opens all of them until it is cleared."""
        return self._closed_while_filtered if self._index.filter.active else self.closed

    def _close_only(self, folders: frozenset[str]) -> None:
        if self.index.filter.active:
            self._closed_while_filtered = folders
        else:
            self.closed = folders

    @property
    def rows(self) -> Rows:
        """The rows with their positions."""
        # Not `self.index`: a new status changes no row.
        known = (self._index.revision, self.closed_now)
        if self._rows is None or self._laid_out != known:
            self._rows, self._laid_out = Rows(self._index, known[1]), known
        return self._rows

    def visible_rows(self) -> list[Row]:
        """Return the rows that are visible, or nearly."""
        return self.rows.between(self.scroll - MARGIN, self.scroll + self.height + MARGIN)

    def want_thumbnails(self) -> None:
        """Request the thumbnails of the visible rows, those in the middle first."""
        middle = self.scroll + self.height / 2
        near = sorted(self.visible_rows(), key=lambda row: abs(row.top + row.height / 2 - middle))
        assets = self._index.assets
        self.thumbnails.want(list(dict.fromkeys(ImageRef.of(assets[picture_of(row)]) for row in near)))

    def toggle(self, folder: str) -> None:
        """Open or close a folder."""
        self._keeping_position(lambda: self._close_only(self.closed_now ^ {folder}))

    # --- the filter

    def set_text(self, text: str) -> None:
        """List only images with this text in their name or folder."""
        self._set_filter(replace(self.index.filter, text=text))

    def toggle_state(self, state: AssignmentStatus) -> None:
        """Add a status to the filter, or remove it."""
        self._set_filter(replace(self.index.filter, states=self.index.filter.states ^ {state}))

    def clear_filter(self) -> None:
        """List all images again."""
        self._set_filter(Filter())

    def toggle_states(self) -> None:
        """Show or hide the statuses to choose from."""
        self.filter_open = not self.filter_open

    def _set_filter(self, new: Filter) -> None:
        self._closed_while_filtered = frozenset()
        self.index.set_filter(new)
        stored = {"text": new.text, "states": sorted(new.states)} if new.active else None
        self._ports.machine.remember(
            self._filter_key, msgspec.json.encode(stored).decode() if stored else None
        )
        if self.current is None or not self.scroll_to(self.current):
            self._scroll_to(0)

    def _restore_filter(self) -> None:
        text = self._ports.machine.recall(self._filter_key)
        try:
            stored = msgspec.json.decode(text, type=dict[str, Any]) if text else {}
        except msgspec.DecodeError:
            return
        states = stored.get("states")
        chosen = frozenset(one for one in STATES if isinstance(states, list) and one in states)
        self.index.set_filter(Filter(str(stored.get("text", "")), chosen))
        self.filter_open = bool(chosen)

    # --- scrolling and focus

    def attach(self, element: Any) -> None:
        """Keep the element that scrolls."""
        self._stop_watching()
        self._element, self._stop_watching = element, lambda: None
        if element is not None:
            self.height = float(element.clientHeight or self.height)
            self.apply_scroll(element)
            self._stop_watching = self._ports.window.watch_size(element, self._resized)

    def type_index(self, text: str | None) -> None:
        """Store what is typed as a number; None when typing ends."""
        self.typed_index = text

    def focus(self) -> None:
        """Focus the list."""
        if self._element is not None:
            self._element.focus()

    def scrolled(self, top: float, height: float) -> None:
        """Store which part of the list is visible."""
        # Ignore the old position while a scroll by the page is waiting for the next render.
        if self.scrolls == self._applied_scrolls:
            self.scroll, self.height = top, height

    def apply_scroll(self, marker: Any) -> None:
        """Scroll the element now that its content has the new height."""
        if marker is not None and self._element is not None:
            self._element.scrollTop = self.scroll
            self._applied_scrolls = self.scrolls

    def show(self, ordinal: int) -> None:
        """Make an image the current one, and scroll to its row."""
        self.current = self.cursor = ordinal
        if ordinal in self.index.assets:
            self._close_only(self.closed_now - {one.path for one in self.index.folder_of(ordinal).lineage()})
        self.scroll_to(ordinal)

    def scroll_to(self, key: RowKey) -> bool:
        """Scroll until a row is visible; return False if it is not listed."""
        row = self.rows.find(key)
        if row is None:
            return False
        inside = self.scroll + FOLDER_HEIGHT <= row.top and row.top + row.height <= self.scroll + self.height
        if not inside and not (row.top == 0 and self.scroll == 0):
            self._scroll_to(row.top - self.height / 3)
        return True

    def move(self, how: Move) -> None:
        """Move the cursor to another row."""
        rows = self.rows
        if not rows.count:
            return
        here = None if self.cursor is None else rows.number_of(self.cursor)
        page = max(int(self.height / ASSET_HEIGHT) - 1, 1)
        far = rows.count
        steps = {"up": -1, "down": 1, "page-up": -page, "page-down": page, "start": -far, "end": far}
        if here is None and how not in ("start", "end"):
            # The cursor's row is no longer listed, so the cursor moves to the first visible row.
            self.put_cursor(rows.between(self.scroll, self.scroll + self.height)[0].key)
        else:
            self.put_cursor(rows.row((here or 0) + steps[how]).key)

    def open_or_close(self, inwards: bool) -> bool:
        """Open or close the folder at the cursor, or move a level in or out.

        Return False on the current image, where the same keys go to the next and previous image.
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
        """Move the cursor to a row, and scroll to it."""
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

    def _keeping_position(self, change: Callable[[], None]) -> None:
        """Make a change without moving the visible rows, even if rows above them are added or removed."""
        rows = self.rows.between(self.scroll, self.scroll)
        change()
        row = self.rows.find(rows[0].key) if rows and self.scroll else None
        if row is not None and row.top != rows[0].top:
            self._scroll_to(self.scroll + row.top - rows[0].top)


def picture_of(row: Row) -> int:
    """Return the ordinal of the image whose thumbnail a row shows: a folder shows its first image."""
    return row.folder.first if row.ordinal is None else row.ordinal
