"""Driving the active tool: events in, drafts to show, edits out.

There is one `Gestures` object per viewport. It knows no browser: the canvas passes `Pointer` and `KeyPress`
events to it and draws its `scene`; camera moves and questions to the compute worker go out through the
canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from webapp.py.domain.shapes import Mask
from webapp.py.workspace import texts
from webapp.py.workspace.gesture_context import GestureCanvas, context_of, image_of
from webapp.py.workspace.gesture_scenes import GestureScenes
from webapp.py.workspace.history import Step
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.preparing import Preparation
from webapp.py.workspace.scene import MaskDraft, Scene
from webapp.py.workspace.set_aside import SetAside
from webapp.py.workspace.tool import (
    Ask,
    AskFailed,
    ComputeReply,
    Context,
    Cursor,
    Draft,
    Drafts,
    Event,
    Finish,
    Handles,
    KeyPress,
    MaskPatch,
    Notice,
    Outlines,
    Pointer,
    Run,
    SetValue,
    Stay,
    Unfinished,
    ViewChange,
)
from webapp.py.workspace.waiting import wait


class Gestures:
    """Runs the gestures of the active tool, one at a time."""

    def __init__(self, session: ImageSession, canvas: GestureCanvas) -> None:
        self.session = session
        self.canvas = canvas
        self.scenes = GestureScenes(session, canvas)
        self.mask_draft: MaskDraft | None = None
        self.hovered: str | None = None
        self._run: Run | None = None
        self._drafts: tuple[Draft, ...] = ()
        self._pending: list[Event] = []
        self._asking = False
        self._mask_version = 0
        self._preparation = Preparation(canvas)
        self._cancel_ask: Callable[[], None] = lambda: None
        self._typed: Step | None = None
        self._tool_id = session.tool_id
        self._staying: tuple[Draft, ...] = ()
        self._set_aside: SetAside | None = None
        self._told: tuple[str, bool] | None = None
        session.labeling.drawings.append(self)

    @property
    def busy(self) -> bool:
        """Whether a gesture is in progress."""
        return self._run is not None

    @property
    def unfinished(self) -> Unfinished | None:
        """The drawing of several clicks that waits for the next one, or None."""
        if self._run is None:
            return None
        return next((draft for draft in self._drafts if isinstance(draft, Unfinished)), None)

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
        self._tell()

    def finish(self) -> None:
        """End the current gesture because the person turns to something else.

        A drawing is kept if it is complete, else set aside; other gestures are canceled.
        """
        run, session = self._run, self.session
        before = session.history.last
        if run is not None and self.unfinished is not None:
            try:
                self._stop_asking(run)
                self._take(run.send(Finish()))
            except Exception as error:
                self._fail(error)
            step = session.history.last
            if self._run is run:
                self._put_aside(run)
            elif step is not None and step is not before:
                kind = session.registry.tool(self._tool_id).draws[0]
                self.canvas.notify(texts.finished(kind), partial(session.take_back, session.history, step))
        self.cancel()
        self._tell()

    def drop(self) -> None:
        """Cancel the current gesture, because the person says so; Undo brings a drawing back."""
        run, waiting = self._run, self.unfinished
        if run is not None and waiting is not None:
            self._put_aside(run)
            if waiting.complete:
                self.canvas.notify(texts.DRAWING_DROPPED, partial(self._bring_back, undone=False))
        self.cancel()
        self._tell()

    def undo(self) -> bool:
        """Undo the last point of a drawing, or bring back a dropped one; return whether there was one."""
        run, waiting = self._run, self.unfinished
        if run is None or waiting is None:
            return self._bring_back(undone=False)
        if waiting.points > 1:
            self.handle(KeyPress("z", ctrl=True), 1.0)
        else:
            self._put_aside(run, undone=True)
            self.cancel()
        self.session.labeling.on_change()
        return True

    def redo(self) -> bool:
        """Redo a point of a drawing; return whether there is a drawing."""
        if self.unfinished is None:
            return self._bring_back(undone=True)
        self.handle(KeyPress("z", ctrl=True, shift=True), 1.0)
        self.session.labeling.on_change()
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a drawing for `undo`."""
        aside = self._set_aside
        return self.unfinished is not None or (
            aside is not None and not aside.undone and aside.fits(self.session)
        )

    @property
    def can_redo(self) -> bool:
        """Whether there is a drawing for `redo`."""
        aside = self._set_aside
        return self.unfinished is not None or (
            aside is not None and aside.undone and aside.fits(self.session)
        )

    def right_click(self) -> bool:
        """Close the drawing if it is complete, else undo its last point; return whether there is one."""
        waiting = self.unfinished
        if waiting is None:
            return False
        if waiting.complete:
            self.handle(KeyPress("Enter"), 1.0)
        else:
            self.undo()
        return True

    def cancel(self) -> None:
        """Cancel the current gesture without edits, such as when the browser takes the pointer."""
        run, self._run = self._run, None
        if self._asking:
            self._cancel_ask()
        self._clear()
        self._staying = ()
        self.scenes.forget()
        self._tool_id = self.session.tool_id
        if run is not None:
            run.close()

    def close(self) -> None:
        """Cancel the gesture and what the worker prepares; the viewport is closing."""
        self.cancel()
        self._forget_set_aside()
        drawings = self.session.labeling.drawings
        drawings[:] = [one for one in drawings if one is not self]
        self._preparation.forget()
        self.scenes.forget()

    def scene(self, scale: float, opacity: float) -> Scene:
        """Return what to draw now, and ask for what the tool needs prepared."""
        handles, outlines = self._idle(scale)
        drafts = (*self._staying, *self._drafts)
        shown = drafts, self.mask_draft, handles, outlines, self.hovered, opacity
        return self.scenes.scene(*shown, busy=self.busy)

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
                self._forget_set_aside()
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
            self.drop()
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
        if self.mask_draft is None or self.mask_draft.annotation != patch.annotation:
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

        shared = self._preparation.share(question, answered, failed)
        self._cancel_ask = shared or self.canvas.ask(question.function, question.arguments, answered, failed)

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
            self.drop()
            return
        wait(self._pending, event, self._run.asked if self._run is not None else None)

    def _context(self, scale: float) -> Context:
        return context_of(self.session, self.canvas, self._preparation, scale)

    def _idle(self, scale: float) -> tuple[Handles | None, Outlines | None]:
        """Ask the tool for its handles and outlines and, while idle, for what it needs prepared."""
        session = self.session
        if not session.ready:
            self._preparation.stop()
            return None, None
        try:
            tool, context = session.tool, self._context(scale)
            if self._run is not None:
                return None, tool.outlines(context)
            self._preparation.want(session.tool_id, image_of(session, self.canvas), tool.prepare(context))
            return tool.handles(context), tool.outlines(context)
        except Exception as error:
            self._fail(error)
            return None, None

    def _stop_asking(self, run: Run) -> None:
        """Let a pending question fail, so that the gesture waits for the person again."""
        if self._asking:
            self._cancel_ask()
            self._asking, self._pending = False, []
            self._drafts = run.fail(texts.ASK_CANCELED)

    def _put_aside(self, run: Run, *, undone: bool = False) -> None:
        """Keep a drawing until it is brought back, or the next one starts."""
        self._forget_set_aside()
        try:
            self._stop_asking(run)
        except AskFailed:
            return  # the tool does not expect that, so its gesture is over
        self._run = None
        self._set_aside = SetAside.of(run, self.session, self._tool_id, undone)

    def _bring_back(self, *, undone: bool) -> bool:
        """Continue a drawing that was set aside; return whether there is one."""
        aside, session = self._set_aside, self.session
        if self._run is not None or aside is None or aside.undone != undone or not aside.fits(session):
            return False
        session.choose_tool(aside.tool_id)
        if session.tool_id != aside.tool_id:
            return False
        self.cancel()
        self._run, self._drafts, self._set_aside = aside.run, aside.drafts, None
        self._tell()
        session.labeling.on_change()
        return True

    def _forget_set_aside(self) -> None:
        if self._set_aside is not None:
            self._set_aside.run.close()
            self._set_aside = None

    def _tell(self) -> None:
        """Have the page redrawn if what it says about the drawing has changed."""
        waiting = self.unfinished
        told = (waiting.hint, waiting.complete) if waiting is not None else None
        if told != self._told:
            self._told = told
            self.session.labeling.on_change()

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
