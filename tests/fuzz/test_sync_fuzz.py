"""Random people, devices, tabs and networks against the real server: nothing is lost, doubled or leaked.

``LIMNER_FUZZ_ROUNDS`` sets the number of runs, ``LIMNER_FUZZ_SEED`` the seed of the first. The 40 runs of
every test find what a change breaks at once; a thousand now and then, with other seeds, find the rest.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from sync_server import sync_handler
from sync_server.storage.sqlite import engine
from tests.fuzz.checks import Watch, check_quiet, check_undo
from tests.fuzz.real_server import InlineLoop
from tests.fuzz.world import World

FIRST = int(os.environ.get("LIMNER_FUZZ_SEED", "0"))
ROUNDS = int(os.environ.get("LIMNER_FUZZ_ROUNDS", "40"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ROUNDS))
def test_whatever_happens_all_agree_in_the_end(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_handler, "MOST_CHANGES", random.Random(seed).choice([3, 10, 5_000]))
    # Only the seed decides: no batch of the server's ends by the clock.
    monkeypatch.setattr(engine, "_BATCH_S", 1_000)
    loop = InlineLoop()
    try:
        # A run takes a second or two; one that hangs shall end and say its seed.
        loop.run_until_complete(asyncio.wait_for(run(seed, tmp_path), 300))
    finally:
        loop.close()


async def run(seed: int, home: Path) -> None:
    world = World(seed, home)
    watch = Watch(world)
    try:
        await world.begin()
        for _ in range(world.random.choice([50, 200, 600])):
            await world.step()
            watch.look()
        await world.calm_down()
        watch.look()
        await check_quiet(world)
        await check_undo(world)
        watch.look()
        await check_quiet(world)
    except BaseException as error:
        trace = "\n".join(world.trace)
        raise AssertionError(
            f"{error!r}\nThe last of what happened:\n{trace}\n"
            f"Again: LIMNER_FUZZ_SEED={seed} LIMNER_FUZZ_ROUNDS=1 python -m pytest tests/fuzz"
        ) from error
    finally:
        world.close()
