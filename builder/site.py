"""The static site in ``dist/``: named by content, precompressed, and identical in every build.

The builder fills in these placeholders of the web app's sources:

==================  =========================================================================================
``index.html``      ``<script type="application/json" id="site">{}</script>`` gets the site's description,
                    ``<!-- site:head -->`` the style sheet and preloads, ``src="boot.js"`` the hashed name
``sw.js``           ``__BUILD__`` (in quotes) gets the build's id
==================  =========================================================================================

The description, also in ``site.json``::

    {"build": "<id>", "pyodide": "pyodide-<hash>/", "app": "assets/app-<hash>.zip",
     "snapshot": "assets/snapshot-<hash>.bin", "snapshot_bytes": n,
     "libraries": [["<path in Python>", "assets/<name>-<hash>.so"], ...],
     "linking": "assets/linking-<hash>.json",
     "compute": "assets/compute-<hash>.js", "journal": "assets/journal-<hash>.js",
     "style": "assets/style-<hash>.css", "icons": "assets/icons-<hash>.svg",
     "packages": {"page": [...], "worker": [...]}, "demo": "demo/project.json",
     "files": [{"path", "size", "sha256"}, ...]}

``files`` lists everything except ``index.html``, ``sw.js`` and ``site.json``, the only names without a hash.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from builder.assets import Site, digest_of
from builder.bundle import bundle_style, sprite
from builder.bytecode import compiled_app, compiled_wheels
from builder.console import Failure, say, sized
from builder.node import node_modules
from builder.paths import DIST, ROOT, WEBAPP, cache_home, exclusive
from builder.runtime import Lock, Part, fetch_wheels, pyodide_lock, read_core, read_lock
from builder.snapshot import Snapshot, snapshot

PAGE_PACKAGES = ["numpy", "msgspec"]
SCRIPTS = ("boot.js", "compute.js", "journal.js", "sw.js")
SOURCES = ("index.html", "style/order.txt", *SCRIPTS, "icons.txt")
DEMO_CODE = ROOT / "datasets_server" / "demo"


def build_site(target: Path = DIST, webapp: Path = WEBAPP) -> str:
    """Build the site unless it is up to date, and return its build id.

    Raises
    ------
    Failure
        If a source is missing or a part of the runtime can't be downloaded.
    """
    # Checkouts that share a cache take turns: the first builds the parts, the others find them.
    with exclusive("site", cache_home()):
        inputs = inputs_digest(webapp)
        note = cache_home() / "sites" / f"{digest_of(str(target).encode())[:16]}.json"
        known = _read(note)
        if known.get("inputs") == inputs and _is_whole(target, known.get("files", {})):
            return str(known["build"])
        for name in SOURCES:
            if not (webapp / name).is_file():
                raise Failure(f"webapp/{name} is missing. Restore it with git, then try again.")
        site, build = assemble(webapp)
        site.write(target)
        note.parent.mkdir(parents=True, exist_ok=True)
        files = {path.relative_to(target).as_posix(): path.stat().st_size for path in _files(target)}
        note.write_text(json.dumps({"inputs": inputs, "build": build, "files": files}))
        size = sum(len(content) for content in site.files.values())
        say(f"Built the site {build}: {len(site.files)} files, {sized(size)}, in {target}")
        return build


def assemble(webapp: Path) -> tuple[Site, str]:
    """Collect every file of the site and return them with the build id."""
    site = Site()
    lock = read_lock(webapp / "runtime.lock.json")
    modules = node_modules()
    core = modules / "pyodide"
    parts = compiled_wheels(fetch_wheels(lock), core)
    description: dict[str, Any] = {"build": "", "pyodide": _add_runtime(site, lock, parts, core)}
    description |= _add_assets(site, webapp, modules)
    app = app_zip(webapp, core)
    description["app"] = site.add_asset("app.zip", app)
    description |= _add_snapshot(site, snapshot(core, _page_wheels(parts), app, webapp))
    description["packages"] = {"page": PAGE_PACKAGES, "worker": sorted(wheel.name for wheel in lock.wheels)}
    description["demo"] = _add_demo(site, webapp)
    boot = site.add_asset("boot.js", (webapp / "boot.js").read_bytes())
    description["files"] = site.manifest()
    shell = (webapp / "index.html").read_text()
    worker = (webapp / "sw.js").read_text()
    build = digest_of(json.dumps([description, shell, worker], sort_keys=True).encode())[:16]
    description["build"] = build
    site.add("index.html", fill_shell(shell, description, boot).encode())
    site.add("sw.js", _replace(worker, "__BUILD__", build, "sw.js").encode())
    site.add("site.json", json.dumps(description, indent=1, sort_keys=True).encode())
    return site, build


def fill_shell(shell: str, description: dict[str, Any], boot: str) -> str:
    """Return ``index.html`` with the description, the style sheet and the hashed names filled in."""
    head = [f'<link rel="stylesheet" href="{description["style"]}">']
    # The WebAssembly file has no preload: V8 reuses its cached machine code only for its own fetch.
    scripts = [boot, *(description["pyodide"] + name for name in ENTRY_SCRIPTS)]
    head += [f'<link rel="modulepreload" href="{path}">' for path in scripts]
    # Inside a script element, only "</" could end it early.
    text = json.dumps(description, sort_keys=True).replace("</", "<\\/")
    shell = _replace(shell, "<!-- site:head -->", "\n".join(head), "index.html")
    shell = _replace(shell, 'src="boot.js"', f'src="{boot}"', "index.html")
    return _replace(shell, 'id="site">{}<', f'id="site">{text}<', "index.html")


ENTRY_SCRIPTS = ("pyodide.mjs", "pyodide.asm.mjs")


def _replace(text: str, placeholder: str, value: str, name: str) -> str:
    if text.count(placeholder) != 1:
        raise Failure(f"webapp/{name} must contain {placeholder!r} exactly once.")
    return text.replace(placeholder, value)


def _add_runtime(site: Site, lock: Lock, parts: list[Part], core: Path) -> str:
    files = read_core(lock, core)
    files |= {part.wheel.file: part.path.read_bytes() for part in parts}
    files["pyodide-lock.json"] = pyodide_lock(parts, core / "pyodide-lock.json")
    names = "\n".join(f"{name} {digest_of(content)}" for name, content in sorted(files.items()))
    place = f"pyodide-{digest_of(names.encode())[:12]}/"
    for name, content in files.items():
        site.add(place + name, content)
    return place


def _page_wheels(parts: list[Part]) -> list[Path]:
    return [part.path for part in parts if part.wheel.name in PAGE_PACKAGES]


def _add_snapshot(site: Site, taken: Snapshot) -> dict[str, Any]:
    return {
        "snapshot": site.add_asset("snapshot.bin", taken.image),
        "snapshot_bytes": len(taken.image),
        "linking": site.add_asset("linking.json", taken.linking),
        "libraries": [
            [path, site.add_asset(f"{PurePosixPath(path).name.partition('.')[0]}.so", content)]
            for path, content in taken.libraries.items()
        ],
    }


def _add_assets(site: Site, webapp: Path, modules: Path) -> dict[str, Any]:
    style, fonts = bundle_style(modules, webapp / "style")
    for name, content in fonts.items():
        site.add(f"assets/{name}", content)  # esbuild already put the hash in the name
    return {
        "compute": site.add_asset("compute.js", (webapp / "compute.js").read_bytes()),
        "journal": site.add_asset("journal.js", (webapp / "journal.js").read_bytes()),
        "style": site.add_asset("style.css", style),
        "icons": site.add_asset("icons.svg", sprite(modules, webapp / "icons.txt")),
    }


def app_zip(webapp: Path, core: Path) -> bytes:
    """Return our Python for the browser as a zip of ``webapp/...``, identical in every build."""
    files = {"webapp/__init__.py": (webapp / "__init__.py").read_bytes()}
    for room in ("py", "tools"):
        for path in sorted((webapp / room).rglob("*.py")):
            files[f"webapp/{path.relative_to(webapp).as_posix()}"] = path.read_bytes()
    return compiled_app(files, core)


def _add_demo(site: Site, webapp: Path) -> str:
    """Add the demo project of the solo workspace: its records from the sources and its photos."""
    for folder in (demo_photos(), webapp / "demo"):
        for path in _files(folder):
            if not path.name.startswith("."):
                site.add(f"demo/{path.relative_to(folder).as_posix()}", path.read_bytes())
    return "demo/project.json"


def demo_photos() -> Path:
    """Return the folder with the demo's photos, cached by the code that creates them."""
    whole = hashlib.sha256(b"".join(path.read_bytes() for path in _files(DEMO_CODE) if path.suffix == ".py"))
    target = cache_home() / "demo" / whole.hexdigest()[:16]
    if not target.is_dir():
        partial = target.with_suffix(".partial")
        line = [sys.executable, "-m", "datasets_server.demo", "--photos-only", "--target", str(partial)]
        if subprocess.call(line, cwd=ROOT) != 0:
            raise Failure("The demo photos could not be created. See the error above.")
        partial.rename(target)
    return target


def inputs_digest(webapp: Path) -> str:
    """Return the digest of everything the site is built from."""
    paths = sorted(path for path in webapp.iterdir() if path.is_file())
    for folder in (
        webapp / "py",
        webapp / "tools",
        webapp / "style",
        webapp / "demo",
        DEMO_CODE,
        ROOT / "builder",
        ROOT / "requirements",
    ):
        paths += [path for path in _files(folder) if path.suffix != ".pyc"]
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path} {digest_of(path.read_bytes())}\n".encode())
    return whole.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _is_whole(target: Path, files: dict[str, int]) -> bool:
    found = {path.relative_to(target).as_posix(): path.stat().st_size for path in _files(target)}
    return found == files and bool(files)


def _read(note: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(note.read_text())
    except (OSError, ValueError):
        return {}
    return content
