"""Driving the active tool: events in, drafts to show, edits out.

There is one `Gestures` object per viewport. It knows no browser: the canvas passes `Pointer` and `KeyPress`
events to it and draws its `scene`; camera moves and questions to the compute worker go out through the
canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor
from typing import Any, Protocol

from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline, Shape
from webapp.py.geometry.image_parts import VolumePart, frame_address
from webapp.py.geometry.masks import Rect, clip_rect
from webapp.py.workspace import texts
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.figures import NEUTRAL, Versions
from webapp.py.workspace.history import Step
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.measuring import Measuring
from webapp.py.workspace.preparing import Preparation, Worker
from webapp.py.workspace.scene import MaskDraft, Scene, SceneStyle, build_scene
from webapp.py.workspace.tool import (
    Ask,
    AskFailed,
    ComputeReply,
    Context,
    Cursor,
    Draft,
    Drafts,
    Event,
    Handles,
    KeyPress,
    Label,
    MaskPatch,
    Notice,
    Outlines,
    Pointer,
    Preview,
    Run,
    SetValue,
    Stay,
    ViewChange,
)


class GestureCanvas(Worker, Protocol):
    """What a gesture needs of the viewport: the camera, and ways to move it and to ask the worker."""

    @property
    def view(self) -> Camera | None:
        """The camera, or None while no image is shown."""

    @property
    def display_key(self) -> str:
        """What distinguishes this display of an image, such as its window; appended to its address."""

    def move_camera(self, move: ViewChange) -> None:
        """Move the camera (or change the contrast) at once, before the next event is computed."""


class Gestures:
    """Runs the gestures of the active tool, one at a time."""

    def __init__(self, session: ImageSession, canvas: GestureCanvas) -> None:
        self.session = session
        self.canvas = canvas
        self.mask_draft: MaskDraft | None = None
        self.hovered: str | None = None
        self._run: Run | None = None
        self._drafts: tuple[Draft, ...] = ()
        self._pending: list[Event] = []
        self._asking = False
        self._mask_version = 0
        self._versions = Versions()
        self._preparation = Preparation(canvas)
        self._cancel_ask: Callable[[], None] = lambda: None
        self._outlines: Outlines | None = None
        self._typed: Step | None = None
        self._tool_id = session.tool_id
        self.measures = True
        """Whether to show area and values next to the region that is drawn or selected."""
        self._staying: tuple[Draft, ...] = ()
        self._measuring = Measuring(canvas)

    @property
    def busy(self) -> bool:
        """Whether a gesture is in progress."""
        return self._run is not None

    @property
    def computing(self) -> bool:
        """Whether the worker is preparing something for the idle tool, or answering a gesture."""
        return self._asking or self._preparation.computing

    @property
    def cursor(self) -> Cursor | None:
        """The cursor to show at the pointer."""
        return next((draft for draft in self._drafts if isinstance(draft, Cursor)), None)

    def handle(self, event: Event, scale: float) -> None:
        """Handle an event of the pointer or keyboard; ``scale`` is screen pixels per image pixel."""
        session = self.session
        if not session.ready:
            return
        if self._tool_id != session.tool_id:
            self.cancel()
        if self._asking and not isinstance(event, ComputeReply):
            self._wait(event)
            return
        try:
            self._deliver(event, scale)
        except Exception as error:
            self._fail(error)

    def cancel(self) -> None:
        """Cancel the current gesture without edits, such as when another tool or image is chosen."""
        run, self._run = self._run, None
        if self._asking:
            self._cancel_ask()
        self._clear()
        self._staying = ()
        self._measuring.forget()
        self._tool_id = self.session.tool_id
        if run is not None:
            run.close()

    def close(self) -> None:
        """Cancel the gesture and what the worker prepares; the viewport is closing."""
        self.cancel()
        self._preparation.forget()
        self._measuring.forget()

    def scene(self, scale: float, opacity: float) -> Scene:
        """Return what to draw now, and ask for what the tool needs prepared."""
        session = self.session
        handles, outlines = self._idle(scale)
        colors = {one.id: one.color for one in session.instruction.classes}
        asset = session.asset.ordinal if session.asset is not None else -1
        suggested = session.labeling.interpolation.on(asset)
        style = SceneStyle(
            colors,
            session.width,
            session.height,
            colors.get(session.class_id or "", NEUTRAL),
            opacity,
            self.hovered,
            (suggested[0], colors.get(suggested[1], NEUTRAL)) if suggested is not None else None,
        )
        measured = self._measured()
        return build_scene(
            session.annotations,
            session.selected,
            (*self._staying, *self._drafts, *([measured] if measured is not None else ())),
            self.mask_draft,
            handles,
            style,
            self._versions,
            outlines,
        )

    def _deliver(self, event: Event, scale: float) -> None:
        session = self.session
        if self._run is None:
            if isinstance(event, KeyPress):
                self._type(event, scale)
            elif isinstance(event, Pointer) and event.kind == "press":
                if session.tool.draws and session.closed is not None:
                    self.canvas.notify(session.closed)
                    return
                self._clear()
                self._staying = ()
                self._preparation.retry()
                self._run = Run(session.tool, event, self._context(scale))
                self._take(self._run.drafts)
            elif isinstance(event, Pointer) and event.kind == "hover":
                context = self._context(scale)
                under = context.at(event.point)
                self.hovered = under.id if under is not None else None
                shown = session.tool.cursor(context, event)
                self._drafts = _several(shown)
            return
        if isinstance(event, KeyPress) and event.key == "Escape":
            self.cancel()
            return
        self._take(self._run.send(event))

    def _type(self, key: KeyPress, scale: float) -> None:
        """Pass a key to the idle tool; what it does while the key is held is one undo step."""
        session, history = self.session, self.session.history
        before = history.last
        session.make(session.tool.on_key(key, self._context(scale)))
        if history.last is not before:
            if key.repeat and before is not None and before is self._typed:
                history.join()
            self._typed = history.last

    def _take(self, drafts: tuple[Draft, ...]) -> None:
        for draft in drafts:
            if isinstance(draft, MaskPatch):
                self._patch(draft)
            elif isinstance(draft, ViewChange):
                self.canvas.move_camera(draft)
            elif isinstance(draft, Notice):
                self.canvas.notify(draft.text)
            elif isinstance(draft, SetValue):
                self.session.change_setting(self.session.tool_id, draft.name, draft.value)
        run = self._run
        if run is None:
            return
        if run.edits is not None:
            self._run = None
            self._clear()
            for edit in run.edits:
                if isinstance(edit, ViewChange):
                    self.canvas.move_camera(edit)
                elif isinstance(edit, Stay):
                    self._staying = edit.drafts
            self.session.make(run.edits)
            return
        self._drafts = drafts
        if run.asked is not None:
            self._ask(run.asked, run)

    def _patch(self, patch: MaskPatch) -> None:
        if self.mask_draft is None:
            view = next((v for v in self.session.annotations if v.id == patch.annotation), None)
            start = view.shape if view is not None and isinstance(view.shape, Mask) else None
            self._mask_version += 1
            self.mask_draft = MaskDraft(patch.annotation, self._mask_version, start)
        self.mask_draft.add(patch)

    def _ask(self, question: Ask, run: Run) -> None:
        self._asking = True

        def answered(value: Any) -> None:
            self._resume(run, lambda: run.send(ComputeReply(value)))

        def failed(reason: str) -> None:
            self._resume(run, lambda: run.fail(reason))

        self._cancel_ask = self.canvas.ask(question.function, question.arguments, answered, failed)

    def _resume(self, run: Run, step: Callable[[], tuple[Draft, ...]]) -> None:
        if self._run is not run:
            return  # canceled in the meantime
        self._asking = False
        try:
            self._take(step())
            while self._pending and not self._asking:
                event = self._pending.pop(0)
                self._deliver(event, event.scale if isinstance(event, Pointer) else 1.0)
        except Exception as error:
            self._fail(error)

    def _wait(self, event: Event) -> None:
        if isinstance(event, KeyPress) and event.key == "Escape":
            self.cancel()
            return
        last = self._pending[-1] if self._pending else None
        if isinstance(event, Pointer) and isinstance(last, Pointer) and event.kind == last.kind == "move":
            self._pending[-1] = event
        else:
            self._pending.append(event)

    def _measured(self) -> Label | None:
        """Return the measurements of the region of a medical image that is drawn, or selected alone."""
        session = self.session
        if not self.measures or (session.scalars is None and session.pixel.unit == "px"):
            return None
        if any(isinstance(draft, Label) for draft in (*self._staying, *self._drafts)):
            return None
        changed = {draft.id: draft.shape for draft in self._drafts if isinstance(draft, Preview)}
        shape: Shape | None = next(
            (draft for draft in self._drafts if isinstance(draft, Box | Polygon | Polyline)), None
        )
        if shape is None and len(session.selected) == 1 and self.mask_draft is None:
            name = session.selected[0]
            view = next((view for view in session.annotations if view.id == name and not view.hidden), None)
            shape = changed.get(name, view.shape) if view is not None else None
        return self._measuring.label(shape, session.pixel, session.scalars, self._values) if shape else None

    def _context(self, scale: float) -> Context:
        session, view = self.session, self.canvas.view
        asset = session.asset
        return replace(
            session.context(scale),
            image=asset.url + self.canvas.display_key if asset is not None else "",
            values=self._values,
            visible=_visible(view) if view is not None else None,
            prepared=self._preparation.of(session.tool_id, self._image),
        )

    @property
    def _values(self) -> VolumePart | None:
        asset = self.session.asset
        if asset is None or not self.canvas.display_key:  # only grayscale images have a window
            return None
        return VolumePart((frame_address(asset.url, asset.frame),))

    @property
    def _image(self) -> object:
        """What distinguishes one image from another."""
        asset = self.session.asset
        return (asset.ordinal, asset.url, self.canvas.display_key) if asset is not None else None

    def _idle(self, scale: float) -> tuple[Handles | None, Outlines | None]:
        """Ask the tool for its handles and outlines and, while idle, for what it needs prepared."""
        session = self.session
        if not session.ready:
            self._preparation.stop()
            return None, None
        try:
            tool, context = session.tool, self._context(scale)
            if self._run is not None:
                return None, self._same(tool.outlines(context))
            self._preparation.want(session.tool_id, self._image, tool.prepare(context))
            return tool.handles(context), self._same(tool.outlines(context))
        except Exception as error:
            self._fail(error)
            return None, None

    def _same(self, shown: Outlines | None) -> Outlines | None:
        """Return the outlines of the last frame if they are the same, so that they stay cached."""
        last = self._outlines
        if shown is None or last is None or shown.levels is not last.levels or shown.rect != last.rect:
            self._outlines = shown
        return self._outlines

    def _fail(self, error: Exception) -> None:
        tool = self.session.tool
        self.cancel()
        if isinstance(error, AskFailed):  # not a fault of the tool
            self.canvas.notify(str(error))
            return
        self.session.switch_off(tool.id, texts.error_text(error))
        self.canvas.notify(texts.tool_failed(tool.title, error))

    def _clear(self) -> None:
        self._drafts, self._pending, self._asking, self.mask_draft = (), [], False, None


def _several(drafts: Drafts) -> tuple[Draft, ...]:
    if drafts is None:
        return ()
    return tuple(drafts) if isinstance(drafts, Sequence) else (drafts,)


def _visible(view: Camera) -> Rect | None:
    """Return the rectangle of the image that is in view, in whole pixels."""
    corners = [view.to_image(x, y) for x in (0.0, view.width) for y in (0.0, view.height)]
    left, top = (floor(min(corner[axis] for corner in corners)) for axis in (0, 1))
    right, bottom = (ceil(max(corner[axis] for corner in corners)) for axis in (0, 1))
    return clip_rect((left, top, right - left, bottom - top), view.image_width, view.image_height)
