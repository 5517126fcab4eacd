"""Build scikit-image for WebAssembly from its sdist, with tools from the package index alone.

Used when Pyodide's own wheel can't be downloaded. Cython turns each ``.pyx`` into C for the limited API,
``zig cc`` compiles it, and ``zig wasm-ld`` links a side module for Pyodide's dynamic loader. Every input is
pinned, and no step sees the machine's headers, times or paths, so the wheel has the same sha256 everywhere.
Finished extensions are kept, so an interrupted build continues where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from builder.console import Failure, Progress
from builder.paths import REQUIREMENTS
from builder.wheels import write_wheel

VERSION = "0.25.2"
CPLUSPLUS = {"_skeletonize_lee_cy", "_remap", "_cascade", "_haar"}
MORE_SOURCES = {"_unwrap_2d": "unwrap_2d_ljmu.c", "_unwrap_3d": "unwrap_3d_ljmu.c"}
PYTHRAN_AS_PYTHON = {
    "skimage/feature/brief_pythran.py": "skimage/feature/brief_cy.py",
    "skimage/feature/_hessian_det_appx_pythran.py": "skimage/feature/_hessian_det_appx.py",
}
"""Two modules that Pythran would compile are included as the plain Python they also are."""

KEPT_SUFFIXES = {".npy", ".py", ".pyi", ".txt"}
HEADERS = Path(__file__).parent / "include"
SUFFIX = ".cpython-314-wasm32-emscripten.so"
TARGET = ["-target", "wasm32-wasi-musl", "-O3", "-fPIC"]
TARGET += ["-mcpu=generic-extended_const+simd128+exception_handling"]
DEFINES = ["-DPy_LIMITED_API=0x030B0000", "-DCYTHON_LIMITED_API=1"]
DEFINES += ["-DNPY_NO_DEPRECATED_API=NPY_1_7_API_VERSION", "-DNPY_TARGET_VERSION=NPY_2_0_API_VERSION"]
CPLUSPLUS_FLAGS = ["-std=c++17", "-fwasm-exceptions", "-mllvm", "-wasm-enable-eh"]
CPLUSPLUS_FLAGS += ["-D_LIBCPP_ABI_NAMESPACE=__2", "-D_LIBCPP_ABI_VERSION=2"]
LINK = ["-shared", "--experimental-pic", "--import-memory", "--import-undefined"]
LINK += ["--unresolved-symbols=import-dynamic", "--export-if-defined=__wasm_call_ctors"]
LINK += ["--export-if-defined=__wasm_apply_data_relocs", "-O3", "--strip-debug"]


@dataclass(frozen=True)
class Extension:
    """A Cython module, given by its ``.pyx`` or ``.pyx.in`` relative to the source tree."""

    source: Path

    @property
    def name(self) -> str:
        """Return the last part of the module's name."""
        return self.source.name.split(".")[0]

    @property
    def module(self) -> Path:
        """Return the path of the module without a suffix."""
        return self.source.parent / self.name

    @property
    def is_cplusplus(self) -> bool:
        """Return whether Cython writes C++."""
        return self.name in CPLUSPLUS


def inputs_digest(sdist_sha256: str, numpy_sha256: str) -> str:
    """Return a short digest of everything the wheel is built from."""
    whole = hashlib.sha256(f"{sdist_sha256} {numpy_sha256}".encode())
    headers = sorted(HEADERS.glob("*.h"))
    for path in (Path(__file__), Path(write_wheel.__code__.co_filename), REQUIREMENTS / "wasm.txt", *headers):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def build_scikit_image(sdist: Path, numpy_wheel: Path, work: Path) -> Path:
    """Build the wheel inside ``work`` and return its path.

    Raises
    ------
    Failure
        If an extension can't be built. The message ends with the compiler's error.
    """
    tree = work / "src"
    if not (tree / ".complete").exists():
        _lay_out(sdist, numpy_wheel, tree)
    paths = sorted((tree / "skimage").rglob("*.pyx*"), key=lambda path: path.stat().st_size, reverse=True)
    extensions = [Extension(path.relative_to(tree)) for path in paths]
    label = f"Building scikit-image {VERSION} for WebAssembly"
    with (
        Progress(label, len(extensions), "extensions") as progress,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        try:
            for _ in pool.map(lambda extension: _build(extension, tree), extensions):
                progress.advance(1)
        except BaseException:
            # After Ctrl-C or an error, running builds finish and no others start.
            pool.shutdown(cancel_futures=True)
            raise
    wheel = _pack(tree, extensions, work)
    shutil.rmtree(tree)
    return wheel


def _lay_out(sdist: Path, numpy_wheel: Path, tree: Path) -> None:
    """Unpack the sources and the headers they are compiled against."""
    shutil.rmtree(tree, ignore_errors=True)
    with tarfile.open(sdist) as archive:
        top = f"scikit_image-{VERSION}/"
        members = [
            m for m in archive if m.isfile() and m.name.startswith((top + "skimage/", top + "PKG-INFO"))
        ]
        for member in members:
            member.name = member.name.removeprefix(top)
        archive.extractall(tree, members=members, filter="data")
    with zipfile.ZipFile(numpy_wheel) as wheel:
        for name in wheel.namelist():
            if name.endswith((".pxd", ".h")):
                wheel.extract(name, tree / "include")
    shutil.copytree(HEADERS, tree / "include", dirs_exist_ok=True)
    (tree / ".complete").touch()


def _build(extension: Extension, tree: Path) -> None:
    result = tree / f"{extension.module}{SUFFIX}"
    if result.exists():
        return
    source = extension.source
    if source.suffix == ".in":
        source = source.with_suffix("")
        text = "from Cython.Tempita import sub; import sys; sys.stdout.write(sub(sys.stdin.read()))"
        made = _run([sys.executable, "-c", text], tree, (tree / extension.source).read_text())
        (tree / source).write_text(made)
    generated = extension.module.with_suffix(".cpp" if extension.is_cplusplus else ".c")
    cython = [sys.executable, "-m", "cython", "-3", "-Xfreethreading_compatible=True", "-I", "include"]
    cython += ["--cplus"] if extension.is_cplusplus else []
    _run([*cython, str(source), "-o", str(generated)], tree)
    sources = [generated]
    if extension.name in MORE_SOURCES:
        sources.append(extension.source.parent / MORE_SOURCES[extension.name])
    objects = []
    for each in sources:
        objects.append(str(each.with_suffix(".o")))
        compiler = ["c++", *CPLUSPLUS_FLAGS] if extension.is_cplusplus else ["cc"]
        folders = ["-Iinclude", "-Iinclude/numpy/_core/include", "-Iskimage/_shared", f"-I{each.parent}"]
        _zig([*compiler, *TARGET, *DEFINES, "-w", *folders, "-c", str(each), "-o", objects[-1]], tree)
    temporary = f"{result}.partial"
    _zig(["wasm-ld", *LINK, f"--export-if-defined=PyInit_{extension.name}", *objects, "-o", temporary], tree)
    os.replace(temporary, result)


def _zig(arguments: list[str], tree: Path) -> None:
    caches = {"ZIG_GLOBAL_CACHE_DIR": str(tree / ".zig"), "ZIG_LOCAL_CACHE_DIR": str(tree / ".zig")}
    _run([sys.executable, "-m", "ziglang", *arguments], tree, environment=caches)


def _run(line: list[str], folder: Path, text: str = "", environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        line,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "315532800", **(environment or {})},
    )
    if done.returncode != 0:
        raise Failure(f"Building scikit-image failed at: {' '.join(line[1:])}\n{done.stderr[-3000:]}")
    return done.stdout


def is_sample(name: str) -> bool:
    """Return whether a file of the source tree is a test or sample data."""
    in_data = name.startswith("skimage/data/") and not name.endswith((".py", ".pyi"))
    return in_data or "/tests/" in name or name.endswith("/conftest.py")


def _pack(tree: Path, extensions: list[Extension], work: Path) -> Path:
    """Write the wheel with modules and extensions, without tests and sample images."""
    files: dict[str, bytes] = {}
    for path in sorted((tree / "skimage").rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.suffix in KEPT_SUFFIXES and not is_sample(name):
            files[PYTHRAN_AS_PYTHON.get(name, name)] = path.read_bytes()
    for extension in extensions:
        files[f"{extension.module.as_posix()}{SUFFIX}"] = (tree / f"{extension.module}{SUFFIX}").read_bytes()
    metadata = (tree / "PKG-INFO").read_bytes()
    return write_wheel(
        work, "scikit_image", VERSION, "cp314-cp314-pyemscripten_2026_0_wasm32", metadata, files
    )
