"""Objects over slices: joining them, interpolating between slices, and the bar that asks to accept it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from webapp.py.compute.protocol import Progress
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.ui.parts import button, icon
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.interpolating import InterpolationPlan, Size, joined, plan, suggestion
from webapp.py.workspace.messages import Delete
from webapp.py.workspace.stack_view import StackView
from webapp.py.workspace.texts import INTERPOLATE_NO_STACK

T = TypeVar("T")
JOINED = "The two are one object now."


class ObjectsOverSlices:
    """Does what keys and buttons ask of objects over slices.

    Parameters
    ----------
    viewports
        The active one shows the object.
    ports
        The world outside.
    say
        Shows a sentence to the person.
    """

    def __init__(self, viewports: ViewportSet, ports: Ports, say: Callable[[str], None]) -> None:
        self._viewports, self._ports, self._say = viewports, ports, say

    @property
    def session(self) -> ImageSession:
        """What the active viewport shows."""
        return self._viewports.session

    def begin(self) -> None:
        """Suggest what the selected object is between the slices on which it is labeled, or say why not."""
        session = self.session
        found, stack = self._of_selected(plan), session.stack
        if found is None or stack is None:
            return
        interpolation = session.labeling.interpolation
        interpolation.discard()
        interpolation.share = 0.0
        interpolation.cancel = self._ports.machine.spawn(self._interpolate(found, stack))
        self._ports.render()

    async def _interpolate(self, chosen: InterpolationPlan, stack: StackView) -> None:
        labeling = self.session.labeling
        interpolation = labeling.interpolation

        def report(progress: Progress) -> None:
            before, interpolation.share = interpolation.share or 0.0, progress.share
            if round(10 * progress.share) != round(10 * before):  # drawing the page takes a while
                self._ports.render()

        try:
            answer = await self._ports.compute.call(chosen.ask.function, chosen.ask.arguments, report)
        except Exception as problem:
            interpolation.discard()
            self._say(str(problem) or type(problem).__name__)
        else:
            interpolation.share, interpolation.suggestion = None, suggestion(chosen, stack, answer)
        labeling.on_change()

    def accept(self) -> None:
        """Make annotations of what is suggested, as one step of undo."""
        session = self.session
        interpolation, stack = session.labeling.interpolation, session.stack
        if interpolation.suggestion is not None and stack is not None and interpolation.concerns(stack):
            edits = interpolation.suggestion.edits(stack)
            interpolation.discard()
            session.make(edits)

    def discard(self) -> None:
        """Stop the interpolation under way, or drop what it suggests."""
        labeling = self.session.labeling
        labeling.interpolation.discard()
        labeling.on_change()

    def join_slices(self) -> None:
        """Make the selected annotation part of the object that it overlaps on the nearest slice."""
        found = self._of_selected(joined)
        if found is not None:
            self.session.make(found)
            self._say(JOINED)

    def delete_object(self) -> None:
        """Delete the selected objects on all slices, as one step of undo."""
        session = self.session
        stack = session.stack
        if stack is None:
            return
        wanted = {view.object_id for view in session.context(1.0).chosen()}
        views = [view for place in range(len(stack.slices)) for view in stack.annotations(place)]
        session.make([Delete(view.id) for view in views if view.object_id in wanted and not view.locked])

    def _of_selected(self, find: Callable[[StackView, AnnotationView, Size], T | str]) -> T | None:
        """Return what is found for the annotation selected last; None, with a word, where nothing is."""
        session = self.session
        chosen = {view.id: view for view in session.context(1.0).chosen()}
        names = [name for name in session.selected if name in chosen]
        if session.stack is None or not names:
            self._say(INTERPOLATE_NO_STACK)
            return None
        found = find(session.stack, chosen[names[-1]], (session.width, session.height))
        if isinstance(found, str):
            self._say(found)
            return None
        return found


def interpolation_bar(objects: ObjectsOverSlices) -> Node | None:
    """Return the bar that says what is suggested, while something is."""
    session = objects.session
    interpolation = session.labeling.interpolation
    if not interpolation.concerns(session.stack):
        return None
    found = interpolation.suggestion
    if found is None:
        text = f"Interpolating… {interpolation.share or 0:.0%}"
        buttons = [button("Cancel (Esc)", objects.discard)]
    else:
        count = len(found.masks)
        text = "1 slice interpolated" if count == 1 else f"{count} slices interpolated"
        text += ", as one object" if found.plan.joins else ""
        buttons = [
            button("Discard (Esc)", objects.discard),
            button("Accept (Enter)", objects.accept, kind="primary"),
        ]
    return h(
        "div",
        {"class": "suggestion-bar", "role": "status"},
        icon("layers"),
        h("span", None, text),
        buttons,
    )
