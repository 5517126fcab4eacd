"""Accounts from the command line: create the first admin, reset a password, list who can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from sync_server import accounts, texts
from sync_server.errors import ApiError
from sync_server.passwords import Passwords, random_password
from sync_server.settings import Settings, home_option, run_command
from sync_server.storage import Storage, StorageError, Transaction, open_storage
from sync_server.storage.rows import Account
from webapp.py.domain.permissions import ROLES, Role


def create_with_password(
    storage: Storage, passwords: Passwords, *, email: str, name: str, role: Role | None
) -> str:
    """Create an account with a random password and return the password. Only its hash is stored."""
    password = random_password()
    hashed = passwords.hash_now(password)
    storage.write_now(
        lambda transaction: accounts.create_account(
            transaction, email=email, name=name, role=role, password_hash=hashed
        )
    )
    return password


def reset_password(storage: Storage, passwords: Passwords, email: str) -> str:
    """Give an account a new random password, end its sessions and keys, and return the password."""
    password = random_password()
    hashed = passwords.hash_now(password)

    def job(transaction: Transaction) -> None:
        accounts.reset_password(transaction, accounts.find_person(transaction, email), hashed)

    storage.write_now(job)
    return password


def new_passwords(home: Path) -> Passwords:
    """Return what hashes passwords as the server in this folder does."""
    settings = Settings(home=home)
    return Passwords(settings.password_memory_kib, settings.password_rounds)


@contextmanager
def opened(home: Path) -> Iterator[Storage]:
    """Open the storage for a command. A rule that the command breaks ends it with the rule's message."""
    try:
        storage = open_storage(home)
    except StorageError as error:
        raise click.ClickException(texts.cannot_open(home, error)) from None
    try:
        yield storage
    except ApiError as error:
        raise click.ClickException(str(error)) from None
    except StorageError as error:
        raise click.ClickException(texts.cannot_open(home, error)) from None
    finally:
        storage.close()


def _line(account: Account) -> str:
    state = "disabled" if account.disabled else account.role or "by project"
    return f"{account.email:40} {state:12} {account.name}"


@click.group()
@home_option
@click.pass_context
def command(context: click.Context, home: Path) -> None:
    """Manage accounts. You can do this while the server is running."""
    context.obj = home


@command.command("list")
@click.pass_obj
def list_command(home: Path) -> None:
    """Show all accounts."""
    with opened(home) as storage:
        for account in storage.look(lambda transaction: transaction.accounts.all()):
            click.echo(_line(account))


@command.command("create")
@click.argument("email")
@click.option("--name", help="Name that others see. Default: the e-mail address up to the @.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    help="Role in the organization. Without one, the account sees only the projects it is a member of.",
)
@click.pass_obj
def create_command(home: Path, email: str, name: str | None, role: Role | None) -> None:
    """Create an account and print its password."""
    with opened(home) as storage:
        password = create_with_password(
            storage, new_passwords(home), email=email, name=name or email.partition("@")[0], role=role
        )
        click.echo(f"{email}  password: {password}")


@command.command("set-password")
@click.argument("email")
@click.pass_obj
def set_password_command(home: Path, email: str) -> None:
    """Give an account a new password and print it."""
    with opened(home) as storage:
        click.echo(f"{email}  password: {reset_password(storage, new_passwords(home), email)}")


@command.command("keys")
@click.argument("email")
@click.pass_obj
def keys_command(home: Path, email: str) -> None:
    """Show the API keys of an account."""
    with opened(home) as storage:
        for key in storage.look(
            lambda transaction: accounts.list_keys(transaction, accounts.find_person(transaction, email))
        ):
            created = datetime.fromtimestamp(key.created_at / 1000, UTC)
            click.echo(f"{key.id:38} {created:%Y-%m-%d} {key.name}")


@command.command("revoke-key")
@click.argument("email")
@click.argument("key")
@click.pass_obj
def revoke_key_command(home: Path, email: str, key: str) -> None:
    """Revoke an API key of an account. KEY is its id, as the command `keys` shows it."""
    with opened(home) as storage:
        storage.write_now(
            lambda transaction: accounts.revoke_key(
                transaction, accounts.find_person(transaction, email), key
            )
        )
        click.echo(texts.key_revoked(key))


def main(arguments: list[str] | None = None) -> int:
    """Run one command."""
    return run_command(command, arguments, "python -m sync_server.accounts")
