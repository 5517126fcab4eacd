"""Driving the active tool: events in, drafts to show, edits out.

One `Gestures` object serves one viewport. It knows no browser: the canvas gives it `Pointer` and `KeyPress`
events and draws its `scene`; camera moves and questions to the compute worker go out through callbacks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor
from typing import Any, Protocol

from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline, Shape
from webapp.py.geometry.image_parts import VolumePart, frame_address
from webapp.py.geometry.masks import Rect, clip_rect
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
    """What a gesture may cause outside of the session, and where the camera is."""

    @property
    def view(self) -> Camera | None:
        """The camera; None while no image is shown."""

    @property
    def display_key(self) -> str:
        """What tells this showing of an image from another one, such as a window; added to its address."""

    def move_camera(self, move: ViewChange) -> None:
        """Move the camera (or change the light) at once, so that the next event is computed with it."""


class Gestures:
    """Runs the gestures of the session's active tool, one at a time."""

    def __init__(self, session: ImageSession, canvas: GestureCanvas) -> None:
        self.session = session
        self.canvas = canvas
        self.mask_draft: MaskDraft | None = None
        self.hovered: str | None = None
        self._run: Run | None = None
        self._drafts: tuple[Draft, ...] = ()
        self._waiting: list[Event] = []
        self._asking = False
        self._mask_version = 0
        self._versions = Versions()
        self._preparation = Preparation(canvas)
        self._call_off: Callable[[], None] = lambda: None
        self._outlines: Outlines | None = None
        self._typed: Step | None = None
        self._tool_id = session.tool_id
        self.measures = True
        """Whether area and values of the region that is drawn or selected are said beside it."""
        self._staying: tuple[Draft, ...] = ()
        self._measuring = Measuring(canvas)

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._run is not None

    @property
    def computing(self) -> bool:
        """Whether the worker is preparing something for the idle tool, or answering a gesture."""
        return self._asking or self._preparation.computing

    @property
    def cursor(self) -> Cursor | None:
        """What is to be shown at the pointer."""
        return next((draft for draft in self._drafts if isinstance(draft, Cursor)), None)

    def handle(self, event: Event, scale: float) -> None:
        """Take one event of the pointer or of the keyboard; ``scale`` is screen pixels per image pixel."""
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
        """End the gesture under way without edits, as when another tool or image is chosen."""
        run, self._run = self._run, None
        if self._asking:
            self._call_off()
        self._clear()
        self._staying = ()
        self._measuring.forget()
        self._tool_id = self.session.tool_id
        if run is not None:
            run.close()

    def close(self) -> None:
        """Cancel the gesture and whatever the worker prepares: the viewport goes."""
        self.cancel()
        self._preparation.forget()
        self._measuring.forget()

    def scene(self, scale: float, opacity: float) -> Scene:
        """Return what is to be drawn now, and have prepared what the tool will need."""
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
        said = self._said()
        return build_scene(
            session.annotations,
            session.selected,
            (*self._staying, *self._drafts, *([said] if said is not None else ())),
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
        """Have the idle tool do what a key says; all that it does while it is held is one undo step."""
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
            self._put(run.asked, run)

    def _patch(self, patch: MaskPatch) -> None:
        if self.mask_draft is None:
            view = next((v for v in self.session.annotations if v.id == patch.annotation), None)
            start = view.shape if view is not None and isinstance(view.shape, Mask) else None
            self._mask_version += 1
            self.mask_draft = MaskDraft(patch.annotation, self._mask_version, start)
        self.mask_draft.add(patch)

    def _put(self, question: Ask, run: Run) -> None:
        self._asking = True

        def answered(value: Any) -> None:
            self._resume(run, lambda: run.send(ComputeReply(value)))

        def failed(reason: str) -> None:
            self._resume(run, lambda: run.fail(reason))

        self._call_off = self.canvas.ask(question.function, question.arguments, answered, failed)

    def _resume(self, run: Run, step: Callable[[], tuple[Draft, ...]]) -> None:
        if self._run is not run:
            return  # cancelled meanwhile
        self._asking = False
        try:
            self._take(step())
            while self._waiting and not self._asking:
                event = self._waiting.pop(0)
                self._deliver(event, event.scale if isinstance(event, Pointer) else 1.0)
        except Exception as error:
            self._fail(error)

    def _wait(self, event: Event) -> None:
        if isinstance(event, KeyPress) and event.key == "Escape":
            self.cancel()
            return
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, Pointer) and isinstance(last, Pointer) and event.kind == last.kind == "move":
            self._waiting[-1] = event
        else:
            self._waiting.append(event)

    def _said(self) -> Label | None:
        """Return what is said of the region of a medical image that is drawn, or selected alone."""
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
        if asset is None or not self.canvas.display_key:  # only gray images are seen through a window
            return None
        return VolumePart((frame_address(asset.url, asset.frame),))

    @property
    def _image(self) -> object:
        """What tells one image from another."""
        asset = self.session.asset
        return (asset.ordinal, asset.url, self.canvas.display_key) if asset is not None else None

    def _idle(self, scale: float) -> tuple[Handles | None, Outlines | None]:
        """Ask the tool what it shows beside drafts; while idle also what it wants prepared."""
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
        """Return the outlines of the last frame where they show the same, so that nothing is made anew."""
        last = self._outlines
        if shown is None or last is None or shown.levels is not last.levels or shown.rect != last.rect:
            self._outlines = shown
        return self._outlines

    def _fail(self, error: Exception) -> None:
        tool = self.session.tool
        self.cancel()
        if isinstance(error, AskFailed):  # no fault of the tool
            self.canvas.notify(str(error))
            return
        what = f"{type(error).__name__}: {error}"
        self.session.switch_off(tool.id, what)
        self.canvas.notify(
            f"The tool “{tool.title}” failed and was switched off ({what}). Your work is kept; "
            "reload the page to try the tool again."
        )

    def _clear(self) -> None:
        self._drafts, self._waiting, self._asking, self.mask_draft = (), [], False, None


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
