"""Files of the site: named by their content, written only when they change, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from builder.console import Progress
from builder.paths import cache_home

LEVELS = ((1_500_000, 11), (20_000_000, 9))
"""The Brotli level for files up to each size. Lower levels cost little on large files and save minutes."""
QUICKEST, GZIP = 6, 6
RECIPE = "br-" + "-".join(f"{level}-{size}" for size, level in LEVELS) + f"-{QUICKEST}-gz-{GZIP}"
"""Part of the cache folder's name, because other levels give other files."""
MOST_HELD = 2_000_000_000
"""The most bytes a cache folder may hold. Every change of the app adds a snapshot of 45 MB."""


def digest_of(content: bytes) -> str:
    """Return the sha256 as hex digits."""
    return hashlib.sha256(content).hexdigest()


class Site:
    """The files of one build by path. Nothing is written to disk until you call ``write``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, path: str, content: bytes) -> str:
        """Add a file under this exact path and return the path."""
        self.files[path] = content
        return path

    def add_asset(self, name: str, content: bytes) -> str:
        """Add a file under ``assets/`` with its hash in the name and return the path."""
        stem, dot, suffix = name.rpartition(".")
        return self.add(f"assets/{stem}-{digest_of(content)[:12]}{dot}{suffix}", content)

    def manifest(self) -> list[dict[str, str | int]]:
        """Return path, size and sha256 of every file so far, sorted by path."""
        return [
            {"path": path, "size": len(content), "sha256": digest_of(content)}
            for path, content in sorted(self.files.items())
        ]

    def write(self, target: Path) -> None:
        """Write these files and their compressed forms to the folder, and delete everything else in it.

        Files with a hash in their name are written first and pages last, so a browser that loads the
        site during a build never gets a page with missing parts.
        """
        whole = {**self.files, **compress_all(self.files)}
        for path in sorted(whole, key=lambda path: ("/" not in path, path)):
            place = target / path
            if place.is_file() and place.read_bytes() == whole[path]:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = place.with_name(place.name + ".partial")
            partial.write_bytes(whole[path])
            os.replace(partial, place)
        for place in sorted(target.rglob("*"), reverse=True):
            if place.is_dir():
                if not any(place.iterdir()):
                    place.rmdir()
            elif place.relative_to(target).as_posix() not in whole:
                place.unlink()


def compress_all(files: dict[str, bytes], store: Path | None = None) -> dict[str, bytes]:
    """Return the ``.br`` and ``.gz`` of every file that they make smaller, cached by content."""
    store = store or cache_home() / "compressed" / RECIPE
    store.mkdir(parents=True, exist_ok=True)
    missing = {
        digest: content
        for content in files.values()
        if not (store / f"{(digest := digest_of(content))}.done").exists()
    }
    size = sum(map(len, missing.values()))
    if missing:
        with Progress("Compressing", size) as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
            biggest_first = sorted(missing.items(), key=lambda item: -len(item[1]))
            for count in pool.map(lambda item: _compress(item[0], item[1], store), biggest_first):
                progress.advance(count)
    made = {}
    for path, content in files.items():
        for suffix in (".br", ".gz"):
            kept = store / f"{digest_of(content)}{suffix}"
            if kept.exists():
                made[path + suffix] = kept.read_bytes()
                os.utime(kept)
        os.utime(store / f"{digest_of(content)}.done")
    forget_unused(store)
    return made


def _compress(digest: str, content: bytes, store: Path) -> int:
    import brotli

    # A quick test finds what is already compressed, such as wheels and photos.
    if len(zlib.compress(content, 1)) < 0.95 * len(content):
        quality = next((level for size, level in LEVELS if len(content) < size), QUICKEST)
        _keep(store / f"{digest}.br", brotli.compress(content, quality=quality, lgwin=24))
        _keep(store / f"{digest}.gz", gzip.compress(content, GZIP, mtime=0))
    (store / f"{digest}.done").touch()
    return len(content)


def _keep(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f"{path.suffix}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)


def forget_unused(store: Path) -> None:
    """Delete what no build has used for a month, and the oldest files if the folder gets too large."""
    long_ago = time.time() - 30 * 24 * 3600
    states = {path: path.stat() for path in store.iterdir()}
    held = 0
    for path, state in sorted(states.items(), key=lambda pair: -pair[1].st_mtime):
        held += state.st_size
        if state.st_mtime < long_ago or held > MOST_HELD:
            path.unlink()
