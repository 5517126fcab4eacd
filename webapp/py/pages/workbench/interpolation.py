"""Objects across slices: joining them, interpolating between slices, and the bar to accept the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from webapp.py.compute.protocol import Progress
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench import texts
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


class ObjectsOverSlices:
    """Runs the commands on objects across slices.

    Parameters
    ----------
    viewports
        The active one shows the object.
    ports
        Compute and machine.
    say
        Shows a toast.
    """

    def __init__(self, viewports: ViewportSet, ports: Ports, say: Callable[[str], None]) -> None:
        self._viewports, self._ports, self._say = viewports, ports, say

    @property
    def session(self) -> ImageSession:
        """The image session of the active viewport."""
        return self._viewports.session

    def begin(self) -> None:
        """Suggest the selected object between its labeled slices, or say why that is not possible."""
        session = self.session
        found, stack = self._of_selected(plan), session.stack
        if found is None or stack is None:
            return
        interpolation = session.labeling.interpolation
        interpolation.discard()
        interpolation.share = 0.0
        interpolation.cancel = self._ports.machine.spawn(self._interpolate(found, stack))

    async def _interpolate(self, chosen: InterpolationPlan, stack: StackView) -> None:
        labeling = self.session.labeling
        interpolation = labeling.interpolation

        def report(progress: Progress) -> None:
            before, interpolation.share = interpolation.share or 0.0, progress.share
            if round(10 * progress.share) != round(10 * before):  # redrawing the page is slow
                labeling.on_change()

        try:
            answer = await self._ports.compute.call(chosen.ask.function, chosen.ask.arguments, report)
        except Exception as error:
            interpolation.discard()
            self._say(str(error) or type(error).__name__)
        else:
            interpolation.share, interpolation.suggestion = None, suggestion(chosen, stack, answer)
        labeling.on_change()

    def accept(self) -> None:
        """Turn the suggestion into annotations, as one undo step."""
        session = self.session
        interpolation, stack = session.labeling.interpolation, session.stack
        if interpolation.suggestion is not None and stack is not None and interpolation.concerns(stack):
            edits = interpolation.suggestion.edits(stack)
            interpolation.discard()
            session.make(edits)

    def discard(self) -> None:
        """Stop the interpolation, or discard its suggestion."""
        labeling = self.session.labeling
        labeling.interpolation.discard()
        labeling.on_change()

    def join_slices(self) -> None:
        """Join the selected annotation with the object that it overlaps on the nearest slice."""
        found = self._of_selected(joined)
        if found is not None:
            self.session.make(found)
            self._say(texts.JOINED)

    def delete_object(self) -> None:
        """Delete the selected objects on all slices, as one undo step."""
        session = self.session
        stack = session.stack
        if stack is None:
            return
        wanted = {view.object_id for view in session.context(1.0).chosen()}
        views = [view for place in range(len(stack.slices)) for view in stack.annotations(place)]
        session.make([Delete(view.id) for view in views if view.object_id in wanted and not view.locked])

    def _of_selected(self, find: Callable[[StackView, AnnotationView, Size], T | str]) -> T | None:
        """Return what ``find`` finds for the annotation selected last, or say why not and return None."""
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
    """Return the bar of a running or suggested interpolation; None without one."""
    session = objects.session
    interpolation = session.labeling.interpolation
    if not interpolation.concerns(session.stack):
        return None
    found = interpolation.suggestion
    if found is None:
        text = texts.interpolating(interpolation.share or 0)
        buttons = [button(texts.CANCEL, objects.discard)]
    else:
        text = texts.interpolated(len(found.masks), bool(found.plan.joins))
        buttons = [
            button(texts.DISCARD, objects.discard),
            button(texts.ACCEPT, objects.accept, kind="primary"),
        ]
    return h(
        "div",
        {"class": "suggestion-bar", "role": "status"},
        icon("layers"),
        h("span", None, text),
        buttons,
    )
