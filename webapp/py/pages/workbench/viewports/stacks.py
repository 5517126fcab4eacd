"""The DICOM slices of folders: brought behind the image at hand, kept in memory within what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from webapp.py.domain.model import Asset
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.planes import Plane, plane_of
from webapp.py.imaging.series import Stack
from webapp.py.imaging.slice_table import MEGABYTE, SliceTable, of_frame
from webapp.py.pages.ports.images import ImageFailure, ImageRef, ImageTrouble, Picture
from webapp.py.pages.ports.ports import Ports
from webapp.py.workspace.stack_view import SliceView, StackView

AT_ONCE = 3
"""Slices that are fetched and decoded at the same time."""
MOST_SLICES = 3_000
"""Images of a folder that are looked at; a folder with more is none of slices."""
BUDGETS = (256, 512, 1024, 2048)
"""Megabytes to choose from for slices in memory."""
_REMEMBERED = "limner.slices"
_NOT_DICOM = ImageFailure("This kind of image cannot be shown", "This file is not a DICOM image.")
_STRIP_SECONDS = 0.2
"""How often the strip that shows what is loaded is drawn anew."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image lies in its stack: which slice, from 0, and the images of all slices in order."""

    index: int
    order: tuple[int, ...]
    stack: Stack


class FolderSlices:
    """The images of one folder, as far as they are read, by their ordinals.

    Parameters
    ----------
    ports
        The world outside.
    changed
        Called when more is here; not for every slice.
    """

    def __init__(self, ports: Ports, changed: Callable[[], None]) -> None:
        self.table = SliceTable((), 0)
        self.problems: dict[int, ImageFailure] = {}
        """Why images of the folder cannot be shown."""
        self._assets: dict[int, Asset] = {}
        self._pictures: dict[int, Picture] = {}
        self._slices: tuple[Stack, tuple[SliceView, ...]] | None = None
        self._planes: dict[int, Plane | None] = {}
        self._ports, self._changed = ports, changed
        self._at, self._direction = -1, 1
        self._busy: dict[int, Callable[[], object]] = {}
        self._waiting: tuple[int, Callable[[], None]] | None = None
        self._told = self._closed = False

    def __contains__(self, ordinal: int) -> bool:
        return ordinal in self._assets

    def asset(self, ordinal: int) -> Asset:
        """Return an image of the folder."""
        return self._assets[ordinal]

    def picture(self, ordinal: int) -> Picture | None:
        """Return a slice that is in memory; it stays the folder's."""
        return self._pictures.get(ordinal)

    def place(self, ordinal: int) -> Place | None:
        """Return where an image lies in its stack, None for one that lies alone or in none."""
        stack = self.table.stack_of(ordinal)
        order = tuple(one.item for one in stack.slices) if stack is not None else ()
        if stack is None or len(order) < 2 or ordinal not in order:
            return None
        return Place(order.index(ordinal), order, stack)

    def view(self, ordinal: int) -> StackView | None:
        """Return the stack as tools see it; None until every image of the folder has been looked at."""
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
        """Return which images are in memory."""
        return self.table.loaded(order)

    def plane(self, ordinal: int) -> Plane | None:
        """Return where an image lies in the patient; None where its file does not say."""
        if ordinal not in self._planes:
            header = self.table.headers.get(ordinal)
            if header is None:
                return None
            self._planes[ordinal] = plane_of(header)
        return self._planes[ordinal]

    # --- bringing

    def extend(self, assets: Sequence[Asset]) -> None:
        """Take in the folder's images, as far as they are listed."""
        if len(assets) != len(self._assets):
            self._assets = {asset.ordinal: asset for asset in assets}
            self.table.extend(list(self._assets))
            self._bring_more()

    def look_at(self, ordinal: int, direction: int = 1, then: Callable[[], None] | None = None) -> None:
        """Bring what lies around an image; ``then`` is called when the image itself is here, or cannot be."""
        self._at, self._direction = ordinal, direction
        self._waiting = (ordinal, then) if then is not None else None
        self._bring_more()

    def try_again(self, ordinal: int) -> None:
        """Forget why an image could not be shown, so that it is brought once more."""
        if self.problems.pop(ordinal, None) is not None:
            self.table.forget(ordinal)

    def set_budget(self, budget: int) -> None:
        """Allow so many bytes of values."""
        self.table.budget = budget
        self._let_go()
        self._bring_more()

    def close(self) -> None:
        """Stop, and free the memory."""
        self._closed = True
        for stop in list(self._busy.values()):
            stop()
        for picture in self._pictures.values():
            picture.close()
        self._pictures = {}

    def _bring_more(self) -> None:
        while self._at in self._assets and not self._closed and len(self._busy) < AT_ONCE:
            here = self._at in self._pictures or self._at in self._busy or self._at in self.problems
            item = self.table.wanted(self._at, set(self._busy), self._direction) if here else self._at
            if item is None:
                return
            self._busy[item] = self._ports.machine.spawn(self._bring(item))

    async def _bring(self, ordinal: int) -> None:
        asset = self._assets[ordinal]
        try:
            picture = await self._ports.images.load(ImageRef.of(asset))
        except ImageTrouble as trouble:
            self._note_problem(asset, trouble.problem)
        else:
            if self._closed or picture.header is None:
                picture.close()
            if picture.header is None:
                self._note_problem(asset, replace(_NOT_DICOM, address=asset.url))
            elif not self._closed:
                self._take(asset, picture)
        finally:
            self._busy.pop(ordinal, None)
        if not self._closed:
            self._tell(ordinal)
            self._bring_more()

    def _note_problem(self, asset: Asset, problem: ImageFailure) -> None:
        self.problems[asset.ordinal] = problem
        self.table.know(asset.ordinal, None)

    def _take(self, asset: Asset, picture: Picture) -> None:
        header = picture.header
        if self.table.headers.get(asset.ordinal) is None:
            self.table.know(asset.ordinal, of_frame(header, asset.frame) if header is not None else None)
        self._pictures[asset.ordinal] = picture
        values = (
            picture.scalars.values.nbytes
            if picture.scalars is not None
            else 4 * picture.width * picture.height
        )
        self.table.hold(asset.ordinal, int(values))
        self._let_go()

    def _let_go(self) -> None:
        for ordinal in self.table.surplus(self._at):
            self.table.drop(ordinal)
            self._pictures.pop(ordinal).close()

    def _tell(self, ordinal: int) -> None:
        if self._waiting is not None and self._waiting[0] == ordinal:
            (_, then), self._waiting = self._waiting, None
            then()
        if self.table.complete and not self._busy:
            self._changed()
        elif not self._told:
            self._told = True
            self._ports.machine.later(_STRIP_SECONDS, self._tell_changed)

    def _tell_changed(self) -> None:
        self._told = False
        if not self._closed:
            self._changed()


class Stacks:
    """The folders of slices that viewports show; each is held once, however many show it.

    Parameters
    ----------
    ports
        The world outside.
    changed
        Called with a folder when more of it is here.
    """

    def __init__(self, ports: Ports, changed: Callable[[FolderSlices], None]) -> None:
        self._ports, self._changed = ports, changed
        self._folders: dict[str, FolderSlices] = {}
        self._shown: dict[object, str] = {}

    @property
    def budget(self) -> int:
        """Megabytes of slices that may be in memory, chosen on this machine."""
        kept = self._ports.machine.recall(_REMEMBERED) or ""
        return int(kept) if kept.isdecimal() and int(kept) in BUDGETS else 512

    def set_budget(self, megabytes: int) -> None:
        """Allow so many megabytes of slices in memory, on this machine from now on."""
        self._ports.machine.remember(_REMEMBERED, str(megabytes))
        self._share()

    @property
    def used(self) -> int:
        """Bytes of slices that are in memory."""
        return sum(sum(one.table.bytes.values()) for one in self._folders.values())

    def enter(self, viewer: object, folder: str, assets: Sequence[Asset]) -> FolderSlices | None:
        """Have a viewer (any object) show a folder; None for one that has too many images, or only one."""
        if not 2 <= len(assets) <= MOST_SLICES:
            self.leave(viewer)
            return None
        if self._shown.get(viewer) != folder:
            self.leave(viewer)
            self._shown[viewer] = folder
        if folder not in self._folders:
            made = FolderSlices(self._ports, lambda: self._changed(made))
            self._folders[folder] = made
            self._share()
        self._folders[folder].extend(assets)
        return self._folders[folder]

    def leave(self, viewer: object) -> None:
        """Note that a viewport shows something else; a folder that nobody shows is let go of."""
        folder = self._shown.pop(viewer, None)
        if folder is not None and folder not in self._shown.values():
            self._folders.pop(folder).close()
            self._share()

    def _share(self) -> None:
        for folder in self._folders.values():
            folder.set_budget(self.budget * MEGABYTE // len(self._folders))
