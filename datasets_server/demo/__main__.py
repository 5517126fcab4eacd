"""Write the demo data: ``python -m datasets_server.demo --target DIR``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from datasets_server import texts
from datasets_server.demo.layout import lay_out


@click.command()
@click.option(
    "--target", required=True, type=click.Path(path_type=Path), help="Folder to fill. Created when missing."
)
@click.option("--photos-only", is_flag=True, help="Leave out the DICOM files.")
def main(target: Path, photos_only: bool) -> None:
    """Write photos, DICOM files and a CT series to try. A second run on the same folder does nothing."""
    try:
        written = lay_out(target, photos_only, _report)
    except OSError as error:
        raise click.ClickException(texts.demo_failed(error)) from None
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    click.echo(f"{texts.DEMO_READY if written else texts.DEMO_PRESENT}: {target} ({size / 1e6:.1f} MB)")


def _report(what: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        bar = "█" * (20 * done // total)
        print(f"\r  {what:<12} {bar:<20} {done}/{total}", end="\n" if done == total else "", flush=True)
    elif done == total:
        print(f"  {what}: {total}", flush=True)


if __name__ == "__main__":
    main(prog_name="python -m datasets_server.demo")
