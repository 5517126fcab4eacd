"""Ten thousand random acts are taken back one by one to where they began, and made again to where they ended.

``LIMNER_FUZZ_SEED`` sets the seed.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.fuzz.labeler import Labeler, open_store, state_of
from tests.fuzz.real_server import InlineLoop, RealServer

SEED = int(os.environ.get("LIMNER_FUZZ_SEED", "0"))
IMAGES = 20
ACTS = 10_000
"""Of all images together; each has fewer steps than are kept."""
FIRST_ACTS = 25
"""Acts on each image before the ones that are taken back."""


def test_ten_thousand_random_acts_are_undone_to_the_start_and_redone_to_the_end(tmp_path: Path) -> None:
    loop = InlineLoop()
    try:
        loop.run_until_complete(asyncio.wait_for(_run(SEED, tmp_path), 600))
    except BaseException as error:
        raise AssertionError(
            f"{error!r}\nAgain: LIMNER_FUZZ_SEED={SEED} python -m pytest {__file__}"
        ) from error
    finally:
        loop.close()


async def _run(seed: int, home: Path) -> None:
    server = RealServer(home, projects=1, assets=IMAGES)
    try:
        person = server.add_person("annotator")
        store, sync = await open_store(server, person)
        starts = await _begin(Labeler(seed, server, person, store, sync))
        # Another page: what was done before is not in its histories.
        anna = Labeler(seed, server, person, store, sync)
        anna.open(0)
        for _ in range(ACTS):
            if anna.dice.random() < 0.05:
                anna.open(anna.dice.randrange(IMAGES))
            await anna.act()
        _look_whether_all_was_tried(anna)
        ends = []
        for image in range(IMAGES):
            anna.open(image)
            while anna.session.redo():
                pass
            ends.append(anna.state())
            while anna.session.undo():
                pass
            assert anna.state() == starts[image], f"image {image} is not as it was"
        await _expect(server, anna, person, starts)
        for image in range(IMAGES):
            anna.open(image)
            while anna.session.redo():
                pass
            assert anna.state() == ends[image], f"image {image} is not as it became"
        await _expect(server, anna, person, ends)
    finally:
        server.close()


async def _begin(anna: Labeler) -> list[bytes]:
    """Label something on each image that is no part of what is taken back."""
    starts = []
    for image in range(IMAGES):
        anna.open(image)
        anna.session.begin()
        for _ in range(FIRST_ACTS):
            await anna.draw()
        starts.append(anna.state())
    await anna.send()
    return starts


def _look_whether_all_was_tried(anna: Labeler) -> None:
    drawing = {tool.id for tool in anna.session.registry.tools if tool.draws}
    assert set(anna.drawn) >= drawing, f"nothing was drawn with {sorted(drawing - set(anna.drawn))}"
    assert len(anna.done) == 13


async def _expect(server: RealServer, anna: Labeler, person: str, states: list[bytes]) -> None:
    """All of it is on the server, and comes down to another machine the same."""
    await anna.send()
    assert anna.store.refused == [] and server.problems == []
    other, _ = await open_store(server, person)
    assert [state_of(other, image) for image in range(IMAGES)] == states
