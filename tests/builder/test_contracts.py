"""The import contracts hold, and each catches what it is there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.paths import ROOT
from builder.testing import PACKAGES


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of our packages that a test may break."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.js"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def broken_contracts(checkout: Path) -> set[str]:
    program = Path(sys.executable).parent / "lint-imports"
    line = [str(program), "--no-logo", "--no-cache"]
    done = subprocess.run(line, cwd=checkout, capture_output=True, text=True, check=False)
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return {line.partition("BROKEN")[0].strip() for line in done.stdout.splitlines() if "BROKEN" in line}


def test_all_contracts_hold(checkout: Path) -> None:
    assert broken_contracts(checkout) == set()


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("webapp/py/domain/model.py", "import webapp.py.geometry", "browser -> pages"),
        ("webapp/py/store/view.py", "import webapp.py.pages", "browser -> pages"),
        ("webapp/py/imaging/__init__.py", "import webapp.py.store", "browser -> pages"),
        ("webapp/tools/box.py", "import webapp.py.workspace.image_session", "Of the workspace a tool sees"),
        ("webapp/tools/box.py", "import webapp.py.store", "A tool sees no store"),
        ("webapp/tools/box.py", "import webapp.tools.polygon", "Tools never import each other"),
        (
            "webapp/py/workspace/camera.py",
            "import webapp.py.workspace.linking",
            "No import circle in any package",
        ),
        ("sync_server/app.py", "import webapp.py.geometry", "The sync server sees the domain"),
        ("sync_server/validation.py", "import sqlite3", "Only sync_server.storage may"),
        ("sync_server/routes/records.py", "import sqlite_utils", "Only sync_server.storage may"),
        ("sync_server/texts.py", "import sync_server.errors", "No import circle in any"),
        ("datasets_server/errors.py", "import datasets_server.app", "No import circle in any"),
        ("datasets_server/app.py", "import webapp.py.domain", "The datasets server sees nothing"),
        ("serving/gate.py", "import sync_server.texts", "What both servers share"),
        ("webapp/py/ui/tree.py", "import js", "Only webapp.py.browser may"),
        ("webapp/py/domain/ops.py", "import numpy", "The domain needs msgspec"),
        ("webapp/py/geometry/boxes.py", "import webapp.py.geometry.handles", "No import circle in any"),
        ("webapp/py/store/local.py", "import webapp.py.store.view", "No import circle in any"),
        ("builder/paths.py", "import builder.site", "No import circle in any"),
    ],
)
def test_an_import_across_the_rooms_is_caught(checkout: Path, file: str, line: str, contract: str) -> None:
    path = checkout / file
    assert path.is_file()
    path.write_text(f"{path.read_text()}\n{line}\n")
    assert any(broken.startswith(contract) for broken in broken_contracts(checkout))
