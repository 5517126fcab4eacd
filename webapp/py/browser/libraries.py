"""The libraries that the page starts with: their files are laid out at the first import that needs one.

A page that starts from the snapshot has them in its memory already, so most pages never lay anything out.
Pyodide's own loader would unpack ten times as slowly, and compile every extension module of a package before
anything is imported.
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
    """Wheels whose files are not where Python imports from yet; the last finder of ``sys.meta_path``."""

    def __init__(self) -> None:
        self._wheels: dict[str, Any] = {}

    def keep(self, name: str, wheel: Any) -> None:
        """Take the wheel of a package that is imported by its own name, as an ArrayBuffer of JavaScript."""
        self._wheels[name] = wheel
        if self not in sys.meta_path:
            sys.meta_path.append(self)

    def lay_out(self) -> None:
        """Put the files of all wheels where Python imports from."""
        place = sysconfig.get_path("purelib")
        while self._wheels:
            _, wheel = self._wheels.popitem()
            _unpack(wheel.to_bytes(), place)
        # Only this folder is looked at anew: to read the lists of all zips again would cost more.
        sys.path_importer_cache.pop(place, None)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Lay the libraries out when a module of one is asked for that nobody else has found."""
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
    """Have Python read the list of the app's archive anew; the snapshot knows that of the build alone."""
    for finder in list(sys.path_importer_cache.values()):
        if getattr(finder, "archive", None) == archive:
            finder.invalidate_caches()  # type: ignore[union-attr]
            return


kept_wheels = KeptWheels()
