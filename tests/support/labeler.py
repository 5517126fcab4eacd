"""A person who labels without a browser: real tools, a real store, and gestures as a person makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.fake_canvas import FakeCanvas
from webapp.py.domain.model import Asset, Fields, Instruction, LabelClass
from webapp.py.domain.ops import Op, apply
from webapp.py.domain.permissions import Actor, Role
from webapp.py.domain.wire import project_scope
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_scope import Records
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.registry import Registry, find_tools
from webapp.py.workspace.tool import KeyPress, drag

INSTRUCTION = Instruction(
    id="i1",
    name="Animals",
    classes=[
        LabelClass(id="cat", name="Cat", color="#ff0000", tool="box"),
        LabelClass(id="sky", name="Sky", color="#0000ff", tool="brush"),
    ],
)


class MemoryRecords:
    """The records of one image, without a store."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Fields] = {}

    def get(self, table: str, record_id: str) -> Fields | None:
        return self.kept.get((table, record_id))

    get_deleted = get

    def of_asset(self, table: str, asset: int) -> list[Fields]:
        return [fields for (name, _), fields in self.kept.items() if name == table]

    def edit(self, ops: Sequence[Op]) -> None:
        for op in ops:
            self.kept[op.table, op.id] = apply(self.get(op.table, op.id), op)


def image_session(
    records: Records, actor: Actor, instruction: Instruction = INSTRUCTION, registry: Registry | None = None
) -> ImageSession:
    """A session with image 0 open, of 100 x 80 pixels."""
    tools = registry if registry is not None else find_tools()
    session = ImageSession(LabelingState(records, actor, "p1", instruction, tools))
    open_image(session, 0)
    return session


def open_image(session: ImageSession, ordinal: int) -> None:
    session.open(Asset(ordinal=ordinal, name=f"{ordinal}.png", url=f"{ordinal}.png"))
    session.set_size(100, 80)


class Labeler:
    """A person with a session and the gestures of its one viewport."""

    def __init__(self, person: str, role: Role, store: Store) -> None:
        self.store = store
        self.session = image_session(store, Actor(person, role))
        self.canvas = FakeCanvas()
        self.gestures = Gestures(self.session, self.canvas)

    def open(self, ordinal: int) -> None:
        open_image(self.session, ordinal)

    def drag(self, *points: tuple[float, float]) -> None:
        for event in drag(*points):
            self.gestures.handle(event, 1.0)

    def key(self, key: str, *, repeat: bool = False) -> None:
        self.gestures.handle(KeyPress(key, repeat=repeat), 1.0)

    @property
    def shapes(self) -> list[Any]:
        return [view.shape for view in self.session.annotations]


async def new_labeler(person: str = "anna", role: Role = "annotator", *, solo: bool = False) -> Labeler:
    """A person with an empty store."""
    return Labeler(person, role, await Store.open(MemoryLocalStore(), project_scope("p1"), solo=solo))
