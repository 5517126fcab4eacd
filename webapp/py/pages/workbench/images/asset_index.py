"""The images of a dataset as a tree of folders: counts, statuses, filter, and which image is next.

Everything that pages need in each frame or step is available without a pass over all images: counts are
updated when images and statuses arrive, and each folder has the sorted ordinals of its images. Only a change
of the filter checks every image once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.pages.workbench.images.texts import image_place
from webapp.py.ui.reactive import reactive

STATES: tuple[AssignmentStatus, ...] = ("queued", "started", "submitted", "skipped", "rejected", "accepted")
"""The statuses of an image in display order; ``queued`` if work has not begun."""
DONE: frozenset[AssignmentStatus] = frozenset({"submitted", "skipped", "accepted"})
"""Statuses that leave nothing to do for the annotator."""
MOST_LEVELS = 12
"""Most levels of folders; deeper ones become part of the name of the last one."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images are listed: those with ``text`` in name or folder and, if not empty, one of ``states``."""

    text: str = ""
    states: frozenset[AssignmentStatus] = frozenset()

    @property
    def active(self) -> bool:
        """Whether it may hide images."""
        return bool(self.text or self.states)


class Folder:
    """A folder: its images, its subfolders, and sums over everything in it.

    ``members`` are the ordinals of its own images, ``shown`` those that match the filter, and ``left`` those
    with something left to do, all sorted.
    ``images``, ``done``, ``matches`` and ``first`` (the first image) include all subfolders.
    """

    __slots__ = (
        "children",
        "done",
        "first",
        "images",
        "left",
        "level",
        "matches",
        "members",
        "name",
        "parent",
        "path",
        "shown",
    )

    def __init__(self, path: str, name: str, parent: Folder | None) -> None:
        self.path = path
        self.name = name
        self.parent = parent
        self.level: int = parent.level + 1 if parent else 0
        self.children: dict[str, Folder] = {}
        self.members: list[int] = []
        self.shown: list[int] = self.members
        self.left: list[int] = []
        self.first = -1
        self.images = self.done = self.matches = 0

    def lineage(self) -> Iterator[Folder]:
        """Yield the folder itself, its parent, and so on up to the root."""
        folder: Folder | None = self
        while folder is not None:
            yield folder
            folder = folder.parent


class AssetIndex:
    """The images listed so far, by folder.

    Examples
    --------
    >>> index = AssetIndex()
    >>> index.add([Asset(ordinal=0, name="cat.png", folder="pets/cats", url="cat.png")])
    >>> index.folder_of(0).path, index.root.children["pets"].images
    ('pets/cats', 1)
    """

    revision = reactive(0)
    """Increases when different rows are to be listed."""
    filter = reactive(Filter())
    """Which images are listed."""
    changes = reactive(0)
    """Increases when anything about the images has changed."""

    def __init__(self) -> None:
        self.root = Folder("", "", None)
        self.assets: dict[int, Asset] = {}
        self.counts: dict[AssignmentStatus, int] = dict.fromkeys(STATES, 0)
        """Number of images with each status."""
        self.passes = 0
        """How often all images were checked."""
        self._statuses: dict[int, AssignmentStatus] = {}
        self._folders: dict[str, Folder] = {"": self.root}
        self._by_name: dict[str, Folder] = {"": self.root}
        self._text = ""

    # --- changes

    def add(self, assets: Iterable[Asset]) -> None:
        """Add images in any order; those that are already listed are ignored."""
        new: dict[str, list[int]] = {}
        for asset in assets:
            if asset.ordinal not in self.assets:
                self.assets[asset.ordinal] = asset
                new.setdefault(asset.folder, []).append(asset.ordinal)
        for name, ordinals in new.items():
            self._join(self._folder(name), ordinals)
        self.revision += bool(new)
        self.changes += bool(new)

    def set_status(self, ordinal: int, status: AssignmentStatus) -> None:
        """Set the status of an image, which need not be listed yet."""
        before = self.status_of(ordinal)
        if status == before:
            return
        self._statuses[ordinal] = status
        if ordinal not in self.assets:
            return
        self.counts[before] -= 1
        self.counts[status] += 1
        more = (status in DONE) - (before in DONE)
        folder = self.folder_of(ordinal)
        for above in folder.lineage() if more else ():
            above.done += more
        if more > 0:
            del folder.left[bisect_left(folder.left, ordinal)]
        elif more < 0:
            insort(folder.left, ordinal)
        if self.filter.states:
            self._fit(folder, ordinal)
        self.changes += 1

    def set_filter(self, new: Filter) -> None:
        """List only images that match a filter."""
        if new == self.filter:
            return
        self.filter, self._text = new, new.text.casefold()
        self.passes += 1
        for folder in self._folders.values():
            folder.shown = self._matching(folder, folder.members) if new.active else folder.members
            folder.matches = 0
        for folder in self._folders.values():
            for above in folder.lineage() if folder.shown else ():
                above.matches += len(folder.shown)
        self.revision += 1
        self.changes += 1

    # --- queries

    def status_of(self, ordinal: int) -> AssignmentStatus:
        """Return the status of an image."""
        return self._statuses.get(ordinal, "queued")

    def folder_of(self, ordinal: int) -> Folder:
        """Return the folder of a listed image."""
        return self._folder(self.assets[ordinal].folder)

    def same_folder(self, ordinal: int) -> tuple[str, list[Asset]]:
        """Return the path of an image's folder and all images in it, regardless of the filter."""
        folder = self.folder_of(ordinal)
        return folder.path, [self.assets[one] for one in folder.members]

    def first(self) -> Asset | None:
        """Return the first image listed so far."""
        return self.assets.get(self.root.first)

    def first_of_other_folder(self, shown: Collection[int]) -> Asset | None:
        """Return the first image of the first folder without any of these, else the first other image."""
        taken = {self.folder_of(ordinal).path for ordinal in shown}
        firsts = [one.members[0] for one in self._folders.values() if one.members and one.path not in taken]
        others = (ordinal for ordinal in sorted(self.assets) if ordinal not in shown)
        return self.assets.get(min(firsts) if firsts else next(others, -1))

    def named(self, words: str, most: int) -> Iterator[Asset]:
        """Yield up to ``most`` images with all of the words in their name or in "Image in <folder>"."""
        left = most
        for folder in self._folders.values():
            place = image_place(folder.path).casefold()
            found = folder.members
            for word in words.casefold().split():
                if word not in place:
                    found = [one for one in found if word in self.assets[one].name.casefold()]
            yield from (self.assets[one] for one in found[:left])
            left -= len(found[:left])

    def place(self, ordinal: int) -> tuple[int | None, int]:
        """Return the position of an image among the listed ones of its folder, from 0, and their number.

        The position is None for an image that the filter hides.
        """
        shown = self.folder_of(ordinal).shown
        at = bisect_left(shown, ordinal)
        return (at if at < len(shown) and shown[at] == ordinal else None), len(shown)

    def to_do(self, folder: Folder, after: int) -> Iterator[int]:
        """Yield the listed images of a folder that have something left to do, in order from ``after``."""
        if not self.filter.active:
            yield from folder.left[bisect_left(folder.left, after + 1) :]
            return
        for ordinal in folder.shown[bisect_left(folder.shown, after + 1) :]:
            if self.status_of(ordinal) not in DONE:
                yield ordinal

    def following(self, ordinal: int, by: int) -> int | None:
        """Return the listed image that is ``by`` images further in the folder; None beyond its ends."""
        shown = self.folder_of(ordinal).shown
        at = bisect_left(shown, ordinal)
        left_out = at == len(shown) or shown[at] != ordinal
        at += by - (left_out and by > 0)
        return shown[at] if 0 <= at < len(shown) else None

    # --- inside

    def _folder(self, name: str) -> Folder:
        known = self._by_name.get(name)
        if known is None:
            known = self._by_name[name] = self._make(name)
        return known

    def _make(self, name: str) -> Folder:
        parts = [part for part in name.split("/") if part]
        parts[MOST_LEVELS - 1 :] = ["/".join(parts[MOST_LEVELS - 1 :])] if parts[MOST_LEVELS - 1 :] else []
        folder = self.root
        for part in parts:
            below = folder.children.get(part)
            if below is None:
                path = f"{folder.path}/{part}" if folder.path else part
                below = folder.children[part] = self._folders[path] = Folder(path, part, folder)
            folder = below
        return folder

    def _join(self, folder: Folder, ordinals: list[int]) -> None:
        filtered = folder.shown is not folder.members
        matching = self._matching(folder, ordinals) if self.filter.active else ordinals
        left = []
        for ordinal in ordinals:
            status = self.status_of(ordinal)
            self.counts[status] += 1
            left += [] if status in DONE else [ordinal]
        done = len(ordinals) - len(left)
        folder.members += ordinals
        folder.members.sort()
        folder.left += left
        folder.left.sort()
        if self.filter.active:
            folder.shown = sorted([*folder.shown, *matching]) if filtered else matching
        first = min(ordinals)
        for above in folder.lineage():
            above.images += len(ordinals)
            above.matches += len(matching)
            above.done += done
            above.first = first if above.first < 0 else min(above.first, first)

    def _matching(self, folder: Folder, ordinals: Sequence[int]) -> list[int]:
        text, states = self._text, self.filter.states
        found = list(ordinals)
        if text and text not in folder.path.casefold():
            assets = self.assets
            found = [ordinal for ordinal in found if text in assets[ordinal].name.casefold()]
        if states:
            found = [ordinal for ordinal in found if self.status_of(ordinal) in states]
        return found

    def _fit(self, folder: Folder, ordinal: int) -> None:
        wanted = bool(self._matching(folder, [ordinal]))
        at = bisect_left(folder.shown, ordinal)
        listed = at < len(folder.shown) and folder.shown[at] == ordinal
        if wanted == listed:
            return
        if wanted:
            insort(folder.shown, ordinal)
        else:
            del folder.shown[at]
        for above in folder.lineage():
            above.matches += 1 if wanted else -1
        self.revision += 1
