"""The project document: how it is written and read, and the message for an invalid file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Asset, Fields, Invalid
from webapp.py.domain.ops import apply
from webapp.py.store.document import MOST_BYTES, import_ops, project_document, read_document, write_document

OWN = assignment_id("p1", 0, "anna")


def annotation(name: str, **fields: Any) -> Fields:
    shape = {"kind": "box", "x": 1.5, "y": 2, "width": 3, "height": 4}
    keys = {"project": "p1", "asset": 0, "assignment": OWN, "author": "anna", "class_id": "cat"}
    return {"id": name, **keys, "shape": shape, "object_id": f"o-{name}", **fields}


def records() -> dict[str, list[Fields]]:
    work = {"project": "p1", "asset": 0, "assignment": OWN}
    return {
        "assignment": [
            {"id": OWN, "project": "p1", "asset": 0, "person": "anna", "status": "started", "width": 9}
        ],
        "annotation": [annotation("b"), annotation("a", deleted=False), annotation("gone", deleted=True)],
        "review": [{"id": "r", **work, "author": "bert", "verdict": "accepted", "score": 2.0}],
        "activity": [{"id": "t", **work, "person": "anna", "started": 1, "active_ms": 2, "idle_ms": 3}],
    }


def document(**changes: Any) -> dict[str, Any]:
    made = project_document(
        {"id": "p1", "name": "Cats & Zoë", "dataset": "d1", "instruction": "i1", "later": {"x": 1}},
        {"id": "i1", "name": "Animals", "classes": [{"id": "cat", "name": "Cat", "color": "#ff0000"}]},
        {"id": "d1", "name": "Photos"},
        [Asset(ordinal=1, name="b.png", url="https://h/b.png"), Asset(ordinal=0, name="a.png", url="a.png")],
        records(),
        1_700_000_000_000,
    )
    return {**made, **changes}


def content(**changes: Any) -> bytes:
    return json.dumps(document(**changes)).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_document(data)
    return str(caught.value)


def with_record(table: str, fields: Any) -> bytes:
    return content(records={**document()["records"], table: [fields]})


def test_the_document_is_json_with_format_version_and_meaning_of_coordinates() -> None:
    read = json.loads(write_document(document()))
    assert read == document()
    assert (read["format"], read["version"], read["exported_at"]) == ("limner-project", 1, 1_700_000_000_000)
    assert read["coordinates"] == (
        "displayed orientation (EXIF applied), origin top-left corner of the top-left pixel, pixels"
    )
    assert list(read["records"]) == ["assignment", "annotation", "review", "activity"]


def test_deleted_records_are_not_exported() -> None:
    assert [fields["id"] for fields in document()["records"]["annotation"]] == ["a", "b"]


def test_the_same_content_gives_the_same_bytes_in_whatever_order_it_comes() -> None:
    turned = {
        table: [dict(reversed(fields.items())) for fields in reversed(found)]
        for table, found in reversed(records().items())
    }
    made = document()
    other = project_document(
        dict(reversed(made["project"].items())),
        made["instruction"],
        made["dataset"],
        [Asset(ordinal=0, name="a.png", url="a.png"), Asset(ordinal=1, name="b.png", url="https://h/b.png")],
        turned,
        made["exported_at"],
    )
    assert write_document(other) == write_document(made)


def test_what_is_read_is_what_was_written_with_unknown_fields_kept() -> None:
    read = read_document(write_document(document()))
    assert read.project["later"] == {"x": 1}
    assert read.name == "Cats & Zoë"
    assert [(asset.ordinal, asset.name, asset.url) for asset in read.assets] == [
        (0, "a.png", "a.png"),
        (1, "b.png", "https://h/b.png"),
    ]
    assert {table: [fields["id"] for fields in found] for table, found in read.records.items()} == {
        "assignment": [OWN],
        "annotation": ["a", "b"],
        "review": ["r"],
        "activity": ["t"],
    }


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_document(b"\xef\xbb\xbf" + content()).name == "Cats & Zoë"


def test_ops_of_an_import_make_the_records_with_their_ids() -> None:
    setup, work = import_ops(read_document(content()))
    assert [(op.table, op.id) for op in setup] == [
        ("dataset", "d1"),
        ("instruction", "i1"),
        ("project", "p1"),
    ]
    made = {(op.table, op.id): apply(None, op) for op in work}
    assert made == {
        (table, fields["id"]): fields for table, found in document()["records"].items() for fields in found
    }


def test_importing_does_not_bring_back_what_was_deleted_here() -> None:
    _, work = import_ops(read_document(with_record("annotation", annotation("a", deleted=False))))
    op = next(op for op in work if op.table == "annotation")
    assert apply({"id": "a", "deleted": True}, op)["deleted"] is True


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not JSON"),
        (b"\x89PNG\r\n", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b"[]", "not a Limner project"),
        (b'{"format": 7}', "not a Limner project"),
        (b'{"type": "FeatureCollection"}', "not a Limner project"),
        (b'{"format": "limner-project", "version": 2}', "newer version"),
        (b'{"format": "limner-project"}', "no valid version"),
        (b'{"format": "limner-project", "version": 1}', "not complete"),
        (b'{"format": "limner-project", "version": 1, "x": NaN}', "not JSON"),
        (b"[" * 200_000, "not a Limner project"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (content(project="p1"), "the project"),
        (content(assets={"a": 1}), "not complete"),
        (content(records={"annotation": "all"}), "not complete"),
        (content(records={"spell": []}), "no records of type “spell”"),
        (content(assets=[{"ordinal": 0, "name": "a"}]), "image 1 of the list"),
        (content(assets=[{"ordinal": 4, "name": "a", "url": "u"}] * 2), "image 2 of the list"),
        (content(dataset={"id": "d2", "name": "Other"}), "refers to the dataset “d1”"),
        (content(instruction={"id": "i1", "name": ""}), "the instruction “i1”"),
        (content(project={**document()["project"], "deleted": True}), "the project is deleted"),
    ],
)
def test_a_file_that_is_no_project_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    assert sentence in refusal(data)


@pytest.mark.parametrize(
    ("table", "fields", "sentence"),
    [
        ("annotation", "text", "annotation 1"),
        (
            "annotation",
            annotation("a", shape={"kind": "box", "x": 0, "y": 0, "width": 0, "height": 1}),
            "“a”",
        ),
        ("annotation", annotation("a", shape={"kind": "spiral"}), "annotation 1 “a”"),
        ("annotation", annotation("a", shape={**annotation("a")["shape"], "x": 10**30}), "annotation 1 “a”"),
        ("annotation", annotation("a", order="top"), "annotation 1 “a”"),
        ("annotation", annotation("../../etc"), "annotation 1 “../../etc”"),
        ("annotation", annotation("line\n"), "annotation 1 “line"),
        ("annotation", annotation("a", project="p2"), "another project"),
        ("assignment", {**records()["assignment"][0], "person": "bert"}, "its id must be"),
        ("review", {**records()["review"][0], "score": 11}, "review 1 “r”"),
        ("activity", {**records()["activity"][0], "active_ms": -1}, "activity 1 “t”"),
    ],
)
def test_a_wrong_record_is_named(table: str, fields: Any, sentence: str) -> None:
    assert sentence in refusal(with_record(table, fields))


def test_a_record_that_is_there_twice_is_named() -> None:
    twice = content(records={**document()["records"], "annotation": [annotation("a"), annotation("a")]})
    assert "annotation 2 “a”: it appears twice" in refusal(twice)


def test_of_many_wrong_records_the_first_are_named_and_the_others_counted() -> None:
    wrong = [annotation(f"a{number}", order="top") for number in range(40)]
    told = refusal(content(records={**document()["records"], "annotation": wrong}))
    assert "a0" in told and "a2" in told and "and 37 more" in told
    assert len(told) < 1000


def test_a_number_beyond_all_numbers_is_told_with_its_record() -> None:
    data = content().replace(b'"x": 1.5', b'"x": 1e999')
    assert "annotation 1" in refusal(data)


def test_a_deeply_nested_record_is_told_with_its_record() -> None:
    data = content().replace(b'"x": 1.5', b'"x": ' + b"[" * 50_000 + b"]" * 50_000)
    assert "nested too deeply" in refusal(data)


def test_a_file_of_more_than_a_hundred_megabytes_is_refused_before_it_is_read() -> None:
    assert "larger than 100 MB" in refusal(b" " * (MOST_BYTES + 1))
