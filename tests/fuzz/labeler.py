"""Somebody who labels at random with every tool: real gestures, a real store, the real server."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from skimage import data

from tests.fuzz.real_server import RealServer
from webapp.py.compute.functions import FUNCTIONS
from webapp.py.compute.mask_operations import finish
from webapp.py.domain.model import Asset, Attribute, Instruction, LabelClass
from webapp.py.domain.ops import make_op
from webapp.py.domain.permissions import Actor
from webapp.py.domain.shapes import Point
from webapp.py.domain.wire import SyncReply, SyncRequest, project_scope
from webapp.py.geometry.image_parts import ImagePart, VolumePart
from webapp.py.geometry.shapes import bounds
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import Sync, read_reply
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.operations import OPERATIONS, Operator
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.settings import Choice, Slider
from webapp.py.workspace.tool import Adjust, Frame, KeyPress, MoveCamera, Pointer, drag

PHOTO: NDArray[np.uint8] = data.astronaut()[100:160, 150:230]  # type: ignore[no-untyped-call]
HEIGHT, WIDTH = PHOTO.shape[:2]
CLASSES = ("cell", "nerve")
INSTRUCTION = Instruction(
    id="i",
    name="Cells",
    classes=[
        LabelClass(id=name, name=name, color="#ff0000", attributes=[Attribute(id="note", name="Note")])
        for name in CLASSES
    ],
)
NUDGES = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")


def compute(function: str, arguments: Mapping[str, Any]) -> Any:
    """Answer as the compute worker does, in which parts of an image stand for its pixels or values."""
    given = dict(arguments)
    part = given.get("image")
    if isinstance(part, ImagePart):
        given["image"] = PHOTO[part.y : part.y + part.height, part.x : part.x + part.width]
    if isinstance(given.get("volume"), VolumePart):
        given["volume"] = PHOTO[np.newaxis, :, :, 0].astype(np.int16)
    answer = FUNCTIONS[function].load()(**given)
    return finish(answer) if isinstance(answer, Generator) else answer


class Screen:
    """A viewport that shows nothing; the worker's answers come when it is asked for them."""

    def __init__(self) -> None:
        self.view = None
        self.display_key = ""
        self.told: list[str] = []
        self._questions: list[Callable[[], None]] = []

    def move_camera(self, move: MoveCamera | Frame | Adjust) -> None:
        """See `Stage`."""

    def notify(self, text: str) -> None:
        """See `Stage`."""
        self.told.append(text)

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """See `Stage`."""

        def answer() -> None:
            try:
                value = compute(function, arguments)
            except ValueError as problem:
                failed(str(problem))
            else:
                answered(value)

        self._questions.append(answer)
        return lambda: self._questions.remove(answer) if answer in self._questions else None

    def answer(self) -> None:
        """Have all questions answered, those too that the answers lead to."""
        while self._questions:
            self._questions.pop(0)()


class Labeler:
    """A person at one viewport, who does what the dice say."""

    def __init__(self, seed: int, server: RealServer, person: str, store: Store, sync: Sync) -> None:
        self.dice = random.Random(seed)
        self.server, self.store, self.sync = server, store, sync
        self.done: dict[str, int] = {}
        self.drawn: dict[str, int] = {}
        labeling = LabelingState(
            store, Actor(person, "annotator"), server.projects[0], INSTRUCTION, find_tools()
        )
        self.session = ImageSession(labeling)
        self.screen = Screen()
        self.gestures = Gestures(self.session, self.screen)
        store.subscribe(lambda _keys: self.session.records_changed())

    def open(self, ordinal: int) -> None:
        """Go to an image; every other one is a gray image of values, which is seen through a window."""
        self.gestures.cancel()
        self.screen.display_key = "#window" if ordinal % 2 else ""
        self.session.open(Asset(ordinal=ordinal, name=f"{ordinal}.png", url=f"{ordinal}.png"))
        self.session.set_size(WIDTH, HEIGHT)

    def state(self) -> bytes:
        """Return what is labeled on the current image, as text for comparisons."""
        return state_of(self.store, self.session.asset.ordinal if self.session.asset else -1)

    async def act(self) -> None:
        """Do one random thing to the current image."""
        kind = self.dice.choices(list(_ACTS), [weight for weight, _ in _ACTS.values()])[0]
        await _ACTS[kind][1](self)
        assert not self.session.switched_off, self.session.switched_off
        self.done[kind] = self.done.get(kind, 0) + 1

    # --- the pointer

    def _somewhere(self) -> Point:
        """A point of the image or just outside; more often than not on something that is there."""
        views = self.session.annotations
        around = bounds(self.dice.choice(views).shape) if views and self.dice.random() < 0.6 else None
        if around is not None:
            left, top, right, bottom = around
            return (self.dice.uniform(left, right), self.dice.uniform(top, bottom))
        return (self.dice.uniform(-5, WIDTH + 5), self.dice.uniform(-5, HEIGHT + 5))

    def _near(self, point: Point) -> Point:
        return (point[0] + self.dice.uniform(-20, 20), point[1] + self.dice.uniform(-20, 20))

    def play(self) -> None:
        """Make one gesture of the active tool: a drag, or clicks and Enter."""
        held: dict[str, Any] = {n: True for n in ("shift", "ctrl", "alt") if self.dice.random() < 0.1}
        way = [self._somewhere()]
        for _ in range(self.dice.randint(1, 5)):
            way.append(self._near(way[-1]))
        events: list[Any] = drag(*way, **held)
        if self.dice.random() < 0.5:
            clicks = [(Pointer("press", *at, **held), Pointer("release", *at, **held)) for at in way]
            events = [event for click in clicks for event in click]
            events.append(KeyPress("Enter"))
        for event in events:
            pointer = isinstance(event, Pointer)
            if pointer and event.kind == "press" and self.gestures.busy:
                self.gestures.handle(Pointer("hover", event.x, event.y), 1.0)
            self.gestures.handle(event, 1.0)
            self.screen.answer()
        self.gestures.cancel()

    def turn_a_setting(self) -> None:
        """Set one setting of the active tool to anything."""
        tool = self.session.tool
        if tool.settings:
            setting = self.dice.choice(tool.settings)
            value: float | str | bool = self.dice.random() < 0.5
            if isinstance(setting, Slider):
                value = self.dice.uniform(setting.low, min(setting.high, 30.0))
            elif isinstance(setting, Choice):
                value = self.dice.choice(setting.options)[0]
            self.session.change_setting(tool.id, setting.name, value)

    # --- acts

    async def draw(self) -> None:
        """Make a gesture with any tool that draws."""
        tool = self.dice.choice([tool for tool in self.session.registry.tools if tool.draws])
        self.session.labeling.class_id = self.dice.choice(CLASSES)
        self.session.choose_tool(tool.id)
        if self.dice.random() < 0.3:
            self.turn_a_setting()
        self.gestures.scene(1.0, 0.4)
        self.screen.answer()
        before = self.state()
        self.play()
        if self.state() != before:
            self.drawn[tool.id] = self.drawn.get(tool.id, 0) + 1

    async def edit(self) -> None:
        """Make a gesture with a tool that edits."""
        self.session.choose_tool(self.dice.choice(["select", "sculptor"]))
        self.play()

    async def press_key(self) -> None:
        """Nudge or duplicate what is selected."""
        self.session.choose_tool("select")
        key = self.dice.choice(
            [*(KeyPress(name) for name in NUDGES), KeyPress("ArrowUp", shift=True), KeyPress("d", ctrl=True)]
        )
        if self.session.selected and len(self.session.annotations) < 60:
            self.gestures.handle(key, 1.0)

    async def select(self) -> None:
        """Select some."""
        names = [view.id for view in self.session.annotations]
        self.session.select(self.dice.sample(names, min(len(names), self.dice.choice([0, 1, 1, 1, 2, 3]))))

    async def delete(self) -> None:
        """Delete what is selected."""
        self.session.delete_selected()

    async def reclassify(self) -> None:
        """Give what is selected a class."""
        self.session.reclassify(self.dice.choice(CLASSES))

    async def reorder(self) -> None:
        """Change the order."""
        self.session.reorder(self.dice.choice(["forward", "backward", "front", "back"]))

    async def answer(self) -> None:
        """Answer a question about each selected annotation, or about the image."""
        answers = {"note": self.dice.choice(["", "one", "other"])}
        if self.session.selected:
            self.session.do(
                [make_op("annotation", name, {"attributes": answers}) for name in self.session.selected]
            )
        else:
            self.session.begin()
            self.session.do([self.session.image_op({"answers": answers})])

    async def operate(self) -> None:
        """Carry a mask operation out on what is selected."""

        async def ask(function: str, arguments: Mapping[str, Any]) -> Any:
            return compute(function, arguments)

        operator = Operator(self.session, ask, self.screen.notify)
        usable = [one for one in OPERATIONS if operator.refusal(one) is None]
        if usable:
            await operator.run(self.dice.choice(usable))

    async def undo(self) -> None:
        """Take some steps back."""
        for _ in range(self.dice.choice([1, 1, 2, 5])):
            self.session.undo()

    async def redo(self) -> None:
        """Make some steps again."""
        for _ in range(self.dice.choice([1, 1, 2, 5])):
            self.session.redo()

    async def save(self) -> None:
        """Wait until all is on this machine."""
        await self.store.flushed()

    async def send(self) -> None:
        """Send and receive."""
        await self.store.flushed()
        await self.sync.run_once()


_ACTS: dict[str, tuple[int, Any]] = {
    "draw": (30, Labeler.draw),
    "edit": (14, Labeler.edit),
    "press a key": (8, Labeler.press_key),
    "select": (14, Labeler.select),
    "delete": (6, Labeler.delete),
    "reclassify": (5, Labeler.reclassify),
    "reorder": (5, Labeler.reorder),
    "answer": (6, Labeler.answer),
    "operate": (6, Labeler.operate),
    "undo": (6, Labeler.undo),
    "redo": (4, Labeler.redo),
    "save": (2, Labeler.save),
    "send": (1, Labeler.send),
}


async def open_store(server: RealServer, person: str) -> tuple[Store, Sync]:
    """Open the first project of the server on a machine that has never seen it."""
    local = MemoryLocalStore()
    store = await Store.open(local, project_scope(server.projects[0]))

    async def send(request: SyncRequest) -> SyncReply:
        return read_reply(*await server.sync(person, server.tokens[person], msgspec.json.encode(request)))

    sync = Sync(local, send, f"machine-{id(store)}")
    sync.watch(store)
    await sync.run_once()
    return store, sync


def state_of(store: Store, asset: int) -> bytes:
    """What is labeled on an image, as text that is equal when all of it is."""
    annotations = [
        {name: value for name, value in fields.items() if name != "deleted"}
        for fields in store.of_asset("annotation", asset)
    ]
    answers = [fields.get("answers", {}) for fields in store.of_asset("assignment", asset)]
    return msgspec.json.encode([annotations, answers], order="sorted")
