"""Runs on a page: a stage with a real session, moved by pointer events, and timed from outside of it."""

from __future__ import annotations

import asyncio
import math
import random
from typing import Any

import js
import numpy as np
from pyodide.code import run_js

from webapp.py.browser.images.loader import ImageLoader
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.browser.images.prefetch import Prefetcher
from webapp.py.browser.viewport_canvas import BrowserViewportCanvas
from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Asset, Instruction, LabelClass
from webapp.py.domain.ops import create
from webapp.py.domain.permissions import Actor
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.ports.images import ImageRef
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.registry import find_tools

SIDE, RADIUS = 4096, 50
PROJECT, PERSON = "bench", "somebody"

tools = run_js("""
(() => {
    // Every frame is timed: from its callback's begin to its end, and from the frame before.
    const frames = [];
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) => ask((time) => {
        const began = performance.now();
        callback(time);
        frames.push([performance.now() - began, time]);
    });
    const send = (target, kind, name, x, y, more) => {
        const box = target.getBoundingClientRect();
        const place = { clientX: box.x + x, clientY: box.y + y, bubbles: true, cancelable: true };
        const event = new kind(name, { ...place, pointerId: 1, pointerType: "mouse", ...more });
        const began = performance.now();
        target.dispatchEvent(event);
        return performance.now() - began;
    };
    const next = () => new Promise((resolve) => ask(() => setTimeout(resolve)));
    const picture = (side) => {
        const canvas = new OffscreenCanvas(side, side);
        const context = canvas.getContext("2d");
        const fill = context.createLinearGradient(0, 0, side, side);
        fill.addColorStop(0, "#405060");
        fill.addColorStop(1, "#c0a080");
        context.fillStyle = fill;
        context.fillRect(0, 0, side, side);
        return canvas.transferToImageBitmap();
    };
    return {
        picture,
        // Sends pointer moves or wheel turns, one a frame; [event, frame, interval] of each, in milliseconds.
        async each(target, places, name) {
            const found = [];
            await next();
            for (const [x, y, delta] of places) {
                const before = frames.length;
                const event = name === "wheel"
                    ? send(target, WheelEvent, name, x, y, { deltaY: delta })
                    : send(target, PointerEvent, name, x, y, { buttons: 1 });
                while (frames.length === before) await next();
                const [cost, time] = frames[before];
                found.push([event, cost, before ? time - frames[before - 1][1] : 0]);
            }
            return JSON.stringify(found.slice(1));
        },
        once: (target, name, x, y) => send(target, PointerEvent, name, x, y, { button: 0 }),
        // Sends one event and waits for its frame; what both cost, in milliseconds.
        async single(target, name, x, y) {
            await next();
            const before = frames.length;
            const buttons = name === "pointerup" ? 0 : 1;
            const event = send(target, PointerEvent, name, x, y, { button: 0, buttons });
            while (frames.length === before) await next();
            return event + frames[before][0];
        },
        // The frame that shows everything is drawn between these two.
        painted: () => new Promise((resolve) => ask(() => ask(() => resolve()))),
    };
})()
""")


async def nothing(function: str, arguments: Any, on_progress: Any = None) -> Any:
    """No gesture here asks the worker."""
    raise RuntimeError(function)


async def make_stage(polygons: int = 0) -> tuple[Any, BrowserViewportCanvas, ImageSession]:
    """Put a stage with an image, and polygons on it, on the page."""
    store = await Store.open(MemoryLocalStore(), f"project/{PROJECT}", solo=True)
    instruction = Instruction(
        id="i", name="Bench", classes=[LabelClass(id="cell", name="Cell", color="#00aaff")]
    )
    session = ImageSession(LabelingState(store, Actor(PERSON, "admin"), PROJECT, instruction, find_tools()))
    session.open(Asset(ordinal=0, name="bench", folder="", url="bench"))
    session.set_size(SIDE, SIDE)
    if polygons:
        store.edit([polygon(number) for number in range(polygons)])
        await store.flushed()
        session.records_changed()
    element = js.document.createElement("div")
    element.className = "view"
    element.style.cssText = "position:fixed;inset:0;z-index:9"
    # A pointer that is only acted has nothing to capture.
    element.setPointerCapture = run_js("() => {}")
    js.document.body.append(element)
    stage = BrowserViewportCanvas(element, lambda at: Gestures(session, at), nothing, NoEvents())
    session.on_change = stage.invalidate
    stage.show(LoadedPicture(tools.picture(SIDE), SIDE, SIDE))
    return element, stage, session


class NoEvents:
    """Nothing follows what happens on the canvas."""

    say = staticmethod(print)

    def pointed(self, point: Any, zoom: float) -> None: ...

    def camera_moved(self, camera: Any) -> None: ...

    def appearance_changed(self) -> None: ...

    def menu_asked(self, point: Any) -> None: ...

    def wheel_turned(self, steps: int) -> bool:
        return False

    def aimed(self, point: Any) -> None: ...


def polygon(number: int) -> Any:
    """Return the op that makes one polygon of 40 points somewhere on the image."""
    chance = random.Random(number)
    x, y = chance.uniform(60, SIDE - 60), chance.uniform(60, SIDE - 60)
    points = []
    for corner in range(40):
        angle, far = math.tau * corner / 40, chance.uniform(20, 50)
        points.append([x + far * math.cos(angle), y + far * math.sin(angle)])
    fields = {
        "id": new_id(),
        "project": PROJECT,
        "asset": 0,
        "assignment": assignment_id(PROJECT, 0, PERSON),
        "author": PERSON,
        "class_id": "cell",
        "shape": {"kind": "polygon", "points": points},
        "object_id": new_id(),
        "order": number,
    }
    return create("annotation", fields)


async def timed(element: Any, places: list[tuple[float, ...]], name: str) -> list[list[float]]:
    """Send an event a frame; return what each cost."""
    import json

    from pyodide.ffi import to_js

    found: list[list[float]] = json.loads(await tools.each(element, to_js(places), name))
    return found


async def take_brush() -> dict[str, Any]:
    """Put a stage on the page whose brush is ready, for a real mouse."""
    element, _stage, session = await make_stage()
    del element.setPointerCapture
    session.choose_tool("brush")
    session.change_setting("brush", "radius", RADIUS)
    tools.session = session
    await tools.painted()
    return {}


async def painted() -> dict[str, Any]:
    """Return how many masks there are."""
    return {"masks": len(tools.session.annotations)}


async def move_camera(frames: int) -> dict[str, Any]:
    """Pan, then zoom, with every polygon in sight."""
    element, stage, session = await make_stage(3000)
    if len(session.annotations) != 3000:
        raise RuntimeError("the polygons are not there")
    session.choose_tool("pan")
    stage.hold_space(True)
    places = [(640 + 60 * math.sin(n / 9), 400 + 40 * math.cos(n / 9)) for n in range(frames + 1)]
    tools.once(element, "pointerdown", *places[0])
    pan = await timed(element, places, "pointermove")
    tools.once(element, "pointerup", *places[-1])
    stage.hold_space(False)
    turns = [(640, 400, -40 if n // 15 % 2 else 40) for n in range(frames + 1)]
    zoom = await timed(element, turns, "wheel")
    return {"pan": pan, "zoom": zoom}


async def drag_window(frames: int, side: int = SIDE) -> dict[str, Any]:
    """Drag the window of a gray image of 16 bits, seen whole and at its own size, and pan it."""
    element, stage, session = await make_stage()
    rows = np.arange(side, dtype=np.int32)
    values = ((rows[:, None] * 7 + rows[None] * 3) % 4096 - 1024).astype(np.int16)
    header = Header(rows=side, columns=side, modality="CT", spacing=(0.1, 0.1), patient_name="Phantom")
    scalars = ScalarImage(values, Window(40.0, 400.0), unit="HU")
    picture = LoadedPicture(tools.picture(64), side, side, header=header, scalars=scalars)
    session.set_size(side, side, scalars)
    began = float(js.performance.now())
    stage.show(picture)
    await tools.painted()
    found: dict[str, Any] = {"open": float(js.performance.now()) - began}
    session.choose_tool("contrast")
    places = [(640 + 200 * math.sin(n / 9), 400 + 150 * math.cos(n / 9)) for n in range(frames + 1)]
    for name in ("fit", "actual"):
        stage.zoom(name)
        await timed(element, places[:2], "pointermove")
        before = stage.appearance.window
        tools.once(element, "pointerdown", *places[0])
        found[name] = await timed(element, places, "pointermove")
        tools.once(element, "pointerup", *places[-1])
        if stage.appearance.window == before:
            raise RuntimeError("the drag changed no window")
    stage.hold_space(True)
    tools.once(element, "pointerdown", *places[0])
    found["pan"] = await timed(element, places, "pointermove")
    tools.once(element, "pointerup", *places[-1])
    return found


async def drag_vertices(count: int) -> dict[str, Any]:
    """Select one polygon of 3,000 after the other, and drag a vertex of each."""
    element, stage, session = await make_stage(3000)
    session.choose_tool("select")
    found: dict[str, list[float]] = {"select": [], "press": [], "move": [], "release": []}
    for number in range(count):
        view = session.annotations[number * 7]
        corner, middle = (
            view.shape.points[0],
            [sum(axis) / 40 for axis in zip(*view.shape.points, strict=True)],
        )
        stage.set_view(stage.view.shown(corner[0] - 200, corner[1] - 150, corner[0] + 200, corner[1] + 150))
        await asyncio.sleep(0.4)  # the camera has come to rest, and what is seen is drawn
        at, inside = stage.view.to_view(*corner), stage.view.to_view(*middle)
        await timed(element, [inside, inside], "pointermove")
        session.select([])
        found["select"] += await one(element, "pointerdown", *inside)
        await one(element, "pointerup", *inside)
        await timed(element, [at, at], "pointermove")
        found["press"] += await one(element, "pointerdown", *at)
        places = [(at[0] + 2 * step, at[1] + step) for step in range(8)]
        found["move"] += [event + frame for event, frame, _ in await timed(element, places, "pointermove")]
        before = session.annotations
        found["release"] += await one(element, "pointerup", *places[-1])
        if session.annotations is before:
            raise RuntimeError("no vertex was dragged")
    return found


async def one(element: Any, name: str, x: float, y: float) -> list[float]:
    """Send one event; return what it and its frame cost together."""
    found = await tools.single(element, name, x, y)
    return [float(found)]


async def next_image(first: str, second: str) -> dict[str, Any]:
    """Go from one image to another that was fetched ahead; the time until its frame is drawn."""
    _element, stage, session = await make_stage()
    images = ImageLoader(nothing)
    shown = await images.load(ImageRef(first))
    stage.show(shown)
    ahead = Prefetcher(images, asyncio.Semaphore(4))
    await ahead.prefetch(ImageRef(second))
    await asyncio.sleep(1)
    began = float(js.performance.now())
    image = await images.load(ImageRef(second))
    stage.clear()
    session.set_size(image.width, image.height)
    stage.show(image)
    await tools.painted()
    return {"took": float(js.performance.now()) - began}


async def open_large(url: str, frames: int) -> dict[str, Any]:
    """Open an image, pan over it whole and at its own size, and paint on it."""
    element, stage, session = await make_stage()
    began = float(js.performance.now())
    image = await ImageLoader(nothing).load(ImageRef(url))
    session.set_size(image.width, image.height)
    stage.show(image)
    await tools.painted()
    found: dict[str, Any] = {"open": float(js.performance.now()) - began, "size": [image.width, image.height]}
    places = [(640 + 300 * math.sin(n / 9), 400 + 200 * math.cos(n / 9)) for n in range(frames + 1)]
    for name in ("fit", "actual"):
        stage.zoom(name)
        stage.hold_space(True)
        tools.once(element, "pointerdown", *places[0])
        found[name] = await timed(element, places, "pointermove")
        tools.once(element, "pointerup", *places[-1])
        stage.hold_space(False)
    session.choose_tool("brush")
    session.change_setting("brush", "radius", RADIUS)
    tools.once(element, "pointerdown", *places[0])
    found["brush"] = await timed(element, places, "pointermove")
    found["release"] = (await one(element, "pointerup", *places[-1]))[0]
    if len(session.annotations) != 1:
        raise RuntimeError("the stroke made no mask")
    return found
