"""What a person does while a gesture waits for the compute worker."""

from __future__ import annotations

from webapp.py.workspace.messages import Ask, Event, Pointer


def wait(pending: list[Event], event: Event, question: Ask | None) -> None:
    """Append an event to those that follow after the answer; of consecutive moves only the last stays.

    If the ``question`` has a ``path``, all moves stay.
    """
    last = pending[-1] if pending else None
    moves = isinstance(event, Pointer) and isinstance(last, Pointer) and event.kind == last.kind == "move"
    if moves and not (question is not None and question.path):
        pending[-1] = event
    else:
        pending.append(event)
