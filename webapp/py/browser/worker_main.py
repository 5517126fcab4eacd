"""The worker side of compute calls: receives messages, runs functions, posts their results."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.browser import texts
from webapp.py.browser.crossing import post, receive_arrays
from webapp.py.browser.libraries import kept_wheels
from webapp.py.browser.worker_images import WorkerImages
from webapp.py.compute.protocol import (
    Cancelled,
    ComputeProblem,
    OutOfMemory,
    Progress,
    function_named,
    pack,
    run,
    unpack,
)

_cancelled: set[int] = set()
_images = WorkerImages()
_one_at_a_time = asyncio.Lock()
_running: set[asyncio.Future[Any]] = set()


def answer(message: Any) -> None:
    """Handle a message of the page: a call, a cancellation, or a change of the images."""
    if message.type == "cancel":
        _cancelled.add(int(message.id))
        return
    if message.type == "image":
        _images.keep(str(message.address), message.file)
        return
    if message.type == "forget":
        _images.forget(str(message.address))
        return
    task = asyncio.ensure_future(
        _answer_call(int(message.id), str(message.name), message.text, message.arrays)
    )
    _running.add(task)
    task.add_done_callback(_ended)


def _ended(task: asyncio.Future[Any]) -> None:
    """Report a call that could not even post that it failed: nobody would answer its caller."""
    _running.discard(task)
    problem = None if task.cancelled() else task.exception()
    if problem is not None:
        post(js, {"type": "broken", "reason": _details(problem)}, [])


async def _answer_call(call: int, name: str, text: str, arrays: Any) -> None:
    try:
        async with _one_at_a_time:
            if call in _cancelled:
                raise Cancelled(name)
            post(js, {"type": "begun", "id": call}, [])
            await _images.decoded()
            arguments = unpack(text, receive_arrays(arrays), _images.cut)
            packages = list(function_named(name).packages)
            if packages:  # they look for their dependencies in the file system
                await js.limnerCompute.complete()
                kept_wheels.lay_out()
            await js.limnerCompute.load(to_js(packages))
            result = await run(
                name, arguments, lambda progress: _report(call, progress), lambda: call in _cancelled
            )
        written, results = pack(result)
        post(js, {"type": "done", "id": call, "text": written}, results)
    except Cancelled:
        post(js, {"type": "cancelled", "id": call}, [])
    except Exception as problem:
        known = isinstance(problem, ComputeProblem)
        said = str(problem) if known else texts.CALCULATION_FAILED
        exhausted = isinstance(problem, OutOfMemory)
        answer = {"message": said, "details": _details(problem), "exhausted": exhausted}
        post(js, {"type": "failed", "id": call, **answer}, [])
    finally:
        _cancelled.discard(call)


def _details(problem: BaseException) -> str:
    return "".join(traceback.format_exception(problem))


def _report(call: int, progress: Progress) -> None:
    post(js, {"type": "progress", "id": call, "share": progress.share, "note": progress.note}, [])
