"""The index of a dataset's images against the simplest reading of the same list."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.py.domain.model import Asset, AssignmentStatus
from webapp.py.pages.workbench.images.asset_index import DONE, STATES, AssetIndex, Filter, Folder
from webapp.py.pages.workbench.images.asset_rows import ASSET_HEIGHT, FOLDER_HEIGHT, Row, Rows

FOLDERS = st.sampled_from(["", "a", "a/b", "a/b/c", "b", "b/a", "Straße"])
NAMES = st.sampled_from(["cat.png", "Cat 2.PNG", "dog.png", "STRASSE.png"])
TEXTS = st.sampled_from(["", "cat", "CAT", "2", "straße", "b", "nothing at all"])
STATUSES = st.sampled_from(STATES)
LISTS = st.lists(st.tuples(FOLDERS, NAMES), max_size=25)
FILTERS = st.builds(Filter, TEXTS, st.frozensets(STATUSES, max_size=3))


def assets_of(pairs: Sequence[tuple[str, str]]) -> list[Asset]:
    return [Asset(ordinal=at, name=name, folder=folder, url="u") for at, (folder, name) in enumerate(pairs)]


class Oracle:
    """The same answers by looking at every image each time."""

    def __init__(
        self, assets: Sequence[Asset], statuses: dict[int, AssignmentStatus], chosen: Filter
    ) -> None:
        self.assets = assets
        self.statuses = statuses
        self.chosen = chosen

    def status(self, asset: Asset) -> AssignmentStatus:
        return self.statuses.get(asset.ordinal, "queued")

    def listed(self, asset: Asset) -> bool:
        text = self.chosen.text.casefold()
        named = text in asset.name.casefold() or text in asset.folder.casefold()
        return named and (not self.chosen.states or self.status(asset) in self.chosen.states)

    def below(self, folder: str) -> list[Asset]:
        return [one for one in self.assets if not folder or f"{one.folder}/".startswith(f"{folder}/")]

    def beside(self, asset: Asset) -> list[int]:
        return [one.ordinal for one in self.assets if one.folder == asset.folder and self.listed(one)]

    def rows(self, closed: frozenset[str], folder: str = "") -> list[tuple[str | int, int]]:
        """Return key and level of each line."""
        level = len(folder.split("/")) if folder else 0
        inside = [one for one in self.below(folder) if one.folder != folder and self.listed(one)]
        everything = [one for one in self.below(folder) if one.folder != folder]
        names = list(dict.fromkeys("/".join(one.folder.split("/")[: level + 1]) for one in everything))
        lines: list[tuple[str | int, int]] = []
        for name in names:
            if any(f"{one.folder}/".startswith(f"{name}/") for one in inside):
                lines.append((name, level + 1))
                lines += self.rows(closed, name) if name not in closed else []
        own = [one.ordinal for one in self.assets if one.folder == folder and self.listed(one)]
        return lines + [(ordinal, level + 1) for ordinal in own]


@given(LISTS, st.data())
def test_the_index_answers_as_a_look_at_every_image_would(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    assets = assets_of(pairs)
    index, statuses, chosen = AssetIndex(), dict[int, AssignmentStatus](), Filter()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(assets)), max_size=3)))
    parts = [assets[a:b] for a, b in zip([0, *cuts], [*cuts, len(assets)], strict=True)]
    steps: list[list[Asset] | tuple[int, AssignmentStatus] | Filter] = [*data.draw(st.permutations(parts))]
    for _ in range(data.draw(st.integers(0, 8))):
        change = data.draw(st.one_of(st.tuples(st.integers(0, 30), STATUSES), FILTERS))
        steps.insert(data.draw(st.integers(0, len(steps))), change)
    for step in steps:
        if isinstance(step, Filter):
            index.set_filter(step)
            chosen = step
        elif isinstance(step, tuple):
            index.set_status(*step)
            statuses[step[0]] = step[1]
        else:
            index.add(step)
        check(index, Oracle([one for one in assets if one.ordinal in index.assets], statuses, chosen))


def check(index: AssetIndex, oracle: Oracle) -> None:
    everywhere = [oracle.status(one) for one in oracle.assets]
    assert index.counts == {state: everywhere.count(state) for state in STATES}
    for folder in folders_of(index.root):
        below = oracle.below(folder.path)
        assert folder.images == len(below)
        assert folder.done == sum(oracle.status(one) in DONE for one in below)
        assert folder.matches == sum(oracle.listed(one) for one in below)
        assert folder.first == min((one.ordinal for one in below), default=-1)
    for asset in oracle.assets:
        beside = oracle.beside(asset)
        place = beside.index(asset.ordinal) if asset.ordinal in beside else None
        assert index.place(asset.ordinal) == (place, len(beside))
        later = [one for one in beside if one > asset.ordinal]
        sooner = [one for one in beside if one < asset.ordinal][::-1]
        for by in (1, 2, 30):
            assert index.following(asset.ordinal, by) == (later[by - 1] if by <= len(later) else None)
            assert index.following(asset.ordinal, -by) == (sooner[by - 1] if by <= len(sooner) else None)


def folders_of(folder: Folder) -> list[Folder]:
    return [folder, *(below for child in folder.children.values() for below in folders_of(child))]


@given(LISTS, FILTERS, st.frozensets(FOLDERS, max_size=3), st.integers(-100, 2000), st.integers(0, 900))
def test_the_rows_in_sight_are_those_of_the_whole_list_laid_out_one_below_the_other(
    pairs: list[tuple[str, str]], chosen: Filter, closed: frozenset[str], first: int, height: int
) -> None:
    index = AssetIndex()
    index.add(assets_of(pairs))
    index.set_filter(chosen)
    expected = Oracle(assets_of(pairs), {}, chosen).rows(closed)
    rows = Rows(index, closed)
    top = 0
    laid_out = []
    for key, level in expected:
        tall = FOLDER_HEIGHT if isinstance(key, str) else ASSET_HEIGHT
        laid_out.append((key, level, top, tall))
        top += tall
    assert (rows.count, rows.height) == (len(expected), top)
    seen = [(row.key, row.level, row.top, row.height) for row in rows.between(first, first + height)]
    assert seen == [one for one in laid_out if one[2] + one[3] > first and one[2] <= first + height]
    for number, (key, *_) in enumerate(laid_out):
        assert (rows.number_of(key), rows.row(number).key) == (number, key)
        found = rows.find(key)
        assert found is not None and found.top == laid_out[number][2]
    everything = rows.between(0, top)
    for row in everything:
        beside = [one for one in everything if one.level == row.level and parent_of(one) is parent_of(row)]
        assert (beside[row.position - 1].key, len(beside)) == (row.key, row.siblings)
    assert rows.number_of("no such folder") is None
    assert rows.number_of(10_000) is None


def parent_of(row: Row) -> Folder | None:
    return row.folder if row.ordinal is not None else row.folder.parent


def test_what_comes_next_respects_the_filter_also_from_an_image_that_it_leaves_out() -> None:
    index = AssetIndex()
    index.add(assets_of([("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")]))
    index.set_filter(Filter(states=frozenset({"queued"})))
    index.set_status(1, "submitted")
    assert (index.following(1, 1), index.following(1, -1)) == (2, 0)
    assert index.following(0, 1) == 2
    assert index.following(2, 1) is None
    assert index.place(1) == (None, 2)


def test_odd_and_very_deep_folders_are_folders_all_the_same() -> None:
    index = AssetIndex()
    deep = "/".join(["x"] * 1000)
    index.add(assets_of([("/a//b/", "1"), ("a/b", "2"), (deep, "3"), (deep + "y", "4")]))
    assert index.folder_of(0) is index.folder_of(1)
    assert index.folder_of(0).path == "a/b"
    assert index.folder_of(2) is not index.folder_of(3)
    assert index.folder_of(2).level == index.folder_of(3).level == 12
    assert Rows(index, ()).count == 2 + 11 + 2 + 4


@pytest.fixture(scope="module")
def large() -> AssetIndex:
    """A hundred thousand images in twenty folders of ten folders each."""
    index = AssetIndex()
    folders = [f"series {at // 5000}/part {at // 500 % 10}" for at in range(100_000)]
    index.add(assets_of([(folder, f"{at:06}.png") for at, folder in enumerate(folders)]))
    return index


@pytest.mark.parametrize("ordinal", [0, 1, 499, 500, 54_321, 99_999])
def test_of_a_hundred_thousand_images_only_those_in_sight_are_made(large: AssetIndex, ordinal: int) -> None:
    rows = Rows(large, ())
    assert rows.height == 100_000 * ASSET_HEIGHT + 220 * FOLDER_HEIGHT
    row = rows.find(ordinal)
    assert row is not None
    seen = rows.between(row.top, row.top + 1500)
    assert seen[0] is row or seen[1] is row
    assert len(seen) <= 1500 // FOLDER_HEIGHT + 2
    assert large.place(ordinal) == (ordinal % 500, 500)


def test_a_filter_looks_at_all_images_once_and_a_change_of_state_only_at_its_own(large: AssetIndex) -> None:
    large.set_filter(Filter("0777", frozenset({"queued"})))
    passes = large.passes
    found = sum("0777" in f"{at:06}" for at in range(100_000))
    assert large.root.matches == found
    large.set_status(77_700, "submitted")
    assert (large.root.matches, large.root.done, large.passes) == (found - 1, 1, passes)
    large.set_status(77_700, "queued")
    large.set_filter(Filter())
    assert large.passes == passes + 1


def test_images_are_found_by_words_of_their_name_and_their_folder_up_to_a_number() -> None:
    index = AssetIndex()
    index.add(
        assets_of([("pets/cats", "Tom 1"), ("pets/cats", "Tim 2"), ("pets/dogs", "tom 3"), ("", "tom")])
    )

    def found(words: str, most: int = 10) -> list[str]:
        return [asset.name for asset in index.named(words, most)]

    assert sorted(found("tom")) == ["Tom 1", "tom", "tom 3"]
    assert found("TOM cats") == ["Tom 1"]
    assert found("image dogs") == ["tom 3"]
    assert found("zebra") == []
    assert len(found("t", 2)) == 2
