"""The demo, created once: three accounts, one dataset, one instruction, one project.

`python -m sync_server.demo --home DIR --datasets-url http://localhost:8000 --assets FILE.json`
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from urllib.parse import quote

import click
import msgspec
from msgspec import Struct

from sync_server import accounts, texts
from sync_server.accounts.commands import create_with_password, new_passwords, opened
from sync_server.assets import NewAsset, NewAssets, append_assets
from sync_server.passwords import Passwords
from sync_server.settings import home_option, run_command
from sync_server.storage import Storage, Transaction
from sync_server.sync_handler import SyncHandler
from webapp.py.domain import ops
from webapp.py.domain.model import Fields
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import MOST_ASSETS, PROTOCOL, SETUP, SyncRequest

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "webapp" / "demo" / "project.json"
"""The records of the demo. The site has them too, for work without a server."""

ACCOUNTS: list[tuple[str, str, Role]] = [
    ("admin@limner.local", "Ada Admin", "admin"),
    ("annotator@limner.local", "Anton Annotator", "annotator"),
    ("reviewer@limner.local", "Rita Reviewer", "reviewer"),
]


class DemoFile(Struct):
    """A file of the demo data, as the datasets server lists it. ``path`` is relative to its root."""

    folder: str
    name: str
    path: str


def create_accounts(storage: Storage, passwords: Passwords) -> dict[str, str]:
    """Create the accounts that are missing. Return their passwords by e-mail address."""
    present = {account.email for account in storage.look(lambda transaction: transaction.accounts.all())}
    return {
        email: create_with_password(storage, passwords, email=email, name=name, role=role)
        for email, name, role in ACCOUNTS
        if email not in present
    }


def create_records(storage: Storage, records: dict[str, Fields]) -> None:
    """Send the records that are missing as ops, like any client. Present ones stay as they are."""

    def job(transaction: Transaction) -> None:
        present = transaction.records.ids(SETUP)
        missing = [
            ops.create(table, fields) for table, fields in records.items() if fields["id"] not in present
        ]
        admin = accounts.find_person(transaction, ACCOUNTS[0][0])
        request = SyncRequest(protocol=PROTOCOL, client_id="demo", scope=SETUP, ops=missing)
        reply = SyncHandler(storage.identity)(transaction, admin, request).reply
        if reply.refused:
            raise click.ClickException(texts.demo_failed(reply.refused[0].reason))

    storage.write_now(job)


def create_assets(storage: Storage, dataset: str, files: list[DemoFile], datasets_url: str) -> int:
    """Fill a dataset that is still empty, or correct its server. Return how many assets it has."""
    root = datasets_url.rstrip("/")
    assets = [
        NewAsset(name=file.name, folder=file.folder, url=f"{root}/{quote(file.path)}") for file in files
    ]

    def job(transaction: Transaction) -> int:
        total = transaction.assets.total(dataset)
        if total:
            present = transaction.assets.page(dataset, 0, len(assets))
            for there, file, asset in zip(present, files, assets, strict=False):
                # Only the same file on a server with another address or port.
                if there.url != asset.url and there.url.endswith(f"/{quote(file.path)}"):
                    transaction.assets.move(dataset, there.ordinal, asset.url)
            return total
        for start in range(0, len(assets), MOST_ASSETS):
            batch = NewAssets(start=start, assets=assets[start : start + MOST_ASSETS])
            total = append_assets(transaction, dataset, batch)
        return total

    return storage.write_now(job)


def _show(passwords: dict[str, str], home: Path) -> None:
    for email, password in passwords.items():
        click.echo(f"{email:24} password: {password}")
    click.echo(texts.DEMO_CREATED if passwords else texts.DEMO_READY)
    command = [sys.executable, "-m", "sync_server.accounts", "--home", str(home.resolve())]
    command += ["set-password", ACCOUNTS[0][0]]
    click.echo(f"  cd {shlex.quote(str(ROOT))} && {shlex.join(command)}")


@click.command()
@home_option
@click.option("--datasets-url", required=True, help="Address of the datasets server.")
@click.option(
    "--assets", required=True, type=click.Path(path_type=Path), help="List of the demo files (JSON)."
)
def command(home: Path, datasets_url: str, assets: Path) -> None:
    """Create what is missing of the demo."""
    files = msgspec.json.decode(assets.read_bytes(), type=list[DemoFile])
    records: dict[str, Fields] = msgspec.json.decode(PROJECT.read_bytes())
    with opened(home) as storage:
        passwords = create_accounts(storage, new_passwords(home))
        create_records(storage, records)
        total = create_assets(storage, records["dataset"]["id"], files, datasets_url)
    click.echo(f"{records['project']['name']}: {total} images")
    _show(passwords, home)


def main(arguments: list[str] | None = None) -> int:
    """Create what is missing of the demo."""
    return run_command(command, arguments, "python -m sync_server.demo")


if __name__ == "__main__":
    raise SystemExit(main())
