"""Laying out the libraries that the page starts with.

Pyodide's own loader unpacks ten times as slowly, and compiles every extension module of a package before
anything is imported: of numpy's thirteen the page needs three, which Python compiles when it imports them.
"""

from __future__ import annotations

import io
import os
import sys
import sysconfig
import zipfile
from typing import Any


def install(wheel: Any) -> None:
    """Put the files of a wheel, given as an ArrayBuffer of JavaScript, where Python imports from."""
    place = sysconfig.get_path("purelib")
    made: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(wheel.to_bytes())) as archive:
        for entry in archive.infolist():
            folder = os.path.dirname(entry.filename)
            if folder not in made:
                made.add(folder)
                os.makedirs(os.path.join(place, folder), exist_ok=True)
            with open(os.path.join(place, entry.filename), "wb", buffering=0) as file:
                file.write(archive.read(entry))
    # Only this folder is looked at anew: to read the lists of all zips again would cost more than the import.
    sys.path_importer_cache.pop(place, None)
