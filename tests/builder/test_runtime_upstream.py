"""What the package index offers for Pyodide, against what the lock takes from elsewhere."""

from __future__ import annotations

import subprocess

import pytest

from builder import upstream
from builder.console import Failure
from builder.runtime import Lock, Wheel
from builder.upstream import Offer


def wheel(name: str, kind: str) -> Wheel:
    return Wheel(
        name, "1.0", f"{name}-1.0-pyemscripten.whl", "a" * 64, 1, (), (), ({"kind": "cdn"}, {"kind": kind})
    )


LOCK = Lock("0", "", {}, (wheel("ours", "pypi"), wheel("borrowed", "carrier"), wheel("built", "sdist-build")))


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        ({}, "no wheel for Pyodide on the index yet."),
        ({"borrowed==1.0": Offer("1.0", "x.whl", "a" * 64)}, "the index has the same file."),
        ({"borrowed==1.0": Offer("1.0", "x.whl", "b" * 64)}, "x.whl with another sha256, bbbbbbbbbbbb…"),
        ({"borrowed": Offer("2.0", "borrowed-2.0.whl", "c" * 64)}, "borrowed-2.0.whl, another version."),
    ],
)
def test_each_wheel_from_elsewhere_gets_a_line(offers: dict[str, Offer], said: str) -> None:
    borrowed, built = upstream.report(LOCK, offers.get)
    assert borrowed.startswith("borrowed 1.0: ")
    assert said in borrowed
    assert built == "built 1.0: no wheel for Pyodide on the index yet."


@pytest.mark.parametrize(
    ("said", "raises"),
    [("ERROR: No matching distribution found for numpy", False), ("ERROR: 503 Service Unavailable", True)],
)
def test_an_index_that_cannot_be_reached_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, said: str, raises: bool
) -> None:
    done = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(upstream.subprocess, "run", lambda *line, **options: done)
    if raises:
        with pytest.raises(Failure, match="503"):
            upstream.offer("numpy")
    else:
        assert upstream.offer("numpy") is None
