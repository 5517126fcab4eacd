"""Lay out the demo data: ``python -m datasets_server.demo --target DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from datasets_server.demo.layout import lay_out


def main() -> int:
    """Run the command line; the second run on the same folder is instant."""
    parser = argparse.ArgumentParser(
        prog="python -m datasets_server.demo",
        description="Lay out photos, DICOM files and a CT series to try.",
    )
    parser.add_argument("--target", required=True, type=Path, help="folder to fill, made where it is missing")
    parser.add_argument("--photos-only", action="store_true", help="leave out the DICOM files")
    given = parser.parse_args()
    try:
        fresh = lay_out(given.target, given.photos_only, _report)
    except OSError as error:
        print(f"The demo data could not be written: {error}", file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in given.target.rglob("*") if file.is_file())
    print(f"Demo data {'is ready' if fresh else 'was there already'}: {given.target} ({size / 1e6:.1f} MB)")
    return 0


def _report(what: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        bar = "█" * (20 * done // total)
        print(f"\r  {what:<12} {bar:<20} {done}/{total}", end="\n" if done == total else "", flush=True)
    elif done == total:
        print(f"  {what}: {total}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
