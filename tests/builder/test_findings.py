"""Findings: the runner, and the form that every script keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder import cli
from builder import findings as running
from builder.console import Failure

HEADINGS = ("# Versions: ", "# You would expect: ", "# What happens: ", "# Output:", "# What to do: ")
SCRIPTS = sorted(running.FINDINGS.glob("*.sh"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two findings: one holds, one does not."""
    (tmp_path / "holds.sh").write_text("#!/bin/sh\n# One and one make two.\ntest $((1 + 1)) = 2\n")
    (tmp_path / "changed.sh").write_text("#!/bin/sh\n# One and one make three.\ntest $((1 + 1)) = 3\n")
    return tmp_path


def test_all_findings_run_and_one_that_changed_fails_the_command(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert running.run_findings([], folder) == 1
    said = capfd.readouterr().out
    assert "pass  holds" in said
    assert "FAIL  changed" in said
    assert "1 of 2 findings still hold." in said


def test_a_named_finding_runs_alone(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert running.run_findings(["holds.sh"], folder) == 0
    assert "changed" not in capfd.readouterr().out


def test_the_list_runs_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert running.run_findings([], folder, listing=True) == 0
    said = capfd.readouterr().out
    assert "One and one make three." in said
    assert "pass" not in said


def test_an_unknown_name_is_refused(folder: Path) -> None:
    with pytest.raises(Failure, match="No finding is named nothing"):
        running.run_findings(["nothing"], folder)


def test_a_script_that_takes_too_long_is_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "slow.sh").write_text("#!/bin/sh\n# Sleeps.\nexec sleep 60\n")
    monkeypatch.setattr(running, "LONGEST_SECONDS", 0.2)
    assert running.run_findings(["slow"], folder) == 1


def test_build_py_knows_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "FINDINGS", folder)
    assert cli.main(["findings", "--list", "holds"]) == 0
    assert re.fullmatch(r"holds +One and one make two\.\n", capfd.readouterr().out)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_keeps_its_form(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("#!/bin/sh\n# ")
    assert running.title(script).endswith(".")
    for part in (*HEADINGS, "mktemp -d", "trap "):
        assert part in text, part
    installed = re.findall(r"(?:pip\" (?:install|download)|npm install) (.+)$", text, flags=re.M)
    packages = [word.strip('"') for words in installed for word in words.split() if word.startswith('"')]
    assert packages
    assert all(re.fullmatch(r"@?[\w./-]+(?:==|@)\d[\w.]*", package) for package in packages), packages
    assert not re.search(r"\b(?:webapp|sync_server|datasets_server|builder)\b", text)
