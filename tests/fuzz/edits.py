"""Edits that a person at the page might make, allowed and not."""

from __future__ import annotations

import random

from webapp.py.domain.ids import assignment_id, new_id, now_ms
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, create, delete, make_op
from webapp.py.domain.wire import project_of
from webapp.py.store.store import Store


def random_edit(dice: random.Random, store: Store, person: str, number: int, assets: int) -> list[Op]:
    """Return ops on a scope as its store shows it; ``number`` makes every value one of a kind."""
    project = project_of(store.scope)
    if project is None:
        return _set_up_edit(dice, store, number)
    asset = dice.randrange(assets)
    about: Fields = {"project": project, "asset": asset}
    assignment = assignment_id(project, asset, person)
    if dice.random() < 0.15:
        # Somebody else's work, where it can be seen at all.
        # Ids differ from run to run, so nothing may be chosen by them.
        others = sorted(
            store.records("assignment").values(), key=lambda one: (one["answers"]["q"], one["asset"])
        )
        if others:
            other = dice.choice(others)
            assignment, about["asset"] = other["id"], other["asset"]
    begun = store.get_deleted("assignment", assignment)
    if begun is None:
        fields = {"id": assignment, **about, "person": person, "answers": {"q": f"{number}"}}
        return [create("assignment", fields)]
    kind = dice.choice(
        ["add", "add", "change", "change", "change", "remove", "status", "answer", "review", "time"]
    )
    if kind == "add":
        orders = range(number * 10, number * 10 + dice.randint(1, 4))
        return [_annotation(dice, about, assignment, person, order) for order in orders]
    if kind == "status":
        status = dice.choice(["started", "submitted", "skipped", "accepted", "rejected", "queued"])
        return [make_op("assignment", assignment, {"status": status})]
    if kind == "answer":
        return [make_op("assignment", assignment, {"answers": {"q": f"{number}"}})]
    if kind == "time":
        spent = {"started": now_ms(), "active_ms": number, "idle_ms": 0}
        fields = {"id": new_id(), **about, "assignment": assignment, "person": person, **spent}
        return [create("activity", fields)]
    if kind == "review":
        fields = {"id": new_id(), **about, "assignment": assignment, "author": person}
        return [create("review", {**fields, "verdict": "accepted", "comment": f"{number}"})]
    return _change(dice, store, kind, number)


def _change(dice: random.Random, store: Store, kind: str, number: int) -> list[Op]:
    seen = list(store.records("annotation").values())
    if not seen:
        return []
    annotation = dice.choice(sorted(seen, key=lambda one: int(one["order"])))
    if kind == "remove":
        return [delete("annotation", annotation["id"])]
    fields: Fields = {"shape": _box(number)}
    if dice.random() < 0.3:
        fields["attributes"] = {"note": f"{number}"}
    if dice.random() < 0.1:
        fields["author"] = "somebody-else"
    return [make_op("annotation", annotation["id"], fields)]


def _annotation(dice: random.Random, about: Fields, assignment: str, person: str, order: int) -> Op:
    note = f"{order} " + ("x" * 8_000 if dice.random() < 0.05 else "")
    fields = {
        "id": new_id(),
        **about,
        "assignment": assignment,
        "author": person,
        "class_id": "no-such-class" if dice.random() < 0.05 else dice.choice(["cell", "nerve"]),
        "shape": _box(order),
        "attributes": {"note": note},
        "object_id": new_id(),
        "order": order,
    }
    return create("annotation", fields)


def _box(number: int) -> Fields:
    return {"kind": "box", "x": number, "y": 0.5, "width": 1.0, "height": 2}


def _set_up_edit(dice: random.Random, store: Store, number: int) -> list[Op]:
    table = dice.choice(["project", "instruction"])
    names = sorted((one["name"], one["id"]) for one in store.records(table).values())
    if not names:
        return []
    field = "description" if table == "project" else "guide"
    return [make_op(table, dice.choice(names)[1], {field: f"{number}"})]
