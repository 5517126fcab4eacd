"""Objects over slices: joining them, interpolating between slices, and the bar that asks to accept it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from webapp.py.compute.protocol import Progress
from webapp.py.ui.parts import button, icon
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.interpolating import InterpolationPlan, Size, joined, plan, suggestion
from webapp.py.workspace.messages import Delete
from webapp.py.workspace.stack_view import StackView
from webapp.py.workspace.texts import INTERPOLATE_NO_STACK

if TYPE_CHECKING:
    from webapp.py.pages.workbench.workbench import Workbench

T = TypeVar("T")
JOINED = "The two are one object now."


def begin_interpolation(workbench: Workbench) -> None:
    """Suggest what the selected object is between the slices on which it is labeled, or say why not."""
    session = workbench.work.session
    found, stack = _of_selected(workbench, plan), session.stack
    if found is None or stack is None:
        return
    interpolation = session.labeling.interpolation
    interpolation.discard()
    interpolation.share = 0.0
    interpolation.cancel = workbench.ports.machine.spawn(_interpolate(workbench, found, stack))
    workbench.ports.render()


async def _interpolate(workbench: Workbench, chosen: InterpolationPlan, stack: StackView) -> None:
    labeling = workbench.work.labeling
    interpolation = labeling.interpolation

    def report(progress: Progress) -> None:
        before, interpolation.share = interpolation.share or 0.0, progress.share
        if round(10 * progress.share) != round(10 * before):  # drawing the page takes a while
            workbench.ports.render()

    try:
        answer = await workbench.ports.compute.call(chosen.ask.function, chosen.ask.arguments, report)
    except Exception as problem:
        interpolation.discard()
        workbench.app.notify(str(problem) or type(problem).__name__)
    else:
        interpolation.share, interpolation.suggestion = None, suggestion(chosen, stack, answer)
    labeling.on_change()


def accept_suggestion(workbench: Workbench) -> None:
    """Make annotations of what is suggested, as one step of undo."""
    session = workbench.work.session
    interpolation, stack = session.labeling.interpolation, session.stack
    if interpolation.suggestion is not None and stack is not None and interpolation.concerns(stack):
        edits = interpolation.suggestion.edits(stack)
        interpolation.discard()
        session.make(edits)


def discard_suggestion(workbench: Workbench) -> None:
    """Stop the interpolation under way, or drop what it suggests."""
    labeling = workbench.work.labeling
    labeling.interpolation.discard()
    labeling.on_change()


def join_slices(workbench: Workbench) -> None:
    """Make the selected annotation part of the object that it overlaps on the nearest slice."""
    found = _of_selected(workbench, joined)
    if found is not None:
        workbench.work.session.make(found)
        workbench.app.notify(JOINED)


def delete_object(workbench: Workbench) -> None:
    """Delete the selected objects on all slices, as one step of undo."""
    session = workbench.work.session
    stack = session.stack
    if stack is None:
        return
    wanted = {view.object_id for view in session.context(1.0).chosen()}
    views = [view for place in range(len(stack.slices)) for view in stack.annotations(place)]
    session.make([Delete(view.id) for view in views if view.object_id in wanted and not view.locked])


def interpolation_bar(workbench: Workbench) -> Node | None:
    """Return the bar that says what is suggested, while something is."""
    session = workbench.work.session
    interpolation = session.labeling.interpolation
    if not interpolation.concerns(session.stack):
        return None
    found = interpolation.suggestion
    if found is None:
        text = f"Interpolating… {interpolation.share or 0:.0%}"
        buttons = [button("Cancel (Esc)", lambda: discard_suggestion(workbench))]
    else:
        count = len(found.masks)
        text = "1 slice interpolated" if count == 1 else f"{count} slices interpolated"
        text += ", as one object" if found.plan.joins else ""
        buttons = [
            button("Discard (Esc)", lambda: discard_suggestion(workbench)),
            button("Accept (Enter)", lambda: accept_suggestion(workbench), kind="primary"),
        ]
    return h(
        "div",
        {"class": "suggestion-bar", "role": "status"},
        icon("layers"),
        h("span", None, text),
        buttons,
    )


def _of_selected(
    workbench: Workbench, find: Callable[[StackView, AnnotationView, Size], T | str]
) -> T | None:
    """Return what is found for the annotation selected last; None, with a word, where nothing is."""
    session = workbench.work.session
    chosen = {view.id: view for view in session.context(1.0).chosen()}
    names = [name for name in session.selected if name in chosen]
    if session.stack is None or not names:
        workbench.app.notify(INTERPOLATE_NO_STACK)
        return None
    found = find(session.stack, chosen[names[-1]], (session.width, session.height))
    if isinstance(found, str):
        workbench.app.notify(found)
        return None
    return found
