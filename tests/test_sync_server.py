"""The sync request, as the people of a project meet it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync_server_world import BOX, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def test_what_an_annotator_saves_comes_back_and_reaches_the_reviewer(world: World) -> None:
    box = world.annotator.draw()
    reply = world.annotator.send(world.annotator.begin(), box)

    assert (len(reply.done), reply.refused) == (2, [])
    assert {change.id for change in reply.changes} >= {box.id}
    assert world.reviewer.sees("annotation")[box.id]["shape"] == BOX
    assert world.admin.sees("annotation")[box.id]["author"] == world.annotator.id
