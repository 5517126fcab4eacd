"""Who gets a token and who does not, and what the page says when a DICOMweb server does not answer."""

from __future__ import annotations

import pytest

from webapp.py.imaging.dicomweb_access import (
    DicomwebServer,
    base_of,
    check_server,
    headers_of,
    read_servers,
    server_of,
    write_servers,
)
from webapp.py.imaging.dicomweb_problems import diagnose_dicomweb, no_dicom
from webapp.py.imaging.sources import ImageProblem, Observation

PACS = DicomwebServer(name="PACS", address="https://pacs/dicom-web", sign_in="bearer", secret="s3cret")


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("http://pacs:8042/dicom-web/", "http://pacs:8042/dicom-web"),
        ("https://pacs", "https://pacs"),
        (" dicomweb://pacs/a/studies/1/series/2 ", "http://pacs/a"),
        ("HTTPS://pacs/dicom-web/studies/1", "https://pacs/dicom-web"),
    ],
)
def test_any_form_of_an_address_leads_to_the_service(address: str, base: str) -> None:
    assert base_of(address) == base


@pytest.mark.parametrize(
    "address", ["pacs", "ftp://pacs", "http://", "https://u:s3cret@pacs/", "http://[::1"]
)
def test_what_is_no_address_says_so(address: str) -> None:
    with pytest.raises(ImageProblem) as problem:
        base_of(address)
    assert problem.value.code == "address"
    assert "s3cret" not in problem.value.message


@pytest.mark.parametrize(
    "base",
    [
        "http://pacs/dicom-web",
        "https://pacs:8443/dicom-web",
        "https://pacs/dicom-web-2",
        "https://pacs/dicom-web/below",
        "https://pacs.evil.example/dicom-web",
        "https://evil.example/https://pacs/dicom-web",
    ],
)
def test_only_the_very_service_gets_the_token(base: str) -> None:
    assert server_of([PACS], base) is None
    assert server_of([PACS], "https://PACS:443/dicom-web/") is PACS


def test_each_way_of_signing_in_makes_its_headers() -> None:
    assert headers_of(PACS) == {"Authorization": "Bearer s3cret"}
    basic = DicomwebServer(name="", address="http://a", sign_in="basic", user="jürgen", secret="pä:ss")
    # RFC 7617, section 2.1: UTF-8; computed with base64(1).
    assert headers_of(basic) == {"Authorization": "Basic asO8cmdlbjpww6Q6c3M="}
    own = DicomwebServer(
        name="", address="http://a", sign_in="headers", headers="X-Api-Key: k:1\n\nX-Two:  2 "
    )
    assert headers_of(own) == {"X-Api-Key": "k:1", "X-Two": "2"}


@pytest.mark.parametrize(
    "headers", ["no colon", "X-Key:", "X Key: a", "Cookie: a=b", "Host: other", "X-Key: a\x00b", "X-Key: ✓"]
)
def test_headers_that_cannot_be_sent_are_refused_without_repeating_their_value(headers: str) -> None:
    with pytest.raises(ImageProblem) as problem:
        headers_of(DicomwebServer(name="", address="http://a", sign_in="headers", headers=headers))
    assert "a=b" not in problem.value.message


def test_a_token_cannot_bring_in_a_second_header() -> None:
    with pytest.raises(ImageProblem):
        headers_of(DicomwebServer(name="", address="http://a", sign_in="bearer", secret="a\r\nX-Evil: 1"))


def test_no_text_of_a_server_shows_its_secret() -> None:
    own = DicomwebServer(name="N", address="http://a", sign_in="headers", headers="X: s3cret")
    assert "s3cret" not in f"{PACS!r} {PACS} {own!r} {[PACS, own]}"


def test_a_secret_that_is_not_used_any_more_is_not_kept() -> None:
    left = DicomwebServer(
        name="", address="http://a/d/", sign_in="none", user="u", secret="s", headers="X: y"
    )
    assert check_server(left) == DicomwebServer(name="a", address="http://a/d")


def test_the_list_comes_back_as_it_was_kept_and_garbage_is_left_out() -> None:
    kept = write_servers([PACS])
    assert read_servers([*kept, 7, {"name": 1}]) == [PACS]
    assert read_servers(None) == []


@pytest.mark.parametrize(
    ("seen", "facts", "code", "words"),
    [
        ({"status": 401}, {}, "unauthorized", "Enter a token"),
        ({"status": 401}, {"signed": True}, "unauthorized", "Renew it"),
        ({"status": 403}, {}, "forbidden", "does not let you read"),
        ({"status": 404}, {}, "not_found", "nothing at this address"),
        ({"status": 406}, {}, "dicomweb", "as DICOM files"),
        ({"status": 500}, {}, "server_error", "500"),
        ({"opaque": True}, {}, "no_cors", "Access-Control-Allow-Headers: Accept, Authorization"),
        ({"opaque": False}, {}, "unreachable", "could not be reached"),
        ({"opaque": False, "online": False}, {}, "offline", "no network connection"),
        ({}, {"redirected": True}, "dicomweb", "another address"),
    ],
)
def test_the_page_says_why_and_what_to_do(
    seen: dict[str, bool], facts: dict[str, bool], code: str, words: str
) -> None:
    problem = diagnose_dicomweb(
        Observation("https://pacs/dicom-web/studies/1", "https://label/", **seen),
        **facts,  # type: ignore[arg-type]
    )
    assert problem.code == code
    assert words in problem.message


@pytest.mark.parametrize(
    ("kind", "begin", "words"),
    [
        ("text/html; charset=utf-8", b"", "web page"),
        ("", b"\n <!DOCTYPE html><title>", "web page"),
        ("application/json", b"{}", "is not DICOM (application/json)"),
    ],
)
def test_an_answer_that_is_no_dicom_is_called_what_it_is(kind: str, begin: bytes, words: str) -> None:
    assert words in no_dicom("http://pacs/x", kind, begin).message
