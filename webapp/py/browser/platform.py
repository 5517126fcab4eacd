"""What this browser, at this address, allows; and the small things that only a browser can do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import js
from pyodide.ffi import JsException, create_proxy, to_js


@dataclass(frozen=True)
class Missing:
    """Something that the browser does not allow here, what that means and how to get it: plain sentences."""

    code: Literal["secure_context", "service_worker", "storage"]
    message: str


@dataclass(frozen=True)
class Storage:
    """Room for this site on this machine, in bytes; ``kept`` says whether the browser promised to keep it."""

    used: int
    quota: int
    kept: bool


def is_secure() -> bool:
    """Tell whether the page is in a secure context (https, or this very machine)."""
    return bool(js.isSecureContext)


def find_missing() -> list[Missing]:
    """Return what the browser does not allow at this address; empty when all is there."""
    if not is_secure():
        return [
            Missing(
                "secure_context",
                "This page came over plain http, so the browser keeps no copy of Limner for working without "
                f"a network: loading the page needs the server at {js.location.host}. Your work is kept on "
                "this machine all the same, but once instead of twice: a browser that crashes may lose what "
                "the server does not have yet. To get both, give the server a certificate (--tls-cert and "
                "--tls-key) and open the page over https.",
            )
        ]
    if not hasattr(js.navigator, "serviceWorker"):
        return [
            Missing(
                "service_worker",
                "This browser keeps no copy of Limner for working without a network (a private window, or "
                "a setting that blocks site data). Your work is kept on this machine until the window is "
                "closed.",
            )
        ]
    return []


async def ask_to_keep_storage() -> bool:
    """Ask the browser never to clear this site's data by itself; False where it will not promise."""
    if not is_secure() or not hasattr(js.navigator, "storage"):
        return False
    try:
        return bool(await js.navigator.storage.persist())
    except JsException:
        return False


async def measure_storage() -> Storage | None:
    """Return the room that this site has; None where the browser does not tell."""
    if not is_secure() or not hasattr(js.navigator, "storage"):
        return None
    try:
        estimate = await js.navigator.storage.estimate()
        kept = await js.navigator.storage.persisted()
    except JsException:
        return None
    return Storage(int(estimate.usage or 0), int(estimate.quota or 0), bool(kept))


def is_online() -> bool:
    """Tell whether the machine has any network; True does not mean that a server answers."""
    return bool(js.navigator.onLine)


def on_network_change(callback: Callable[[bool], Any]) -> Callable[[], None]:
    """Call back with True or False when the network comes or goes; returns how to stop that."""
    heard = create_proxy(lambda event: callback(str(event.type) == "online"))
    js.addEventListener("online", heard)
    js.addEventListener("offline", heard)

    def stop() -> None:
        js.removeEventListener("online", heard)
        js.removeEventListener("offline", heard)
        heard.destroy()

    return stop


def watch_size(element: Any, heard: Callable[[float], Any]) -> Callable[[], None]:
    """Tell the inner height of an element, CSS pixels, whenever its size changes; returns how to stop."""
    proxy = create_proxy(lambda _entries, _observer: heard(float(element.clientHeight)))
    observer = js.ResizeObserver.new(proxy)
    observer.observe(element)

    def stop() -> None:
        observer.disconnect()
        proxy.destroy()

    return stop


def reload() -> None:
    """Load the page anew; a version that was downloaded in the background takes over."""
    js.location.reload()


def download(name: str, content: bytes, content_type: str = "application/octet-stream") -> None:
    """Let the person save a file of this name."""
    options = to_js({"type": content_type}, dict_converter=js.Object.fromEntries)
    blob = js.Blob.new(to_js([to_js(content)]), options)
    address = js.URL.createObjectURL(blob)
    link = js.document.createElement("a")
    link.href = address
    link.download = name
    link.click()
    # The browser begins to read it after this handler only.
    js.setTimeout(js.URL.revokeObjectURL.bind(js.URL, address), 60_000)


@dataclass(frozen=True)
class PickedFile:
    """A file that the person chose."""

    name: str
    content: bytes


async def pick_file(accept: str = "") -> PickedFile | None:
    """Let the person choose a file; None when they chose none. Has to begin in a click's handler.

    Parameters
    ----------
    accept
        Kinds to offer, as in ``<input accept>``: ``.json,application/json``.
    """
    chosen: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    field = js.document.createElement("input")
    field.type = "file"
    field.accept = accept

    def when_chosen(event: Any) -> None:
        if not chosen.done():
            chosen.set_result(field.files.item(0) if str(event.type) == "change" else None)

    heard = create_proxy(when_chosen)
    field.addEventListener("change", heard)
    field.addEventListener("cancel", heard)
    # In the page, so that a test's or a helper's file chooser finds it as a person's does.
    field.hidden = True
    js.document.body.append(field)
    try:
        field.click()
        file = await chosen
        if not file:
            return None
        return PickedFile(str(file.name), (await file.arrayBuffer()).to_bytes())
    finally:
        field.remove()
        heard.destroy()
