"""Accounts from the command line: make the first admin, reset a password, list who can sign in."""

from __future__ import annotations

import argparse
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sync_server import people
from sync_server.database import Database
from sync_server.passwords import Passwords, random_password
from sync_server.people import Account
from sync_server.problems import Refused
from sync_server.settings import Settings
from webapp.py.domain.permissions import ROLES, Role


def make_account(
    database: Database, passwords: Passwords, *, email: str, name: str, role: Role | None
) -> str:
    """Make an account with a random password and return that; only its hash is stored."""
    password = random_password()
    hashed = passwords.hash_now(password)
    database.write_now(
        lambda rows: people.create_account(rows, email=email, name=name, role=role, password_hash=hashed)
    )
    return password


def reset_password(database: Database, passwords: Passwords, email: str) -> str:
    """Give an account a new random password, end its sessions, and return the password."""
    password = random_password()
    hashed = passwords.hash_now(password)

    def job(rows: sqlite3.Connection) -> None:
        people.set_password(rows, people.find_person(rows, email), hashed)

    database.write_now(job)
    return password


def _line(account: Account) -> str:
    state = "disabled" if account.disabled else account.role or "by project"
    return f"{account.email:40} {state:12} {account.name}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync_server.accounts", description=__doc__)
    parser.add_argument("--home", type=Path, help="folder of the database (or LIMNER_HOME)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show all accounts")
    create = commands.add_parser("create", help="make an account and print its password")
    create.add_argument("email")
    create.add_argument("--name")
    create.add_argument("--role", choices=ROLES, help="role in the organisation; none: single projects only")
    reset = commands.add_parser("set-password", help="give an account a new password and print it")
    reset.add_argument("email")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    home = given.home or os.environ.get("LIMNER_HOME")
    if not home:
        parser.error("say where the database lives: --home DIR or LIMNER_HOME")
    settings = Settings(home=Path(home))
    database = Database(settings.database)
    passwords = Passwords(settings.password_memory_kib, settings.password_rounds)
    try:
        if given.command == "list":
            for account in database.look(people.list_accounts):
                print(_line(account))
        elif given.command == "create":
            name = given.name or given.email.partition("@")[0]
            password = make_account(database, passwords, email=given.email, name=name, role=given.role)
            print(f"{given.email}  password: {password}")
        else:
            print(f"{given.email}  password: {reset_password(database, passwords, given.email)}")
    except Refused as error:
        parser.exit(1, f"{error}\n")
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
