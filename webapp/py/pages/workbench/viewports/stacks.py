"""The DICOM slices of folders: loaded around the current image, and kept within a memory budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from webapp.py.domain.model import Asset
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.planes import Plane, plane_of
from webapp.py.imaging.series import Stack
from webapp.py.imaging.slice_table import MEGABYTE, SliceTable
from webapp.py.pages.ports.images import ImageFailure, ImageRef, ImageTrouble, Picture
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports import texts
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.stack_view import SliceView, StackView

AT_ONCE = 3
"""Slices that are loaded and decoded at the same time."""
MOST_SLICES = 3_000
"""Most images of a folder that is treated as slices."""
BUDGETS = (256, 512, 1024, 2048)
"""The choices for the memory of slices, in megabytes."""
_REMEMBERED = "limner.slices"
_NOT_DICOM = ImageFailure(texts.CANNOT_SHOW_KIND, texts.NOT_DICOM)
_STRIP_SECONDS = 0.2
"""Seconds between updates of the strip that shows which slices are loaded."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of an image in its stack: its index from 0, and the images of all slices in order."""

    index: int
    order: tuple[int, ...]
    stack: Stack


class FolderSlices:
    """The images of one folder that are loaded so far, by ordinal.

    Parameters
    ----------
    ports
        Loads images, and has the timer.
    changed
        Called when more is loaded, but not for each slice.
    """

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self.table = SliceTable((), 0)
        self.problems: dict[int, ImageFailure] = {}
        """Why images of the folder cannot be shown, by ordinal."""
        self._assets: dict[int, Asset] = {}
        self._pictures: dict[int, Picture] = {}
        self._slices: tuple[Stack, tuple[SliceView, ...]] | None = None
        self._planes: dict[int, Plane | None] = {}
        self._ports, self._changed = ports, changed
        self._current, self._direction = -1, 1
        self._busy: dict[int, Callable[[], object]] = {}
        self._waiting: tuple[int, Callable[[], None]] | None = None
        self._notifying = self._closed = False

    def __contains__(self, ordinal: int) -> bool:
        return ordinal in self._assets

    def asset(self, ordinal: int) -> Asset:
        """Return an image of the folder."""
        return self._assets[ordinal]

    def picture(self, ordinal: int) -> Picture | None:
        """Return a slice that is in memory; the folder keeps and closes it."""
        return self._pictures.get(ordinal)

    def place(self, ordinal: int) -> Place | None:
        """Return the position of an image in its stack; None if it is alone or in no stack."""
        stack = self.table.stack_of(ordinal)
        order = tuple(one.item for one in stack.slices) if stack is not None else ()
        if stack is None or len(order) < 2 or ordinal not in order:
            return None
        return Place(order.index(ordinal), order, stack)

    def view(self, ordinal: int) -> StackView | None:
        """Return the stack as tools see it; None until the headers of all images in the folder are known."""
        place = self.place(ordinal)
        if place is None or not self.table.complete:
            return None
        known = self._slices
        if known is None or known[0] is not place.stack:
            known = self._slices = place.stack, self._slice_views(place.stack)
        slices = known[1]
        header = self.table.headers[ordinal]
        inside = header.spacing if header is not None else ()
        spacing = (place.stack.distance, *inside) if place.stack.distance and len(inside) == 2 else ()
        return StackView(slices, place.index, spacing)

    def _slice_views(self, stack: Stack) -> tuple[SliceView, ...]:
        pairs = ((self._assets[one.item], one.place) for one in stack.slices)
        return tuple(
            SliceView(asset.ordinal, frame_address(asset.url, asset.frame), place) for asset, place in pairs
        )

    def loaded(self, order: Sequence[int]) -> list[bool]:
        """Return for each image whether it is in memory."""
        return self.table.loaded(order)

    def plane(self, ordinal: int) -> Plane | None:
        """Return the position of an image in the patient; None if its file does not say."""
        if ordinal not in self._planes:
            header = self.table.headers.get(ordinal)
            if header is None:
                return None
            self._planes[ordinal] = plane_of(header)
        return self._planes[ordinal]

    # --- loading

    def extend(self, assets: Sequence[Asset]) -> None:
        """Add the folder's images that are listed so far."""
        if len(assets) != len(self._assets):
            self._assets = {asset.ordinal: asset for asset in assets}
            self.table.extend(list(self._assets))
            self._load_more()

    def look_at(self, ordinal: int, direction: int = 1, then: Callable[[], None] | None = None) -> None:
        """Load the slices around an image; call ``then`` when the image itself is loaded or has failed."""
        self._current, self._direction = ordinal, direction
        self._waiting = (ordinal, then) if then is not None else None
        self._load_more()

    def try_again(self, ordinal: int) -> None:
        """Forget why an image could not be shown, so that it is loaded again."""
        if self.problems.pop(ordinal, None) is not None:
            self.table.forget(ordinal)

    def set_budget(self, budget: int) -> None:
        """Set how many bytes of values may be in memory."""
        self.table.budget = budget
        self._release_surplus()
        self._load_more()

    def close(self) -> None:
        """Stop loading, and free the memory."""
        self._closed = True
        for stop in list(self._busy.values()):
            stop()
        for picture in self._pictures.values():
            picture.close()
        self._pictures = {}

    def _load_more(self) -> None:
        while self._current in self._assets and not self._closed and len(self._busy) < AT_ONCE:
            at = self._current
            started = at in self._pictures or at in self._busy or at in self.problems
            item = self.table.wanted(at, set(self._busy), self._direction) if started else at
            if item is None:
                return
            self._busy[item] = self._ports.machine.spawn(self._load(item))

    async def _load(self, ordinal: int) -> None:
        asset = self._assets[ordinal]
        try:
            picture = await self._ports.images.load(ImageRef.of(asset))
        except ImageTrouble as trouble:
            self._add_problem(asset, trouble.problem)
        else:
            if self._closed or picture.header is None:
                picture.close()
            if picture.header is None:
                self._add_problem(asset, replace(_NOT_DICOM, address=asset.url))
            elif not self._closed:
                self._add_picture(asset, picture)
        finally:
            self._busy.pop(ordinal, None)
        if not self._closed:
            self._notify(ordinal)
            self._load_more()

    def _add_problem(self, asset: Asset, problem: ImageFailure) -> None:
        self.problems[asset.ordinal] = problem
        self.table.know(asset.ordinal, None)

    def _add_picture(self, asset: Asset, picture: Picture) -> None:
        header = picture.header
        if self.table.headers.get(asset.ordinal) is None:
            self.table.know(asset.ordinal, header)
        self._pictures[asset.ordinal] = picture
        values = (
            picture.scalars.values.nbytes
            if picture.scalars is not None
            else 4 * picture.width * picture.height
        )
        self.table.hold(asset.ordinal, int(values))
        self._release_surplus()

    def _release_surplus(self) -> None:
        for ordinal in self.table.surplus(self._current):
            self.table.drop(ordinal)
            self._pictures.pop(ordinal).close()

    def _notify(self, ordinal: int) -> None:
        if self._waiting is not None and self._waiting[0] == ordinal:
            (_, then), self._waiting = self._waiting, None
            then()
        if self.table.complete and not self._busy:
            self._changed()
        elif not self._notifying:
            self._notifying = True
            self._ports.machine.later(_STRIP_SECONDS, self._notify_changed)

    def _notify_changed(self) -> None:
        self._notifying = False
        if not self._closed:
            self._changed()


class Stacks:
    """The folders of slices that viewports show; each is in memory once, even if several show it.

    Parameters
    ----------
    ports
        Loads images, and has the timer.
    changed
        Called with a folder when more of it is loaded.
    """

    _budget = reactive(512)

    def __init__(self, ports: Ports, changed: Callable[[FolderSlices], None]) -> None:
        self._ports, self.changed = ports, changed
        kept = ports.machine.recall(_REMEMBERED) or ""
        if kept.isdecimal() and int(kept) in BUDGETS:
            self._budget = int(kept)
        self._folders: dict[str, FolderSlices] = {}
        self._shown: dict[object, str] = {}

    @property
    def budget(self) -> int:
        """Megabytes of slices that may be in memory; stored in this browser."""
        return self._budget

    def set_budget(self, megabytes: int) -> None:
        """Set how many megabytes of slices may be in memory, and store that in this browser."""
        self._ports.machine.remember(_REMEMBERED, str(megabytes))
        self._budget = megabytes
        self._share_budget()

    @property
    def used(self) -> int:
        """Bytes of the slices in memory."""
        return sum(sum(one.table.bytes.values()) for one in self._folders.values())

    def enter(self, viewer: object, folder: str, assets: Sequence[Asset]) -> FolderSlices | None:
        """Let a viewer (any object) show a folder; return None if that has one image, or too many."""
        if not 2 <= len(assets) <= MOST_SLICES:
            self.leave(viewer)
            return None
        if self._shown.get(viewer) != folder:
            self.leave(viewer)
            self._shown[viewer] = folder
        if folder not in self._folders:
            made = FolderSlices(self._ports, lambda: self.changed(made))
            self._folders[folder] = made
            self._share_budget()
        self._folders[folder].extend(assets)
        return self._folders[folder]

    def leave(self, viewer: object) -> None:
        """Handle that a viewer no longer shows its folder; free a folder that no viewer shows."""
        folder = self._shown.pop(viewer, None)
        if folder is not None and folder not in self._shown.values():
            self._folders.pop(folder).close()
            self._share_budget()

    def _share_budget(self) -> None:
        for folder in self._folders.values():
            folder.set_budget(self.budget * MEGABYTE // len(self._folders))
