"""When the page gives up on its compute worker, and what it does not ask for again."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from webapp.py.compute import liveness
from webapp.py.compute.dicom_images import dicom_image
from webapp.py.compute.liveness import WAITING_SECONDS, Deaths, Question, Silence
from webapp.py.compute.protocol import OutOfMemory


def test_the_examples_are_right() -> None:
    assert doctest.testmod(liveness).failed == 0


def question(value: int = 1, address: str = "a.dcm") -> Question:
    return Question("dicom_image", f'{{"address": "{address}"}}', [np.full((2, 3), value, np.int16)])


def test_a_calculation_is_tried_twice_and_then_refused_with_how_it_ended() -> None:
    deaths = Deaths()
    deaths.add(question(), "crashed")
    assert deaths.verdict(question()) is None
    deaths.add(question(), "hung")
    assert deaths.verdict(question()) == "hung"


def test_a_calculation_on_other_pixels_or_another_file_is_another_one() -> None:
    deaths = Deaths()
    for _ in range(2):
        deaths.add(question(), "crashed")
    assert deaths.verdict(question(2)) is None
    assert deaths.verdict(question(address="b.dcm")) is None


def test_a_result_clears_a_suspect_and_nothing_else() -> None:
    deaths = Deaths()
    deaths.add(question(), "crashed")
    deaths.clear(question())
    deaths.add(question(), "crashed")
    assert deaths.verdict(question()) is None
    deaths.clear(question(2))
    deaths.add(question(), "crashed")
    assert deaths.verdict(question()) == "crashed"


def test_a_blocked_worker_is_given_up_and_one_that_waits_for_a_download_is_not() -> None:
    blocked, waiting = Silence(2.0), Silence(2.0)
    for _ in range(61):
        blocked.add(1.0)
        waiting.add(1.0)
        waiting.heard()
    assert blocked.longer_than(60.0)
    assert not waiting.longer_than(60.0)
    for _ in range(int(WAITING_SECONDS)):
        waiting.add(1.0)
        waiting.heard()
    assert waiting.longer_than(60.0)
    waiting.advanced()
    assert not waiting.longer_than(60.0)


def test_a_file_that_does_not_fit_into_memory_says_so_and_asks_for_a_new_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_memory(*_given: object, **_more: object) -> None:
        raise MemoryError

    monkeypatch.setattr("webapp.py.imaging.dicom.dcmread", no_memory)
    with pytest.raises(OutOfMemory, match="not enough memory to show this image"):
        dicom_image("a.dcm", np.zeros(4, np.uint8))
