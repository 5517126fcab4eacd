"""The page side of the compute worker: calls with progress and cancellation, and a restart after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.browser import texts
from webapp.py.browser.crossing import post, receive_arrays
from webapp.py.compute.protocol import ComputeProblem, Progress, pack, unpack
from webapp.py.geometry.image_parts import ImagePart, VolumePart

OnProgress = Callable[[Progress], Any]


@dataclass
class _Call:
    answer: asyncio.Future[Any]
    on_progress: OnProgress | None


class ComputeWorker:
    """A second Python in a web worker, for everything that takes longer than a frame.

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
        self._calls: dict[int, _Call] = {}
        self._next = 0
        self._given: set[str] = set()
        self.file_of: Callable[[str], Any | None] = lambda address: None
        self.values_of: Callable[[str], Any | None] = lambda address: None
        self._hear = create_proxy(self._on_message)
        self._crash = create_proxy(self._on_crash)

    def warm(self) -> None:
        """Start the worker ahead of the first call."""
        if self._worker is not None:
            return
        address = js.URL.new(self._site["compute"], self._base).href
        self._worker = js.Worker.new(address, type="module")
        self._worker.addEventListener("message", self._hear)
        self._worker.addEventListener("error", self._crash)
        self._worker.addEventListener("messageerror", self._crash)
        start = {"type": "start", "script": self._script, "site": self._site, "base": self._base}
        self._worker.postMessage(to_js(start, dict_converter=js.Object.fromEntries))

    async def call(
        self, name: str, arguments: Mapping[str, Any], on_progress: OnProgress | None = None
    ) -> Any:
        """Run a function of ``webapp.py.compute.functions`` in the worker.

        Cancelling the task that awaits this stops the worker at its next step. If arguments contain a part of
        an image or a volume, the worker gets the image or the slices first, unless it has them.

        Raises
        ------
        ComputeProblem
            When the function failed or the worker stopped. The next call starts a new worker.
        """
        self.warm()
        for value in arguments.values():
            if isinstance(value, ImagePart):
                self._give(value.address)
            elif isinstance(value, VolumePart):
                await self._give_slices(list(value.slices))
        self._next += 1
        number = self._next
        text, arrays = pack(dict(arguments))
        call = _Call(asyncio.get_running_loop().create_future(), on_progress)
        self._calls[number] = call
        try:
            post(self._worker, {"type": "call", "id": number, "name": name, "text": text}, arrays)
            return await call.answer
        except asyncio.CancelledError:
            if self._worker is not None:
                post(self._worker, {"type": "cancel", "id": number}, [])
            raise
        finally:
            self._calls.pop(number, None)

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
        post(self._worker, {"type": "image", "address": address, "file": file}, [])
        self._given.add(address)

    async def _give_slices(self, addresses: list[str]) -> None:
        """Send the slices of a volume that the worker does not have."""
        for place in await self.call("missing_slices", {"addresses": addresses}):
            values = self.values_of(addresses[place])
            if values is None:
                raise ComputeProblem(texts.SERIES_LOADING)
            await self.call("keep_slice", {"address": addresses[place], "values": values})

    def stop(self, reason: str = texts.CALCULATION_STOPPED) -> None:
        """Stop the worker and fail its calls. The next call starts a new worker."""
        worker, self._worker = self._worker, None
        self._given = set()
        if worker is not None:
            worker.terminate()
        for call in list(self._calls.values()):
            if not call.answer.done():
                call.answer.set_exception(ComputeProblem(reason))

    def _on_message(self, event: Any) -> None:
        message = event.data
        kind = str(message.type)
        if kind == "ready":
            js.document.body.dataset.compute = "ready"
            return
        if kind == "broken":
            js.console.error("compute worker:", message.reason)
            self.stop(texts.WORKER_CRASHED)
            return
        call = self._calls.get(int(message.id))
        if call is None or call.answer.done():
            return
        if kind == "progress":
            if call.on_progress is not None:
                call.on_progress(Progress(float(message.share), str(message.note)))
        elif kind == "done":
            call.answer.set_result(unpack(str(message.text), receive_arrays(message.arrays)))
        elif kind == "failed":
            js.console.warn("compute:", message.details)
            call.answer.set_exception(ComputeProblem(str(message.message)))

    def _on_crash(self, event: Any) -> None:
        js.console.error("compute worker:", event)
        self.stop(texts.WORKER_CRASHED)
