"""Which addresses a page may read images from, and the messages if there is no image."""

from __future__ import annotations

import pytest

from webapp.py.imaging.sources import (
    ImageProblem,
    Observation,
    address_space,
    diagnose,
    plan_request,
    shorten,
)

SECURE = "https://label.example/app/"
PLAIN = "http://10.1.2.3:8090/"


@pytest.mark.parametrize(
    ("url", "page", "absolute"),
    [
        ("https://nas.example/a b.png", SECURE, "https://nas.example/a b.png"),
        ("demo/a.png", SECURE, "https://label.example/app/demo/a.png"),
        ("/scans/a.png", SECURE, "https://label.example/scans/a.png"),
        ("//nas.example/a.png", SECURE, "https://nas.example/a.png"),
        ("  http://nas/a.png\n", PLAIN, "http://nas/a.png"),
        ("http://localhost:8000/a.png", SECURE, "http://localhost:8000/a.png"),
        ("http://[::1]:8000/a.png", SECURE, "http://[::1]:8000/a.png"),
    ],
)
def test_an_address_that_may_be_read(url: str, page: str, absolute: str) -> None:
    request = plan_request(url, page, can_target=False)
    assert (request.url, request.target) == (absolute, None)


@pytest.mark.parametrize(
    ("url", "code", "word"),
    [
        ("", "address", "empty"),
        ("file:///home/a.png", "address", "https://"),
        ("javascript:alert(1)", "address", "https://"),
        ("data:image/png;base64,AA", "address", "https://"),
        ("C:\\images\\a.png", "address", "https://"),
        ("http://", "address", "https://"),
        ("http://nas:99999/a.png", "address", "not an address"),
        ("http://[nas/a.png", "address", "not an address"),
        ("https://anna:secret@nas.example/a.png", "address", "password"),
        ("dicomweb+https://pacs.example/studies/1", "address", "Start it with http"),
    ],
)
def test_an_address_that_is_none_is_explained(url: str, code: str, word: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        plan_request(url, SECURE, can_target=True)
    assert caught.value.code == code
    assert word in caught.value.message
    assert "secret" not in caught.value.message


def test_plain_http_images_on_an_https_page_need_https_or_the_local_network() -> None:
    for url in ("http://nas.example/a.png", "http://192.168.1.4/a.png"):
        with pytest.raises(ImageProblem, match=r"mixed content.*certificate.*Chrome or Edge") as caught:
            plan_request(url, SECURE, can_target=False)
        assert caught.value.code == "mixed_content"
        assert plan_request(url, SECURE, can_target=True).target == "local"
        assert plan_request(url, PLAIN, can_target=True).target is None


@pytest.mark.parametrize(
    ("host", "space"),
    [
        ("localhost", "loopback"),
        ("a.localhost.", "loopback"),
        ("127.3.2.1", "loopback"),
        ("::1", "loopback"),
        ("10.0.0.1", "local"),
        ("172.31.0.1", "local"),
        ("169.254.1.1", "local"),
        ("fd00::1", "local"),
        ("NAS.local", "local"),
        ("172.32.0.1", None),
        ("93.184.216.34", None),
        ("local.example", None),
    ],
)
def test_the_network_that_a_name_shows(host: str, space: str | None) -> None:
    assert address_space(host) == space


URL = "http://nas.example:8000/scans/a.png"


@pytest.mark.parametrize(
    ("seen", "code", "words"),
    [
        (Observation(URL, PLAIN, status=401), "unauthorized", ["nas.example:8000", "sign in", "401"]),
        (Observation(URL, PLAIN, status=403), "forbidden", ["nas.example:8000", "permissions"]),
        (Observation(URL, PLAIN, status=404), "not_found", ["/scans/a.png", "moved"]),
        (Observation(URL, PLAIN, status=410), "not_found", ["410"]),
        (Observation(URL, PLAIN, status=413), "too_large", ["413"]),
        (Observation(URL, PLAIN, status=503), "server_error", ["503", "Try again"]),
        (Observation(URL, PLAIN, status=418), "server_error", ["418"]),
        (
            Observation(URL, PLAIN, opaque=True),
            "no_cors",
            ["Access-Control-Allow-Origin: http://10.1.2.3:8090 "],
        ),
        (Observation(URL, PLAIN, opaque=False), "unreachable", ["nas.example:8000", "running"]),
        (Observation(URL, PLAIN, opaque=False, online=False), "offline", ["no network"]),
        (Observation(URL, PLAIN, local_refused=True), "unreachable", ["local network", "site settings"]),
        (Observation(URL, SECURE, opaque=False, targeted=True), "mixed_content", ["nas.example:8000"]),
        (
            Observation("http://10.0.0.9/a.png", SECURE, opaque=False, targeted=True),
            "unreachable",
            ["10.0.0.9"],
        ),
        # A server on this machine answers though the browser takes itself to be offline.
        (Observation(URL, PLAIN, opaque=True, online=False), "no_cors", ["Access-Control-Allow-Origin"]),
    ],
)
def test_what_was_seen_becomes_what_to_do(seen: Observation, code: str, words: list[str]) -> None:
    problem = diagnose(seen)
    assert problem.code == code
    assert str(problem) == problem.message
    for word in words:
        assert word in problem.message


def test_a_name_from_outside_cannot_break_a_sentence() -> None:
    assert shorten("a\n\n b\t<c>") == "a b <c>"
    assert len(shorten("x" * 10_000)) == 120
