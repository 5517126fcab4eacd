"""The page's side of the compute worker: calls with progress, cancelling, and a new worker after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.browser.crossing import post, receive_arrays
from webapp.py.compute.protocol import ComputeProblem, Progress, pack, unpack
from webapp.py.geometry.image_parts import ImagePart, VolumePart

OnProgress = Callable[[Progress], Any]


@dataclass
class _Call:
    answer: asyncio.Future[Any]
    on_progress: OnProgress | None


class ComputeWorker:
    """A second Python beside the page's, for whatever takes longer than a frame.

    Parameters
    ----------
    site
        The site's description, as the page got it.
    base, script
        Addresses of the site's folder and of ``boot.js``.
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
        """Start the worker now, so that the first call does not wait for it."""
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

        Cancelling the task that awaits it tells the worker, which stops at its next step. The image that a
        part among the arguments belongs to is handed over before the first call that is about it; so are the
        slices of a volume that the worker does not have.

        Raises
        ------
        ComputeProblem
            When it failed or the worker stopped; the next call starts a new one.
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
        """Let the worker free the memory of an image that the page has left, through whatever window."""
        gone = {one for one in self._given if one == address or one.startswith(f"{address}#")}
        self._given -= gone
        if self.values_of(address) is None:  # else it is a slice that is in memory still
            gone.add(address)
        for name in gone if self._worker is not None else ():
            post(self._worker, {"type": "forget", "address": name}, [])

    def _give(self, address: str) -> None:
        """Hand an image to the worker, unless it is among those that it has."""
        if address in self._given:
            return
        file = self.file_of(address)
        if not file:
            raise ComputeProblem("The image is not at hand any more. Open it again.")
        # The file and not the bitmap: to hand over the pixels of a large image stops the page for a while.
        post(self._worker, {"type": "image", "address": address, "file": file}, [])
        self._given.add(address)

    async def _give_slices(self, addresses: list[str]) -> None:
        """Hand over those slices of a volume that the worker has not, or no longer, decoded itself."""
        for place in await self.call("missing_slices", {"addresses": addresses}):
            values = self.values_of(addresses[place])
            if values is None:
                raise ComputeProblem("The series is still being loaded. Try again when all slices are here.")
            await self.call("keep_slice", {"address": addresses[place], "values": values})

    def stop(self, reason: str = "The calculation was stopped.") -> None:
        """End the worker and fail what it was doing; the next call starts a new one."""
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
            self.stop("The part of Limner that calculates has stopped. Try again.")
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
        self.stop("The part of Limner that calculates has stopped. Try again.")
