"""Runs on a page: a stage with a real session, moved by pointer events, and timed from outside of it."""

from __future__ import annotations

import asyncio
import math
import random
from typing import Any

import js
from pyodide.code import run_js

from webapp.py.browser.stage import Stage
from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Asset, Instruction, LabelClass
from webapp.py.domain.ops import create
from webapp.py.domain.permissions import Actor
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.session import Session
from webapp.py.workspace.workplace import Workplace

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
    };
})()
""")


async def nothing(function: str, arguments: Any) -> Any:
    """No gesture here asks the worker."""
    raise RuntimeError(function)


async def make_stage(polygons: int = 0) -> tuple[Any, Stage, Session]:
    """Put a stage with an image, and polygons on it, on the page."""
    store = await Store.open(MemoryLocalStore(), f"project/{PROJECT}", solo=True)
    instruction = Instruction(
        id="i", name="Bench", classes=[LabelClass(id="cell", name="Cell", color="#00aaff")]
    )
    session = Session(Workplace(store, Actor(PERSON, "admin"), PROJECT, instruction, find_tools()))
    session.open(Asset(ordinal=0, name="bench", folder="", url="bench"))
    session.set_size(SIDE, SIDE)
    if polygons:
        store.edit([polygon(number) for number in range(polygons)])
        await store.settled()
        session.records_changed()
    element = js.document.createElement("div")
    element.className = "view"
    element.style.cssText = "position:fixed;inset:0;z-index:9"
    # A pointer that is only acted has nothing to capture.
    element.setPointerCapture = run_js("() => {}")
    js.document.body.append(element)
    stage = Stage(element, lambda at: Gestures(session, at), nothing, print, lambda point, zoom: None)
    session.on_change = stage.invalidate
    stage.show(tools.picture(SIDE), SIDE, SIDE)
    return element, stage, session


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


async def paint(events: int) -> dict[str, Any]:
    """Paint one long stroke that crosses the whole image."""
    element, _stage, session = await make_stage()
    session.choose_tool("brush")
    session.change_setting("brush", "radius", RADIUS)
    places = []
    for number in range(events + 1):
        turn = number / events
        places.append((640 + 330 * turn * math.cos(30 * turn), 400 + 330 * turn * math.sin(30 * turn)))
    await timed(element, places[:2], "pointermove")
    tools.once(element, "pointerdown", *places[0])
    found = await timed(element, places, "pointermove")
    release = tools.once(element, "pointerup", *places[-1])
    await asyncio.sleep(0)
    if len(session.annotations) != 1:
        raise RuntimeError("the stroke made no mask")
    return {"samples": [[event, frame] for event, frame, _ in found], "release": release}


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
