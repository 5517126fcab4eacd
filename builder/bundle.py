"""What pages load besides Python: the style sheet with its fonts, and one sprite of icons."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from builder.console import Failure
from builder.paths import WEBAPP


def bundle_style(modules: Path, folder: Path = WEBAPP / "style") -> tuple[bytes, dict[str, bytes]]:
    """Return the style sheet, minified by esbuild, and the fonts that it names by file name."""
    with tempfile.TemporaryDirectory() as target:
        line = [
            str(modules / ".bin" / "esbuild"),
            "--bundle",
            "--minify",
            "--loader=css",
            f"--outdir={target}",
        ]
        line += [
            "--loader:.woff2=file",
            "--asset-names=[name]-[hash]",
            "--log-level=warning",
            "--legal-comments=none",
        ]
        environment = {**os.environ, "NODE_PATH": str(modules)}
        done = subprocess.run(line, input=style_sheet(folder), env=environment, cwd=folder, check=False)
        if done.returncode != 0:
            raise Failure("esbuild could not bundle webapp/style. See its message above.")
        fonts = {path.name: path.read_bytes() for path in Path(target).glob("*.woff2")}
        return (Path(target) / "stdin.css").read_bytes(), fonts


def style_sheet(folder: Path = WEBAPP / "style") -> bytes:
    """Join the files of ``webapp/style`` in the order of its ``order.txt``, since later rules win.

    Raises
    ------
    Failure
        If ``order.txt`` and the folder don't match.
    """
    names = (folder / "order.txt").read_text().split()
    found = {path.name for path in folder.glob("*.css")}
    for name in sorted(set(names) ^ found):
        problem = "lists, but it doesn't exist" if name in names else "doesn't list"
        raise Failure(f"webapp/style/{name} is a file that order.txt {problem}. Make the two match.")
    return "\n".join((folder / name).read_text() for name in names).encode()


def sprite(modules: Path, names: Path = WEBAPP / "icons.txt") -> bytes:
    """Return one SVG with a ``<symbol id="icon-NAME">`` for each icon in ``icons.txt``.

    Raises
    ------
    Failure
        If Lucide has no icon of that name.
    """
    symbols = []
    for name in sorted(set(names.read_text().split())):
        path = modules / "lucide-static" / "icons" / f"{name}.svg"
        if not path.is_file():
            raise Failure(f"{names.name} lists the icon {name!r}, which lucide-static doesn't have.")
        shapes = path.read_text().partition("<svg")[2].partition(">")[2].partition("</svg>")[0]
        shapes = re.sub(r">\s+<", "><", shapes.strip())
        symbols.append(
            f'<symbol id="icon-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()
