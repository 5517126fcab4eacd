"""What the tests of the store share: a scope, annotations, and how to run a story."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Fields
from webapp.py.domain.wire import Change

SCOPE = "project/p"


def box(x: float = 1) -> Fields:
    return {"kind": "box", "x": x, "y": 2, "width": 3, "height": 4}


def annotation(record_id: str | None = None, *, asset: int = 0, **fields: Any) -> Fields:
    whole = {
        "id": record_id or new_id(),
        "project": "p",
        "asset": asset,
        "assignment": assignment_id("p", asset, "ann"),
        "author": "ann",
        "class_id": "cell",
        "shape": box(),
        "object_id": "o",
    }
    return {**whole, **fields}


def change(fields: Fields) -> Change:
    return Change(table="annotation", id=fields["id"], fields=fields)


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())
