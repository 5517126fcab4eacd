"""The page side of the compute worker: calls with progress and cancellation, and a new worker if one ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from webapp.py.browser import texts
from webapp.py.browser.crossing import post, receive_arrays
from webapp.py.compute.functions import FUNCTIONS
from webapp.py.compute.liveness import START_SECONDS, Deaths, How, Question, Silence
from webapp.py.compute.protocol import ComputeProblem, OutOfMemory, Progress, pack, unpack
from webapp.py.geometry.image_parts import ImagePart, VolumePart

OnProgress = Callable[[Progress], Any]
PULSE = 1.0
"""Seconds between two looks at a worker that has something to do."""
MOST_STARTS = 2
"""Starts of a worker for the same calls, if it ends before Python is there."""
MOST_SENDS = 20
"""Workers that get the same call, if they end during others."""
_SAYINGS: dict[How, str] = {"crashed": texts.CALCULATION_CRASHES, "hung": texts.CALCULATION_HANGS}


class _WorkerEnded(Exception):
    """The worker of a call ended. The call goes to the next one."""


@dataclass(frozen=True, eq=False)
class _Call:
    question: Question
    answer: asyncio.Future[Any]
    on_progress: OnProgress | None


class ComputeWorker:
    """A second Python in a web worker, for everything that takes longer than a frame.

    A worker that ends is replaced, and its calls are sent again. So is the call that it was working on, once:
    if that ends the next worker too, its caller gets the reason, and so does who asks for the same again.

    Parameters
    ----------
    site
        The content of ``site.json``.
    base, script
        The addresses of the site's folder and of ``boot.js``.
    """

    def __init__(self, site: Mapping[str, Any], base: str, script: str) -> None:
        self._site = site
        self._base = base
        self._script = script
        self._worker: Any = None
        self._ready = False
        self._starts = 0
        self._calls: dict[int, _Call] = {}
        self._current: int | None = None
        self._next = 0
        self._given: set[str] = set()
        self._deaths = Deaths()
        self._silence = Silence(2 * PULSE)
        self._watching: asyncio.Future[None] | None = None
        self.file_of: Callable[[str], Any | None] = lambda address: None
        self.values_of: Callable[[str], Any | None] = lambda address: None
        self._hear = create_proxy(self._on_message)
        self._crash = create_proxy(self._on_error)

    def warm(self) -> Any:
        """Start the worker ahead of the first call, and return it."""
        if self._worker is None:
            address = js.URL.new(self._site["compute"], self._base).href
            self._worker = js.Worker.new(address, type="module")
            self._worker.addEventListener("message", self._hear)
            self._worker.addEventListener("error", self._crash)
            self._worker.addEventListener("messageerror", self._crash)
            start = {"type": "start", "script": self._script, "site": self._site, "base": self._base}
            self._worker.postMessage(to_js(start, dict_converter=js.Object.fromEntries))
            self._silence.advanced()
        if self._watching is None or self._watching.done():
            self._watching = asyncio.ensure_future(self._watch())
        return self._worker

    async def call(
        self, name: str, arguments: Mapping[str, Any], on_progress: OnProgress | None = None
    ) -> Any:
        """Run a function of ``webapp.py.compute.functions`` in the worker.

        Cancelling the task that awaits this stops the worker at its next step. If arguments contain a part of
        an image or a volume, the worker gets the image or the slices first, unless it has them.

        Raises
        ------
        ComputeProblem
            When the function failed, or has ended two workers, or no worker starts.
        """
        question = Question(name, *pack(dict(arguments)))
        for _ in range(MOST_SENDS):
            verdict = self._deaths.verdict(question)
            if verdict is not None:
                raise ComputeProblem(_SAYINGS[verdict])
            worker = self.warm()
            for value in arguments.values():
                if isinstance(value, ImagePart):
                    self._give(value.address)
                elif isinstance(value, VolumePart):
                    await self._give_slices(list(value.slices))
            if self._worker is not worker:
                continue  # the slices went to one that is gone
            try:
                return await self._send(question, on_progress)
            except _WorkerEnded:
                continue
        raise ComputeProblem(texts.WORKER_CRASHED)

    async def _send(self, question: Question, on_progress: OnProgress | None) -> Any:
        self._next += 1
        number = self._next
        call = _Call(question, asyncio.get_running_loop().create_future(), on_progress)
        message = {"type": "call", "id": number, "name": question.name, "text": question.text}
        self._post(message, question.arrays)
        self._calls[number] = call
        try:
            return await call.answer
        except asyncio.CancelledError:
            if number in self._calls:  # until the worker says that it does not work on it
                post(self._worker, {"type": "cancel", "id": number}, [])
            raise

    def _post(self, message: dict[str, Any], arrays: Sequence[Any] = ()) -> None:
        try:
            post(self._worker, message, list(arrays))
        except JsException as problem:  # the copy that is sent does not fit into memory
            raise OutOfMemory from problem

    def forget_image(self, address: str) -> None:
        """Free the memory of an image in the worker, with every window setting it was sent for."""
        gone = {one for one in self._given if one == address or one.startswith(f"{address}#")}
        self._given -= gone
        if self.values_of(address) is None:  # else it is a slice that is still in memory
            gone.add(address)
        for name in gone if self._worker is not None else ():
            post(self._worker, {"type": "forget", "address": name}, [])

    def _give(self, address: str) -> None:
        """Send an image to the worker unless it has it."""
        if address in self._given:
            return
        file = self.file_of(address)
        if not file:
            raise ComputeProblem(texts.IMAGE_CLOSED)
        # The file and not the bitmap: transferring the pixels of a large image blocks the page for a while.
        self._post({"type": "image", "address": address, "file": file})
        self._given.add(address)

    async def _give_slices(self, addresses: list[str]) -> None:
        """Send the slices of a volume that the worker does not have."""
        for place in await self.call("missing_slices", {"addresses": addresses}):
            values = self.values_of(addresses[place])
            if values is None:
                raise ComputeProblem(texts.SERIES_LOADING)
            await self.call("keep_slice", {"address": addresses[place], "values": values})

    # --- what the worker says

    def _on_message(self, event: Any) -> None:
        if event.target != self._worker:
            return
        message = event.data
        kind = str(message.type)
        self._silence.heard()
        if kind == "ready":
            self._ready, self._starts = True, 0
            self._silence.advanced()
            js.document.body.dataset.compute = "ready"
        elif kind == "broken":
            self._end("crashed", str(message.reason))
        elif kind != "pong":
            self._on_answer(kind, int(message.id), message)

    def _on_answer(self, kind: str, number: int, message: Any) -> None:
        """Handle what the worker says about a call."""
        self._silence.advanced()
        if kind == "begun":
            self._current = number
            return
        call = self._calls[number]
        waiting = not call.answer.done()
        if kind == "progress":
            if waiting and call.on_progress is not None:
                call.on_progress(Progress(float(message.share), str(message.note)))
            return
        del self._calls[number]
        self._current = None
        if kind != "cancelled":
            self._deaths.clear(call.question)
        if kind == "done" and waiting:
            call.answer.set_result(unpack(str(message.text), receive_arrays(message.arrays)))
        elif kind == "failed":
            if waiting:
                js.console.warn("compute:", message.details)
                problem = OutOfMemory if message.exhausted else ComputeProblem
                call.answer.set_exception(problem(str(message.message)))
            if message.exhausted:
                self._replace()

    def _on_error(self, event: Any) -> None:
        event.preventDefault()  # the browser would report it, too
        if event.target == self._worker:  # a fatal error may be reported first by a message
            self._end("crashed", str(getattr(event, "message", "") or event.type))

    async def _watch(self) -> None:
        """Ask the worker for a sign of life while it has something to do, and end it if it gives none."""
        asked: Any = None
        while self._worker is not None and (self._calls or not self._ready):
            worker, before = self._worker, js.performance.now()
            if asked is not worker or self._silence.blocked == 0.0:
                worker.postMessage(to_js({"type": "ping"}, dict_converter=js.Object.fromEntries))
                asked = worker
            await asyncio.sleep(PULSE)
            if self._worker is not worker:
                continue
            self._silence.add((js.performance.now() - before) / 1000.0)
            call = self._calls.get(self._current) if self._current is not None else None
            function = FUNCTIONS.get(call.question.name) if call is not None else None
            limit = function.seconds if function is not None else START_SECONDS
            if self._silence.longer_than(limit):
                self._end("hung", "no sign of life")

    # --- when it ends

    def _end(self, how: How, reason: str) -> None:
        """Replace a worker that has crashed or hangs."""
        call = self._calls.get(self._current) if self._current is not None else None
        during = f" during “{call.question.name}”" if call is not None else ""
        js.console.error(f"compute worker {how}{during}: {reason}")
        if call is not None:
            self._deaths.add(call.question, how)
        if not self._ready:
            self._starts += 1
        given_up = self._starts >= MOST_STARTS
        if given_up:
            self._starts = 0
        self._replace(ComputeProblem(texts.WORKER_NOT_STARTED) if given_up else None)

    def _replace(self, problem: ComputeProblem | None = None) -> None:
        """End the worker, and let its calls go to the next one, or fail them."""
        worker, self._worker = self._worker, None
        self._ready, self._current, self._given = False, None, set()
        worker.terminate()
        js.document.body.dataset.compute = "ended"
        calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            if not call.answer.done():
                call.answer.set_exception(problem or _WorkerEnded())
