"""DICOMweb addresses, lists and answers, as PS3.18 and RFC 2046 describe them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from webapp.py.imaging.dicomweb import Resource, is_dicomweb, parse, parts_of, read_list, search_url
from webapp.py.imaging.sources import ImageProblem

PACS = "http://pacs:8042/dicom-web"


@pytest.mark.parametrize(
    ("address", "resource"),
    [
        ("dicomweb://pacs:8042/dicom-web", Resource(PACS)),
        ("dicomweb://pacs:8042/dicom-web/studies/1.2", Resource(PACS, "1.2")),
        ("dicomweb://pacs:8042/dicom-web/studies/1.2/series/3", Resource(PACS, "1.2", "3")),
        (
            "dicomwebs://pacs/a/b/studies/1/series/2/instances/3.4/frames/17",
            Resource("https://pacs/a/b", "1", "2", "3.4", 17),
        ),
        (" DICOMWEB://pacs/studies/1/ ", Resource("http://pacs", "1")),
    ],
)
def test_an_address_names_a_service_and_what_lies_in_it(address: str, resource: Resource) -> None:
    assert is_dicomweb(address)
    assert parse(address) == resource
    assert parse(resource.address) == resource


@pytest.mark.parametrize(
    "address",
    [
        "http://pacs/studies/1",
        "dicomweb:///studies/1",
        "dicomweb://pacs/studies",
        "dicomweb://pacs/studies/1/instances/2",
        "dicomweb://pacs/studies/1.a",
        "dicomweb://pacs/studies/../series/1",
        "dicomweb://pacs/studies/1/series/2/instances/3/frames/0",
        "dicomweb://pacs/studies/1/series/2/instances/3/frames/1/more/2",
        "dicomweb://pacs/studies/" + "1" * 65,
        "dicomweb://user:secret@pacs/studies/1",
    ],
)
def test_anything_else_is_no_address_and_says_so(address: str) -> None:
    with pytest.raises(ImageProblem) as problem:
        parse(address)
    assert problem.value.code == "address"
    assert "secret" not in str(problem.value)


def test_lists_are_asked_for_level_by_level() -> None:
    assert search_url(Resource(PACS), PatientName="Doe^J*") == (
        f"{PACS}/studies?limit=100&offset=0&PatientName=Doe^J*&includefield=00081030"
    )
    assert search_url(Resource(PACS, "1")).startswith(f"{PACS}/studies/1/series?")
    assert search_url(Resource(PACS, "1", "2"), offset=100).endswith("/instances?limit=100&offset=100")


def test_a_list_of_studies_as_pydicom_writes_it_is_read() -> None:
    study = Dataset()
    study.StudyInstanceUID, study.StudyDescription, study.StudyDate = "1.2.3", "Abdomen", "20260131"
    study.PatientName, study.PatientID = "Müller^Änne", "P7"
    study.ModalitiesInStudy, study.NumberOfStudyRelatedInstances = ["CT"], 60
    (found,) = read_list(Resource(PACS), [json.loads(study.to_json()), {"0020000D": {"vr": "UI"}}, 7])
    assert found.resource == Resource(PACS, "1.2.3")
    assert (found.title, found.details, found.patient) == ("Abdomen", "2026-01-31 · CT", "Müller Änne · P7")
    assert found.count == 60


def test_series_and_instances_are_read_in_their_place() -> None:
    series, instance = Dataset(), Dataset()
    series.SeriesInstanceUID, series.Modality, series.SeriesNumber = "5", "MR", 3
    instance.SOPInstanceUID, instance.InstanceNumber, instance.NumberOfFrames = "9", 12, 30
    (one,) = read_list(Resource(PACS, "1"), [json.loads(series.to_json())])
    assert (one.resource, one.details, one.number) == (Resource(PACS, "1", "5"), "MR", 3)
    (two,) = read_list(one.resource, [json.loads(instance.to_json())])
    assert (two.resource.instance, two.frames, two.number) == ("9", 30, 12)


def test_texts_without_end_are_cut() -> None:
    study = Dataset()
    study.StudyInstanceUID = "1.2.3"
    entry = json.loads(study.to_json())
    entry["00081030"] = {"vr": "LO", "Value": ["x" * 1_000_000]}
    entry["00100010"] = {"vr": "PN", "Value": [{"Alphabetic": "a\nb" * 1_000}]}
    (found,) = read_list(Resource(PACS), [entry])
    assert len(found.title) == len(found.patient) == 200
    assert "\n" not in found.patient


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ImageProblem, match="not a DICOMweb list"):
        read_list(Resource(PACS), {"error": "no"})


@given(
    st.lists(st.binary(max_size=60).filter(lambda body: b"\n" not in body and b"\r" not in body), min_size=1)
)
def test_parts_come_out_as_they_were_put_in(bodies: list[bytes]) -> None:
    boundary = "x-1"
    content = b"".join(
        b"--x-1\r\nContent-Type: application/dicom\r\n\r\n" + body + b"\r\n" for body in bodies
    )
    found = parts_of(
        content + b"--x-1--\r\n", f'multipart/related; type="application/dicom"; boundary={boundary}'
    )
    assert [bytes(part.body) for part in found] == bodies
    assert {part.headers["content-type"] for part in found} == {"application/dicom"}


def test_parts_are_views_of_the_answer_not_copies() -> None:
    content = b"--b\r\n\r\n" + bytes(1000) + b"\r\n--b--"
    (part,) = parts_of(content, "multipart/related; boundary=b")
    assert part.body.obj is content
    assert len(part.body) == 1000


def test_a_length_is_trusted_only_where_the_mark_follows_it() -> None:
    content = b"--b\r\nContent-Length: 9\r\n\r\n1\r\n--bx34\r\n--b\r\nContent-Length: 99\r\n\r\nab\r\n--b--"
    found = parts_of(content, 'multipart/related; boundary="b"')
    assert [bytes(part.body) for part in found] == [b"1\r\n--bx34", b"ab"]


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"--b\r\n\r\nabc", "multipart/related; boundary=b", "truncated"),
        (b"--b\r\nContent-Type: x", "multipart/related; boundary=b", "truncated"),
        (b"<html>", "multipart/related; boundary=b", "dicomweb"),
        (b"--b--", "multipart/related", "dicomweb"),
    ],
)
def test_a_broken_answer_says_so(content: bytes, kind: str, code: str) -> None:
    with pytest.raises(ImageProblem) as problem:
        parts_of(content, kind)
    assert problem.value.code == code


def test_an_answer_of_one_file_is_one_part() -> None:
    (part,) = parts_of(b"DICM", "application/dicom")
    assert bytes(part.body) == b"DICM"


_TAGS = ["0020000D", "00080020", "00080061", "00100010", "00201208", "0020000E", "00080018", "00280008"]
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1.2", "1" * 65]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Value", "Alphabetic"]), inner)
    ),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.sampled_from(_TAGS), _VALUES) | _VALUES, max_size=4))
def test_lists_with_anything_in_them_give_things_to_choose_or_nothing(answer: list[object]) -> None:
    for place in (Resource(PACS), Resource(PACS, "1"), Resource(PACS, "1", "2")):
        for one in read_list(place, answer):
            assert parse(one.resource.address) == one.resource
            assert one.frames >= 1 and one.count >= 0


@given(
    st.lists(
        st.sampled_from([b"--b", b"--", b"\r\n", b"Content-Length: 3", b"abc", b":", b"\x00"]), max_size=30
    )
)
def test_answers_torn_anywhere_give_parts_of_themselves_or_say_so(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    try:
        parts = parts_of(content, "multipart/related; boundary=b")
    except ImageProblem as problem:
        assert problem.code in ("truncated", "dicomweb")
    else:
        assert all(bytes(part.body) == content[part.start : part.start + len(part.body)] for part in parts)
