"""The libraries that the page starts with. They are unpacked at the first import that needs one.

A page that starts from the snapshot has them in memory already, so most pages never unpack anything.
Pyodide's own loader unpacks ten times slower, and compiles every extension module of a package up front.
"""

from __future__ import annotations

import io
import os
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class KeptWheels:
    """Wheels that are not unpacked yet. This is the last finder of ``sys.meta_path``."""

    def __init__(self) -> None:
        self._wheels: dict[str, Any] = {}

    def keep(self, name: str, wheel: Any) -> None:
        """Keep the wheel of a package, as a JavaScript ArrayBuffer. The module has the package's name."""
        self._wheels[name] = wheel
        if self not in sys.meta_path:
            sys.meta_path.append(self)

    def lay_out(self) -> None:
        """Unpack all wheels to where Python imports from."""
        place = sysconfig.get_path("purelib")
        while self._wheels:
            _, wheel = self._wheels.popitem()
            _unpack(wheel.to_bytes(), place)
        # Only this folder is read again: rereading the index of every zip file would cost more.
        sys.path_importer_cache.pop(place, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Unpack the libraries when one of their modules is imported and not found elsewhere."""
        if fullname.partition(".")[0] not in self._wheels:
            return None
        self.lay_out()
        return PathFinder.find_spec(fullname, path, target)


def _unpack(wheel: bytes, place: str) -> None:
    made: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for entry in archive.infolist():
            folder = os.path.dirname(entry.filename)
            if folder not in made:
                made.add(folder)
                os.makedirs(os.path.join(place, folder), exist_ok=True)
            with open(os.path.join(place, entry.filename), "wb", buffering=0) as file:
                file.write(archive.read(entry))


def refresh_app(archive: str) -> None:
    """Make Python reread the index of the app's archive. The snapshot only knows the one of the build."""
    for finder in list(sys.path_importer_cache.values()):
        if getattr(finder, "archive", None) == archive:
            finder.invalidate_caches()  # type: ignore[union-attr]
            return


kept_wheels = KeptWheels()
