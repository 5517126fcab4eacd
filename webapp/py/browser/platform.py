"""What the browser allows at this address, and small services of the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import js
from pyodide.ffi import JsException, create_proxy, to_js

from webapp.py.browser import texts


@dataclass(frozen=True)
class Missing:
    """Something the browser does not allow here, with a message on what that means and how to get it."""

    code: Literal["secure_context", "service_worker", "storage"]
    message: str


@dataclass(frozen=True)
class Storage:
    """Storage of this site in bytes. ``kept`` says whether the browser promised not to clear it."""

    used: int
    quota: int
    kept: bool


def is_secure() -> bool:
    """Return whether the page is in a secure context: https, or this computer."""
    return bool(js.isSecureContext)


def find_missing() -> list[Missing]:
    """Return what the browser does not allow at this address."""
    if not is_secure():
        return [Missing("secure_context", texts.no_secure_context(str(js.location.host)))]
    if not hasattr(js.navigator, "serviceWorker"):
        return [Missing("service_worker", texts.NO_SERVICE_WORKER)]
    return []


async def ask_to_keep_storage() -> bool:
    """Ask the browser not to clear this site's data by itself. Returns whether it agreed."""
    if not is_secure() or not hasattr(js.navigator, "storage"):
        return False
    try:
        return bool(await js.navigator.storage.persist())
    except JsException:
        return False


async def measure_storage() -> Storage | None:
    """Return the storage of this site, or None if the browser does not report it."""
    if not is_secure() or not hasattr(js.navigator, "storage"):
        return None
    try:
        estimate = await js.navigator.storage.estimate()
        kept = await js.navigator.storage.persisted()
    except JsException:
        return None
    return Storage(int(estimate.usage or 0), int(estimate.quota or 0), bool(kept))


def is_online() -> bool:
    """Return whether the computer has a network. The server may be unreachable all the same."""
    return bool(js.navigator.onLine)


def on_network_change(callback: Callable[[bool], Any]) -> Callable[[], None]:
    """Call back with True or False when the network comes or goes. Returns a function that stops this."""
    heard = create_proxy(lambda event: callback(str(event.type) == "online"))
    js.addEventListener("online", heard)
    js.addEventListener("offline", heard)

    def stop() -> None:
        js.removeEventListener("online", heard)
        js.removeEventListener("offline", heard)
        heard.destroy()

    return stop


def watch_size(element: Any, heard: Callable[[float], Any]) -> Callable[[], None]:
    """Call ``heard`` with the inner height of an element, in CSS pixels, whenever its size changes.

    Returns a function that stops this.
    """
    proxy = create_proxy(lambda _entries, _observer: heard(float(element.clientHeight)))
    observer = js.ResizeObserver.new(proxy)
    observer.observe(element)

    def stop() -> None:
        observer.disconnect()
        proxy.destroy()

    return stop


def watch_media(query: str, heard: Callable[[bool], Any]) -> Callable[[], None]:
    """Call ``heard`` now, and whenever it changes, with whether a media query matches.

    Returns a function that stops this.
    """
    media = js.matchMedia(query)
    proxy = create_proxy(lambda _event: heard(bool(media.matches)))
    media.addEventListener("change", proxy)
    heard(bool(media.matches))

    def stop() -> None:
        media.removeEventListener("change", proxy)
        proxy.destroy()

    return stop


def reveal(element: Any) -> None:
    """Scroll as little as it takes until an element is visible."""
    element.scrollIntoView(to_js({"block": "nearest"}, dict_converter=js.Object.fromEntries))


def reload() -> None:
    """Reload the page. A version that was downloaded in the background takes over."""
    js.location.reload()


def download(name: str, content: bytes, content_type: str = "application/octet-stream") -> None:
    """Offer a file as a download."""
    options = to_js({"type": content_type}, dict_converter=js.Object.fromEntries)
    blob = js.Blob.new(to_js([to_js(content)]), options)
    address = js.URL.createObjectURL(blob)
    link = js.document.createElement("a")
    link.href = address
    link.download = name
    link.click()
    # The browser starts reading it after this handler.
    js.setTimeout(js.URL.revokeObjectURL.bind(js.URL, address), 60_000)


@dataclass(frozen=True)
class PickedFile:
    """A file that the person chose."""

    name: str
    content: bytes


async def pick_file(accept: str = "") -> PickedFile | None:
    """Let the person choose a file. Returns None if they chose none. Call this in a click handler.

    Parameters
    ----------
    accept
        The types to offer, as in ``<input accept>``: ``.json,application/json``.
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
    # In the document, so that tests and assistive software find it.
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
