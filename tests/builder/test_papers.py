"""What the papers name exists: paths, links, commands, and the parts of the command line."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from builder.paths import ROOT

PAPERS = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "findings/README.md")]
PAPERS += sorted((ROOT / "docs").rglob("*.md"))
ROOMS = ("webapp", "sync_server", "datasets_server", "serving", "builder", "tests", "docs", "requirements")
PREFIXES = ("", "webapp/", "webapp/py/", "tests/", "builder/")


def names_of(paper: Path) -> list[str]:
    """What stands in backticks outside of code blocks."""
    text = re.sub(r"```.*?```", "", paper.read_text(), flags=re.S)
    return re.findall(r"`([^`\n]+)`", text)


TO_MAKE = {
    "page.py",
    "texts.py",
    "__init__.py",
    "webapp/py/pages/totals/page.py",
    "tests/pages/test_totals.py",
}
"""Files that a guide has its reader make."""


def exists(name: str) -> bool:
    return name in TO_MAKE or any((ROOT / prefix / name).exists() for prefix in PREFIXES)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", paper.read_text())
    missing = [target for target in targets if "://" not in target and not (paper.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_paths_in_the_text_exist(paper: Path) -> None:
    looks_like_a_path = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./-]+|[\w/-]+\.(?:py|js|css|toml|html)")
    named = [name for name in names_of(paper) if looks_like_a_path.fullmatch(name)]
    assert [name for name in named if not exists(name)] == []


def test_files_in_the_diagrams_of_the_architecture_exist() -> None:
    blocks = re.findall(r"```.*?```", (ROOT / "ARCHITECTURE.md").read_text(), flags=re.S)
    named = re.findall(r"(?<![\w/:.])[a-z][\w-]*/[\w/.-]*", "\n".join(blocks))
    files = [name for name in named if name.endswith((".py", ".js", "/"))]
    assert len(files) > 20
    assert [name for name in files if not exists(name)] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_commands_of_build_py_exist(paper: Path) -> None:
    named = set(re.findall(r"python3 build\.py (\w+)", paper.read_text()))
    assert named <= commands()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_programs_that_are_started_with_python_exist(paper: Path) -> None:
    modules = re.findall(r"python3? -m ((?:sync_server|datasets_server|tests)[\w.]*)", paper.read_text())
    for module in modules:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@functools.cache
def commands() -> set[str]:
    """The commands that build.py itself says it has."""
    said = subprocess.run(
        [sys.executable, "-m", "builder", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^    (\w+) ", said, flags=re.M))


def test_the_readme_names_the_two_commands_and_they_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "python3 build.py run" in readme
    assert "python3 build.py test" in readme
    assert {"run", "test", "build", "check", "bench", "clean"} <= commands()


def test_every_room_of_the_house_is_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [path.name for path in (ROOT / "webapp" / "py").iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"webapp/py/{room}" not in text] == []
