"""The benchmarks' list and how their figures are written; what they measure is not tested by the clock."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from builder.paths import ROOT
from tests.bench.figures import Budget, Figure, as_json, as_table, median_of, percentile_of
from tests.bench.registry import BENCHMARKS, Benchmark, Effort, benchmark, chosen, run

FACTS = {"cores": 2, "chromium": "Chromium 1"}
FIGURES = [
    Figure("first visit", 2612.4, "ms", Budget("≤", 3900), 3, (2500.0, 2900.5)),
    Figure("frames a second", 12.25, "1/s", Budget("≥", 30), 60),
    Figure("copies", 3.0, "pieces"),
]


def test_a_budget_is_met_at_its_very_limit_and_missed_beyond() -> None:
    assert Budget("≤", 4).met(4.0)
    assert not Budget("≤", 4).met(4.01)
    assert Budget("≥", 30).met(30.0)
    assert not Budget("≥", 30).met(29.9)


def test_a_median_keeps_the_lowest_and_the_highest_sample() -> None:
    figure = median_of("wait", [30.0, 10.0, 20.0, 100.0], "ms")
    assert (figure.value, figure.repeats, figure.spread) == (25.0, 4, (10.0, 100.0))
    assert figure.met is None


def test_a_percentile_is_what_so_many_samples_do_not_exceed() -> None:
    samples = [float(number) for number in range(101)]
    assert percentile_of("event", samples, 95, "ms").value == 95.0
    assert percentile_of("event", samples, 50, "ms").value == 50.0
    assert percentile_of("event", samples, 95, "ms").name == "event, p95"


def test_the_table_has_a_line_for_each_figure_with_aligned_columns() -> None:
    lines = as_table(FACTS, FIGURES, {}).splitlines()
    assert lines[:3] == ["cores: 2", "chromium: Chromium 1", ""]
    head, first, frames, copies = lines[3:]
    assert first.split() == ["first", "visit", "2612", "ms", "≤", "3900", "met", "2500", "2900", "3"]
    assert frames.split() == ["frames", "a", "second", "12.2", "1/s", "≥", "30", "MISSED", "60"]
    assert copies.split() == ["copies", "3", "pieces", "1"]
    assert head.index("budget") == first.index("≤ 3900") == frames.index("≥ 30")
    assert len(head) == len(first) == len(frames) == len(copies)


def test_the_table_says_what_could_not_be_measured() -> None:
    assert as_table(FACTS, [], {"brush": "no browser"}).endswith("brush could not be measured: no browser")


def test_json_has_every_figure_with_its_budget_and_the_facts_of_the_machine() -> None:
    written = json.loads(as_json(FACTS, FIGURES, {"brush": "no browser"}))
    assert written["machine"] == FACTS
    assert written["failures"] == {"brush": "no browser"}
    assert written["figures"][0] == {
        "name": "first visit",
        "value": 2612.4,
        "unit": "ms",
        "budget": {"sign": "≤", "limit": 3900},
        "met": True,
        "repeats": 3,
        "spread": [2500.0, 2900.5],
    }
    assert [figure["met"] for figure in written["figures"]] == [True, False, None]


def test_a_benchmark_that_fails_leaves_the_others_measured() -> None:
    def breaks(_effort: Effort) -> list[Figure]:
        raise RuntimeError("no browser")

    said: list[str] = []
    parts = [Benchmark("one", "First", breaks), Benchmark("two", "Second", lambda _effort: [FIGURES[2]])]
    figures, failures = run(parts, Effort(), said.append)
    assert figures == [FIGURES[2]]
    assert failures == {"one": "RuntimeError: no browser"}
    assert said == ["— First", "— Second"]


def test_a_quick_run_repeats_less() -> None:
    assert (Effort().times(5, 2), Effort(quick=True).times(5, 2)) == (5, 2)


def test_two_benchmarks_cannot_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BENCHMARKS, "taken", Benchmark("taken", "Taken", lambda _effort: []))
    with pytest.raises(ValueError, match="taken"):
        benchmark("taken", "Again")(lambda _effort: [])


def test_a_name_that_does_not_exist_is_refused_with_those_that_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BENCHMARKS, "known", Benchmark("known", "Known", lambda _effort: []))
    with pytest.raises(LookupError, match=r"unheard.*known"):
        chosen(["unheard"])
    assert [one.name for one in chosen(["known"])] == ["known"]


def test_the_command_knows_the_benchmarks_that_the_documentation_names() -> None:
    line = [sys.executable, "-m", "tests.bench", "--help"]
    help_text = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    documented = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name in ("visits", "brush", "camera", "superpixels", "opening", "saves"):
        assert f"{name}:" in help_text
        assert f"| `{name}` |" in documented
