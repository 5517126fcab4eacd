"""The first step: an environment where one can be made, and plain words where not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder import environment, index, paths
from builder.console import Failure, sized
from builder.wheels import zip_bytes

OLD = (
    "import sys; sys.version_info = (3, 10, 4); import runpy; runpy.run_path('build.py', run_name='__main__')"
)


def test_an_old_python_is_refused_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OLD], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Limner needs Python 3.11 or later, and this is 3.10. Run build.py with a newer version, "
        "for example: python3.12 build.py run"
    )


def test_build_py_without_a_command_shows_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "build.py"], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    for command in ("run", "test", "build", "check", "bench", "clean"):
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["findings", "--list"], ["clean", "--help"]])
def test_what_runs_before_there_is_an_environment_needs_the_standard_library_alone(
    arguments: list[str],
) -> None:
    line = [sys.executable, "-I", "-S", "build.py", *arguments]
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_python_without_venv_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Failure, match="sudo apt-get install python3-venv"):
        environment.create_venv(tmp_path / "venv")
    assert not (tmp_path / "venv").exists()


def test_an_environment_is_made_and_then_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.txt").write_text("")
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    environment.ensure_packages(("none",), tmp_path / "venv")
    assert paths.venv_python(tmp_path / "venv").exists()
    assert "Installing 0 pinned packages" in capsys.readouterr().out
    environment.ensure_packages(("none",), tmp_path / "venv")
    assert capsys.readouterr().out == ""


def test_a_package_that_cannot_be_had_says_what_to_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bad.txt").write_text(f"no-such-thing==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(Failure, match="pip config list"):
        environment.ensure_packages(("bad",), tmp_path / "venv")


def test_pips_own_settings_reach_the_other_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "CERT", "TRUSTED_HOST"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://one.example/ https://two.example/")
    monkeypatch.setenv("PIP_CERT", "/certificates.pem")
    settings = index.pip_settings()
    assert index.finder_flags(settings) == [
        *("--index-url", "https://mirror.example/simple"),
        *("--index-url", "https://one.example/"),
        *("--index-url", "https://two.example/"),
    ]
    assert index.finder_environment(settings)["SSL_CERT_FILE"] == "/certificates.pem"


def test_a_zip_depends_on_its_contents_alone() -> None:
    files = {"b/two.py": b"2", "a.py": b"1"}
    assert zip_bytes(files) == zip_bytes(dict(sorted(files.items())))


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 B"), (95_846, "95.8 kB"), (2_916_023, "2.9 MB"), (1_500_000_000, "1.5 GB")]
)
def test_sizes_read_well(count: int, words: str) -> None:
    assert sized(count) == words


def test_two_checkouts_that_share_a_cache_build_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_CACHE", str(tmp_path))
    waits = threading.Event()
    monkeypatch.setattr(paths, "say", lambda _: waits.set())
    order = []

    def build_too() -> None:
        with paths.exclusive("site", tmp_path):
            order.append("second")

    second = threading.Thread(target=build_too)
    with paths.exclusive("site", tmp_path):
        second.start()
        assert waits.wait(30)
        with paths.exclusive("site", tmp_path / "another cache"):
            order.append("first")
    second.join(30)
    assert order == ["first", "second"]
