"""Our own build of scikit-image: it goes on where it was stopped, and its wheel is the same each time."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builder import wasm
from builder.console import Failure

FILES = {
    "PKG-INFO": b"Metadata-Version: 2.1\nName: scikit-image\nVersion: 0.25.2\n",
    "skimage/__init__.py": b"",
    "skimage/__init__.pyi": b"",
    "skimage/conftest.py": b"",
    "skimage/data/photo.npy": b"a photo",
    "skimage/morphology/disk.npy": b"needed",
    "skimage/morphology/tests/test_disk.py": b"",
    "skimage/morphology/_one.pyx": b"1" * 30,
    "skimage/morphology/_two.pyx": b"2" * 20,
    "skimage/feature/_haar.pyx": b"3" * 10,
    "meson.build": b"",
}


class Tools:
    """Stands for Cython, the compiler and the linker; notes what they made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.fail_at = ""

    def run(self, line: list[str], folder: Path, *_: Any, **__: Any) -> str:
        output = line[line.index("-o") + 1]
        if self.fail_at and self.fail_at in output:
            raise KeyboardInterrupt
        (folder / output).write_bytes(b"made")
        self.made.append(Path(output).name)
        return ""


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    made = Tools()
    monkeypatch.setattr(wasm, "_run", made.run)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    return made


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    path = tmp_path / "scikit_image-0.25.2.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in FILES.items():
            entry = tarfile.TarInfo(f"scikit_image-0.25.2/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture
def numpy_wheel(tmp_path: Path) -> Path:
    path = tmp_path / "numpy.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("numpy/__init__.pxd", "")
        archive.writestr("numpy/_core/include/numpy/arrayobject.h", "")
    return path


def test_an_interrupted_build_goes_on_where_it_stopped(
    tools: Tools, sdist: Path, numpy_wheel: Path, tmp_path: Path
) -> None:
    tools.fail_at = "_two.c"
    with pytest.raises(KeyboardInterrupt):
        wasm.build_scikit_image(sdist, numpy_wheel, tmp_path / "work")
    assert f"_one{wasm.SUFFIX}.partial" in tools.made
    assert f"_two{wasm.SUFFIX}.partial" not in tools.made
    tools.fail_at = ""
    tools.made.clear()
    wheel = wasm.build_scikit_image(sdist, numpy_wheel, tmp_path / "work")
    assert not [name for name in tools.made if name.startswith("_one")]
    assert f"skimage/morphology/_one{wasm.SUFFIX}" in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_modules_and_extensions_but_no_tests_and_no_samples(
    tools: Tools, sdist: Path, numpy_wheel: Path, tmp_path: Path
) -> None:
    wheel = wasm.build_scikit_image(sdist, numpy_wheel, tmp_path / "work")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("skimage/")}
    assert names == {
        "skimage/__init__.py",
        "skimage/__init__.pyi",
        "skimage/morphology/disk.npy",
        f"skimage/morphology/_one{wasm.SUFFIX}",
        f"skimage/morphology/_two{wasm.SUFFIX}",
        f"skimage/feature/_haar{wasm.SUFFIX}",
    }


def test_the_wheel_is_the_same_wherever_it_is_built(
    tools: Tools, sdist: Path, numpy_wheel: Path, tmp_path: Path
) -> None:
    one = wasm.build_scikit_image(sdist, numpy_wheel, tmp_path / "here")
    two = wasm.build_scikit_image(sdist, numpy_wheel, tmp_path / "some" / "where" / "else")
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_what_the_compiler_said_is_shown(tmp_path: Path) -> None:
    line = ["python", "-c", "import sys; sys.exit('_slic.c:1: error: no such thing')"]
    with pytest.raises(Failure, match=r"_slic\.c:1: error: no such thing"):
        wasm._run(line, tmp_path)
