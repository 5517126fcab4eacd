"""Questions and answers: what counts, what is missing, what several say, and how annotations are stacked."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from webapp.py.domain.model import Answers, Attribute, Invalid, decode
from webapp.py.workspace.questionnaire import Merged, asked, clean, merged, missing, with_answer, with_tick
from webapp.py.workspace.z_order import Move, reordered

NOTE = Attribute(id="note", name="Note")
STATE = Attribute(id="state", name="State", kind="radio", options=["Whole", "Cut"], required=True)
MATERIAL = Attribute(id="material", name="Material", kind="dropdown", options=["Wood", "Glass"])
MARKS = Attribute(id="marks", name="Marks", kind="checkboxes", options=["Text", "Dent", "Glare"])


@pytest.mark.parametrize(
    ("attribute", "answer", "cleaned"),
    [
        (NOTE, "  a cup \n", "a cup"),
        (NOTE, "   ", None),
        (NOTE, None, None),
        (NOTE, ["a", "b"], None),
        (NOTE, "x" * 30_000, "x" * 20_000),
        (NOTE, "half \ud83d", "half ?"),
        (STATE, "Cut", "Cut"),
        (STATE, "cut", None),
        (STATE, "", None),
        (STATE, 1, None),
        (STATE, ["Cut"], "Cut"),
        (STATE, ["Cut", "Whole"], None),
        (MATERIAL, "Glass", "Glass"),
        (MATERIAL, "Steel", None),
        (MARKS, ["Glare", "Text", "Text"], ["Text", "Glare"]),
        (MARKS, "Dent", ["Dent"]),
        (MARKS, ["Rust"], None),
        (MARKS, [], None),
        (MARKS, {"Dent": True}, None),
    ],
)
def test_an_answer_is_what_the_question_offers(attribute: Attribute, answer: Any, cleaned: Any) -> None:
    assert clean(attribute, answer) == cleaned


@pytest.mark.parametrize(
    ("answers", "owed"),
    [
        ({}, ["state"]),
        ({"state": "Whole"}, []),
        ({"state": "Broken"}, ["state"]),
        ({"state": ""}, ["state"]),
        ({"note": "x", "material": "Wood"}, ["state"]),
    ],
)
def test_required_questions_are_missing_until_they_have_an_answer_that_is_offered(
    answers: Answers, owed: list[str]
) -> None:
    assert [one.id for one in missing([NOTE, STATE, MATERIAL], answers)] == owed


def test_a_choice_without_options_or_a_second_question_of_one_id_is_not_asked() -> None:
    empty = Attribute(id="empty", name="Which?", kind="radio", required=True)
    again = Attribute(id="note", name="Another note", required=True)
    assert [one.name for one in asked([empty, NOTE, again])] == ["Note"]
    assert missing([empty, NOTE, again], {}) == []


def test_an_answer_leaves_the_others_as_they_are_even_those_that_are_asked_no_more() -> None:
    before: Answers = {"gone": "x", "state": "Cut"}
    assert with_answer(before, STATE, "Whole") == {"gone": "x", "state": "Whole"}
    assert with_answer(before, STATE, "") == {"gone": "x"}
    assert before == {"gone": "x", "state": "Cut"}


@pytest.mark.parametrize(
    ("before", "option", "on", "after"),
    [
        ({}, "Dent", True, {"marks": ["Dent"]}),
        ({"marks": ["Glare"]}, "Text", True, {"marks": ["Text", "Glare"]}),
        ({"marks": ["Text", "Glare"]}, "Glare", False, {"marks": ["Text"]}),
        ({"marks": ["Text"]}, "Text", False, {}),
        ({"marks": ["Text"]}, "Text", True, {"marks": ["Text"]}),
        ({"marks": ["Text"]}, "Rust", True, {"marks": ["Text"]}),
    ],
)
def test_ticks_are_set_one_by_one(before: Answers, option: str, on: bool, after: Answers) -> None:
    assert with_tick(before, MARKS, option, on) == after


@pytest.mark.parametrize(
    ("attribute", "each", "shown"),
    [
        (STATE, [{"state": "Cut"}], Merged("Cut")),
        (STATE, [{"state": "Cut"}, {"state": "Cut"}], Merged("Cut")),
        (STATE, [{"state": "Cut"}, {"state": "Whole"}], Merged(mixed=True)),
        (STATE, [{"state": "Cut"}, {}], Merged(mixed=True)),
        (STATE, [{}, {}], Merged()),
        (STATE, [], Merged()),
        (STATE, [{"state": "Broken"}], Merged(stale=("Broken",))),
        (NOTE, [{"note": "a"}, {"note": "b"}], Merged(mixed=True)),
        (NOTE, [{"note": "Broken"}], Merged("Broken")),
        (MARKS, [{"marks": ["Text"]}], Merged(ticked=frozenset({"Text"}))),
        (
            MARKS,
            [{"marks": ["Text", "Dent"]}, {"marks": ["Text"]}, {"marks": ["Text", "Rust"]}],
            Merged(ticked=frozenset({"Text"}), partly=frozenset({"Dent"}), stale=("Rust",), mixed=True),
        ),
        (MARKS, [{"marks": ["Text"]}, {}], Merged(partly=frozenset({"Text"}), mixed=True)),
    ],
)
def test_the_form_shows_what_several_annotations_share(
    attribute: Attribute, each: list[Answers], shown: Merged
) -> None:
    assert merged(attribute, each) == shown


def annotation(**fields: Any) -> dict[str, Any]:
    keys = {"id": "a", "project": "p", "asset": 0, "assignment": "s", "author": "x", "class_id": "c"}
    box = {"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1}
    return {**keys, "object_id": "o", "shape": box, **fields}


@pytest.mark.parametrize(
    "answers",
    [
        {"q": "x" * 20_001},
        {"q": ["x" * 201]},
        {"q": [""]},
        {"q": ["x"] * 501},
        {"q" * 65: "x"},
        {"": "x"},
        {f"q{n}": "x" for n in range(1001)},
        {"q": 5},
        {"q": None},
        ["x"],
    ],
)
def test_answers_that_no_form_gives_are_not_accepted(answers: Any) -> None:
    with pytest.raises(Invalid, match="attributes"):
        decode("annotation", annotation(attributes=answers))
    with pytest.raises(Invalid, match="answers"):
        assignment = {"id": "s", "project": "p", "asset": 0, "person": "x", "answers": answers}
        decode("assignment", assignment)


def test_answers_of_usual_size_are_accepted() -> None:
    answers: Answers = {"q": "x" * 20_000, "r": ["Cut", "Whole"], **{f"q{n}": "x" for n in range(200)}}
    record = decode("annotation", annotation(attributes=answers, order=-3))
    assert msgspec.to_builtins(record)["attributes"] == answers


def test_a_place_in_the_stack_is_a_number_of_usual_size() -> None:
    with pytest.raises(Invalid, match="order"):
        decode("annotation", annotation(order=2**60))


# --- the stack

MOVES: tuple[Move, ...] = ("front", "forward", "backward", "back")


@pytest.mark.parametrize(
    ("move", "chosen", "after"),
    [
        ("front", "b", "acdb"),
        ("back", "c", "cabd"),
        ("forward", "b", "acbd"),
        ("backward", "b", "bacd"),
        ("front", "ca", "bdac"),
        ("back", "db", "bdac"),
        ("forward", "ab", "cabd"),
        ("forward", "ac", "badc"),
        ("backward", "cd", "acdb"),
        ("forward", "d", "abcd"),
        ("backward", "a", "abcd"),
        ("forward", "cd", "abcd"),
        ("front", "abcd", "abcd"),
        ("front", "", "abcd"),
    ],
)
@pytest.mark.parametrize("numbers", [(0, 1, 2, 3), (0, 0, 0, 0), (-9, 4, 4, 70)])
def test_moves_in_the_stack(move: Move, chosen: str, after: str, numbers: tuple[int, ...]) -> None:
    stack = list(zip("abcd", numbers, strict=True))
    places = {**dict(stack), **reordered(stack, set(chosen), move)}
    assert "".join(sorted(places, key=lambda name: (places[name], name))) == after


@pytest.mark.parametrize("move", MOVES)
def test_a_stack_with_numbers_of_its_own_changes_as_few_as_it_can(move: Move) -> None:
    stack = [(f"{n:02}", n) for n in range(30)]
    for count in (1, 2):
        for chosen in itertools.combinations([f"{n:02}" for n in range(0, 30, 7)], count):
            assert len(reordered(stack, chosen, move)) <= 2 * count
