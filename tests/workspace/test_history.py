"""Undo and redo: what a person expects, while others change the same records."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, create, delete, make_op
from webapp.py.workspace.history import History


class Annotator:
    """Annotations, a person who edits them through a history, and others who just edit them."""

    def __init__(self, most: int = 1000) -> None:
        self.records: dict[tuple[str, str], Fields] = {}
        self.history = History(most)
        self.sent: list[Op] = []

    def get(self, table: str, record_id: str) -> Fields | None:
        return self.records.get((table, record_id))

    def others(self, *ops: Op) -> None:
        for op in ops:
            self.records[op.table, op.id] = apply(self.get(op.table, op.id), op)
            self.sent.append(op)

    def do(self, *ops: Op) -> None:
        self.others(*self.history.record(ops, self.get))

    def undo(self) -> bool:
        return self._make(self.history.undo(self.get))

    def redo(self) -> bool:
        return self._make(self.history.redo(self.get))

    def _make(self, ops: Sequence[Op] | None) -> bool:
        self.others(*(ops or ()))
        return ops is not None

    def seen(self) -> dict[str, Fields]:
        """What a person sees: the live records, without the fields that are at their default."""
        live = {name: fields for (_, name), fields in self.records.items() if not fields.get("deleted")}
        return {name: {k: v for k, v in fields.items() if k != "deleted"} for name, fields in live.items()}


def begin(name: str, class_id: str = "cat") -> Op:
    return create(
        "annotation", {"id": name, "class_id": class_id, "shape": {"kind": "points", "points": [[1, 1]]}}
    )


def change(name: str, **fields: object) -> Op:
    return make_op("annotation", name, fields)


def test_undo_takes_back_what_one_gesture_did_as_a_whole() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    before = annotator.seen()
    annotator.do(begin("b"), change("a", class_id="dog"), change("a", order=3))
    after = annotator.seen()
    assert annotator.undo()
    assert annotator.seen() == {"a": {**before["a"], "order": 0}}
    assert annotator.redo()
    assert annotator.seen() == after


def test_what_was_drawn_goes_and_comes_back() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    drawn = annotator.seen()
    annotator.undo()
    assert annotator.seen() == {}
    annotator.redo()
    assert annotator.seen() == drawn


def test_what_was_deleted_comes_back_with_all_its_fields() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    drawn = annotator.seen()
    annotator.do(delete("annotation", "a"))
    annotator.undo()
    assert annotator.seen() == drawn


def test_with_nothing_to_undo_or_redo_nothing_happens() -> None:
    annotator = Annotator()
    assert not annotator.undo() and not annotator.redo()
    annotator.do(begin("a"))
    assert not annotator.redo()
    assert annotator.history.can_undo and not annotator.history.can_redo


def test_a_new_edit_ends_what_could_be_redone() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.undo()
    annotator.do(begin("b"))
    assert not annotator.history.can_redo and not annotator.redo()


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(change("a", class_id="cat"))
    assert len(annotator.sent) == 1
    annotator.undo()
    assert annotator.seen() == {}


def test_undo_sets_only_the_fields_that_the_step_set() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(change("a", class_id="dog"))
    annotator.others(change("a", order=7))
    annotator.undo()
    assert annotator.seen()["a"]["class_id"] == "cat" and annotator.seen()["a"]["order"] == 7


def test_redo_brings_back_what_was_there_before_the_undo() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(change("a", class_id="dog"))
    annotator.others(change("a", class_id="horse"))
    annotator.undo()
    assert annotator.seen()["a"]["class_id"] == "cat"
    annotator.redo()
    assert annotator.seen()["a"]["class_id"] == "horse"


def test_a_step_whose_record_somebody_deleted_is_passed_over() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(begin("b"))
    annotator.do(change("b", class_id="dog"))
    annotator.others(delete("annotation", "b"))
    annotator.undo()
    assert annotator.seen() == {}
    assert not annotator.undo()


def test_a_step_whose_record_is_gone_for_good_makes_no_half_record() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(change("a", class_id="dog"))
    del annotator.records["annotation", "a"]
    annotator.history.undo(annotator.get)
    assert annotator.seen() == {}


def test_ops_are_never_sent_twice() -> None:
    annotator = Annotator()
    annotator.do(begin("a"), change("a", class_id="dog"))
    for _ in range(3):
        annotator.undo()
        annotator.redo()
    assert len({op.op_id for op in annotator.sent}) == len(annotator.sent) == 2 + 6 * 2


def test_the_ops_of_an_undo_are_younger_than_all_before() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(begin("b"))
    annotator.undo()
    annotator.undo()
    annotator.redo()
    sent = [op.op_id for op in annotator.sent]
    assert sent == sorted(sent)


def test_what_one_gesture_did_step_by_step_is_taken_back_in_the_reverse_order() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    annotator.do(change("a", class_id="dog"), change("a", class_id="horse"))
    annotator.undo()
    assert annotator.seen()["a"]["class_id"] == "cat"
    annotator.redo()
    assert annotator.seen()["a"]["class_id"] == "horse"


def test_only_the_last_steps_are_kept() -> None:
    annotator = Annotator(most=3)
    annotator.do(begin("a"))
    for order in range(1, 6):
        annotator.do(change("a", order=order))
    assert [annotator.undo() for _ in range(4)] == [True, True, True, False]
    assert annotator.seen()["a"]["order"] == 2


def test_a_thousand_steps_are_kept() -> None:
    annotator = Annotator()
    annotator.do(begin("a"))
    for order in range(1, 1005):
        annotator.do(change("a", order=order))
    while annotator.undo():
        pass
    assert annotator.seen()["a"]["order"] == 4


names = st.sampled_from("ab")
edits = st.lists(
    st.one_of(
        st.builds(begin, names, st.sampled_from(["cat", "dog"])),
        st.builds(lambda name, order: change(name, order=order), names, st.integers(0, 3)),
        st.builds(lambda name: delete("annotation", name), names),
        st.just("undo"),
        st.just("redo"),
    ),
    max_size=25,
)


@given(edits)
def test_undoing_everything_leads_back_and_redoing_everything_forth(played: list[Op | str]) -> None:
    annotator = Annotator()
    for name in "ab":
        annotator.others(begin(name), change(name, order=0, deleted=False))
    start = annotator.seen()
    for step in played:
        if isinstance(step, str):
            (annotator.undo if step == "undo" else annotator.redo)()
        elif step.id in annotator.seen():  # nobody can reach what is deleted
            annotator.do(make_op(step.table, step.id, step.fields))
    while annotator.redo():
        pass
    end = annotator.seen()
    while annotator.undo():
        pass
    assert annotator.seen() == start
    while annotator.redo():
        pass
    assert annotator.seen() == end
