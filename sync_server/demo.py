"""The demo, made once: three accounts, one dataset, one instruction, one project.

`python -m sync_server.demo --home DIR --datasets-url http://localhost:8000 --assets FILE.json`
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct

from sync_server import people
from sync_server.accounts import make_account
from sync_server.database import Database
from sync_server.exchange import Exchange
from sync_server.passwords import Passwords
from sync_server.routes.assets import NewAsset, NewAssets, append_assets, asset_total
from sync_server.settings import Settings
from webapp.py.domain import ops
from webapp.py.domain.model import Fields
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import MOST_ASSETS, PROTOCOL, SETUP, SyncRequest

PROJECT = Path(__file__).parent.parent / "webapp" / "demo" / "project.json"
"""The records of the demo, which the site carries too, for work without a server."""

ACCOUNTS: list[tuple[str, str, Role]] = [
    ("admin@limner.local", "Ada Admin", "admin"),
    ("annotator@limner.local", "Anton Annotator", "annotator"),
    ("reviewer@limner.local", "Rita Reviewer", "reviewer"),
]


class DemoFile(Struct):
    """A file of the demo data, as the datasets server's list has it; ``path`` is relative to its root."""

    folder: str
    name: str
    path: str


def make_accounts(database: Database, passwords: Passwords) -> dict[str, str]:
    """Make the accounts that are missing; return their passwords by e-mail address."""
    present = {account.email for account in database.look(people.list_accounts)}
    return {
        email: make_account(database, passwords, email=email, name=name, role=role)
        for email, name, role in ACCOUNTS
        if email not in present
    }


def make_records(database: Database, records: dict[str, Fields]) -> None:
    """Send the records that are missing through the same door as everyone; present ones stay as they are."""

    def job(rows: sqlite3.Connection) -> None:
        present = {row[0] for row in rows.execute("SELECT id FROM records WHERE scope = ?", [SETUP])}
        begun = [
            ops.create(table, fields) for table, fields in records.items() if fields["id"] not in present
        ]
        admin = people.find_person(rows, ACCOUNTS[0][0])
        request = SyncRequest(protocol=PROTOCOL, client_id="demo", scope=SETUP, ops=begun)
        reply = Exchange(database.identity)(rows, admin, request).reply
        if reply.refused:
            raise SystemExit(f"The demo could not be made: {reply.refused[0].reason}")

    database.write_now(job)


def make_assets(database: Database, dataset: str, files: list[DemoFile], datasets_url: str) -> int:
    """Fill a dataset that is still empty; return how many assets it has."""
    root = datasets_url.rstrip("/")
    assets = [
        NewAsset(name=file.name, folder=file.folder, url=f"{root}/{quote(file.path)}") for file in files
    ]

    def job(rows: sqlite3.Connection) -> int:
        total = asset_total(rows, dataset)
        if total:
            return total
        for start in range(0, len(assets), MOST_ASSETS):
            total = append_assets(
                rows, dataset, NewAssets(start=start, assets=assets[start : start + MOST_ASSETS])
            )
        return total

    return database.write_now(job)


def _show(passwords: dict[str, str], home: Path) -> None:
    for email, password in passwords.items():
        print(f"{email:24} password: {password}")
    if passwords:
        print("These passwords are shown this once. Set a new one with:")
    else:
        print("The demo accounts are there already. Set a new password with:")
    print(f"  python -m sync_server.accounts --home {home} set-password EMAIL")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing of the demo; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sync_server.demo", description="Make the demo once.")
    parser.add_argument(
        "--home", type=Path, default=os.environ.get("LIMNER_HOME"), help="folder of the database"
    )
    parser.add_argument("--datasets-url", required=True, help="address of the datasets server")
    parser.add_argument("--assets", type=Path, required=True, help="list of the demo files (JSON)")
    given = parser.parse_args(arguments)
    if given.home is None:
        parser.error("say where the database lives: --home DIR or LIMNER_HOME")
    files = msgspec.json.decode(given.assets.read_bytes(), type=list[DemoFile])
    records: dict[str, Fields] = msgspec.json.decode(PROJECT.read_bytes())
    settings = Settings(home=Path(given.home))
    database = Database(settings.database)
    try:
        made = make_accounts(database, Passwords(settings.password_memory_kib, settings.password_rounds))
        make_records(database, records)
        total = make_assets(database, records["dataset"]["id"], files, given.datasets_url)
    finally:
        database.close()
    print(f"{records['project']['name']}: {total} images")
    _show(made, settings.home)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
