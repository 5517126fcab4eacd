"""The settings of a server, from flags and environment variables. A flag replaces its variable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

from sync_server import texts

F = TypeVar("F", bound=Callable[..., Any])

LOG_LEVELS = ("debug", "info", "warning", "error")


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one server. Only ``home`` has no default."""

    home: Path
    """Folder of the database, created when missing."""
    host: str = "127.0.0.1"
    port: int = 8090
    site: Path | None = None
    """Folder of the built site, served at ``/``."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str = ""
    """The address people type when the server is behind a proxy (``https://labels.example.org``)."""
    log_level: str = "info"
    session_days: int = 30
    password_memory_kib: int = 19_456
    """Memory of one password check. With ``password_rounds``, the minimum that OWASP advises for argon2id."""
    password_rounds: int = 2
    sign_in_attempts: int = 8
    """Failed sign-ins per account and address within ``sign_in_window_s``. Then 429."""
    sign_in_attempts_of_address: int = 60
    """Failed sign-ins of one address, at any accounts, within ``sign_in_window_s``. Then 429."""
    sign_in_window_s: int = 300
    trusted_proxy: str = ""
    """Addresses of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed, with commas."""
    connections_per_address: int = 1000
    """Open connections of one address. Everybody behind a proxy has the address of the proxy."""
    event_streams: int = 20
    """Open event streams of one person. A browser has one for each of its tabs."""
    keep_alive_s: float = 15.0
    """Seconds between comments on a silent event stream."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach this server by https."""
        return self.tls_cert is not None or self.public_url.startswith("https://")


_DEFAULT = Settings(home=Path())


def option(name: str, **given: Any) -> Callable[[F], F]:
    """Return a click option with its environment variable: ``--public-url`` is ``LIMNER_PUBLIC_URL``."""
    variable = f"LIMNER_{name.removeprefix('--').replace('-', '_').upper()}"
    return click.option(name, envvar=variable, show_envvar=True, **given)


home_option = option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database. Created when missing.",
)

_OPTIONS = [
    home_option,
    option("--host", default=_DEFAULT.host, help="Address to listen on. 0.0.0.0 means all of this computer."),
    option("--port", default=_DEFAULT.port, type=click.IntRange(0, 65535), help="Port to listen on."),
    option("--site", type=click.Path(path_type=Path), help="Folder of the built site to serve."),
    option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain (PEM), to serve https."),
    option("--tls-key", type=click.Path(path_type=Path), help="Private key of the certificate (PEM)."),
    option("--public-url", default="", help="The address people type when the server is behind a proxy."),
    option(
        "--log-level",
        default=_DEFAULT.log_level,
        type=click.Choice(LOG_LEVELS, case_sensitive=False),
        help="debug logs every request, info only failed ones.",
    ),
    option(
        "--session-days",
        default=_DEFAULT.session_days,
        type=click.IntRange(min=1),
        help="Days until a sign-in expires.",
    ),
    option(
        "--trusted-proxy",
        default="",
        help="Address of the proxy in front, whose X-Forwarded-For says who asks. Several with commas.",
    ),
    option(
        "--connections-per-address",
        default=_DEFAULT.connections_per_address,
        type=click.IntRange(min=1),
        help="Most open connections of one address. Raise it for a proxy with many people behind it.",
    ),
]


def server_options(command: F) -> F:
    """Add the options of the server to a click command."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


def check_settings(settings: Settings) -> None:
    """Reject settings that contradict each other.

    Raises
    ------
    click.UsageError
        When a certificate has no key, or a key no certificate.
    """
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise click.UsageError(texts.TLS_TOGETHER)


def run_command(command: click.Command, arguments: list[str] | None, program: str) -> int:
    """Run a command and return 0.

    Raises
    ------
    SystemExit
        With the exit code, when the command failed. Its message is on standard error.
    """
    try:
        command.main(args=arguments, prog_name=program)
    except SystemExit as leaving:
        if leaving.code:
            raise
    return 0
