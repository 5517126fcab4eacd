"""Who may do and see what: pure functions, so that the page disables what the server would refuse.

An actor is a person with a role in a scope: the role in the organization for set-up records, the role in the
project for work records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from msgspec import Struct

from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import KEYS, SETUP_TABLES, WORK_TABLES, Fields
from webapp.py.domain.ops import Op

Role = Literal["admin", "reviewer", "annotator"]
ROLES: tuple[Role, ...] = get_args(Role)

_OWNER_STATUS = {"queued", "started", "submitted", "skipped"}
_JUDGE_STATUS = {"queued", "accepted", "rejected"}
_ACCEPTED = "This image was accepted. Ask a reviewer to reopen it."


class Actor(Struct, frozen=True):
    """A person and their role for some records. No role means no access."""

    person: str
    role: Role | None

    @property
    def judges(self) -> bool:
        """Whether this person may review the work of others."""
        return self.role in ("admin", "reviewer")


def refusal(actor: Actor, op: Op, record: Fields | None, work: Fields | None) -> str | None:
    """Return why an actor may not apply an op, or None if it is allowed. The person sees this sentence.

    Parameters
    ----------
    actor
        Who wants to apply it.
    op
        The op.
    record
        The record before the op, None if the op creates it.
    work
        The assignment with the id from `work_of`, before the op.
    """
    if actor.role is None:
        return "You do not have access to this project."
    if record is not None:
        moved = [name for name in KEYS if name in op.fields and op.fields[name] != record.get(name)]
        if moved:
            return f"The field {sorted(moved)[0]!r} of an existing record cannot be changed."
    if op.table in SETUP_TABLES:
        return None if actor.role == "admin" else "Only admins can change projects and instructions."
    rule = _RULES.get(op.table)
    if rule is None:
        return f"There is no table {op.table!r}."
    return rule(actor, op, record) or _refuse_in(actor, op, work)


def allowed(actor: Actor, op: Op, record: Fields | None, work: Fields | None) -> bool:
    """Return whether an actor may apply an op (see `refusal`)."""
    return refusal(actor, op, record, work) is None


def work_of(op: Op, record: Fields | None) -> str | None:
    """Return the id of the assignment whose status matters for an op, or None if none does."""
    found = (op.fields if record is None else record).get("assignment") if op.table == "annotation" else None
    return found if isinstance(found, str) else None


def visible(actor: Actor, table: str, record: Fields) -> bool:
    """Return whether an actor may see a work record of a project in which they have ``actor.role``.

    Annotators see their own work and what others wrote about it. The answer depends only on fields that never
    change (`model.KEYS`), so a visible record stays visible as long as the role does not change.
    """
    if actor.role is None or table not in WORK_TABLES:
        return False
    if actor.judges:
        return True
    if table == "assignment":
        return bool(record.get("person") == actor.person)
    return _of_own_work(actor, record)


def _own_assignment(actor: Actor, record: Fields) -> str | None:
    return _derived_id(record.get("project"), record.get("asset"), actor.person)


def _derived_id(project: object, asset: object, person: object) -> str | None:
    """Return the id of an assignment, None if there is none. The form of an op is checked later."""
    if isinstance(project, str) and isinstance(asset, int) and isinstance(person, str):
        return assignment_id(project, asset, person)
    return None


def _of_own_work(actor: Actor, fields: Fields) -> bool:
    own = _own_assignment(actor, fields)
    return own is not None and fields.get("assignment") == own


def _refuse_assignment(actor: Actor, op: Op, record: Fields | None) -> str | None:
    fields = op.fields if record is None else record
    own = fields.get("person") == actor.person
    if op.id != _derived_id(fields.get("project"), fields.get("asset"), fields.get("person")):
        return "The id of an assignment must be derived from its project, asset and person."
    if not own and not actor.judges:
        return "You can only change your own assignments."
    if record is None and not own and actor.role != "admin":
        return "Only admins can assign work to others."
    withdrawn = bool((record or {}).get("deleted"))
    if bool(op.fields.get("deleted", withdrawn)) != withdrawn and actor.role != "admin":
        return "Only admins can withdraw or restore an assignment."
    status = op.fields.get("status")
    granted = (_OWNER_STATUS if own else set()) | (_JUDGE_STATUS if actor.judges else set())
    if isinstance(status, str) and status not in granted:
        return f"Your role does not allow you to set the status {status[:20]!r}."
    if record is not None and record.get("status") == "accepted" and not actor.judges:
        return _ACCEPTED
    return None


def _refuse_in(actor: Actor, op: Op, work: Fields | None) -> str | None:
    """Refuse changes to annotations of accepted work. Time can still be recorded."""
    accepted = work is not None and work.get("status") == "accepted"
    return _ACCEPTED if accepted and op.table == "annotation" and not actor.judges else None


def _refuse_annotation(actor: Actor, op: Op, record: Fields | None) -> str | None:
    if record is None:
        if op.fields.get("author") != actor.person:
            return "You can only add annotations in your own name."
        if not actor.judges and not _of_own_work(actor, op.fields):
            return "You can only annotate your own assignments."
        return None
    if record.get("author") != actor.person and not actor.judges:
        return "You can only change your own annotations."
    return None


def _refuse_review(actor: Actor, op: Op, record: Fields | None) -> str | None:
    if not actor.judges:
        return "Only reviewers and admins can review."
    author = op.fields.get("author") if record is None else record.get("author")
    return None if author == actor.person else "You can only write reviews in your own name."


def _refuse_activity(actor: Actor, op: Op, record: Fields | None) -> str | None:
    if record is not None:
        return "Recorded time cannot be changed."
    if op.fields.get("person") != actor.person:
        return "You can only record your own time."
    if not actor.judges and not _of_own_work(actor, op.fields):
        return "You can only record time on your own assignments."
    return None


_RULES: dict[str, Callable[[Actor, Op, Fields | None], str | None]] = {
    "assignment": _refuse_assignment,
    "annotation": _refuse_annotation,
    "review": _refuse_review,
    "activity": _refuse_activity,
}
