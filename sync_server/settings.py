"""What an administrator may set, by flag or by environment variable (the flag wins)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one server. Only ``home`` has no default."""

    home: Path
    """Folder of the database; made when missing."""
    host: str = "127.0.0.1"
    port: int = 8090
    site: Path | None = None
    """Folder of the built site, served at ``/``."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str = ""
    """The address people type, where a proxy stands in front (``https://labels.example.org``)."""
    log_level: str = "info"
    session_days: int = 30
    password_memory_kib: int = 19_456
    """Memory of one password check; with ``password_rounds`` the minimum that OWASP advises for argon2id."""
    password_rounds: int = 2
    sign_in_attempts: int = 8
    """Failed sign-ins per account and address within ``sign_in_window_s``; then 429."""
    sign_in_window_s: int = 300
    keep_alive_s: float = 15.0
    """Seconds between comments on a silent event stream."""

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.home / "limner.db"

    @property
    def secure(self) -> bool:
        """Whether browsers reach this server by https."""
        return self.tls_cert is not None or self.public_url.startswith("https://")


_OPTIONS: list[tuple[str, type[Any], str]] = [
    ("home", Path, "folder of the database; made when missing"),
    ("host", str, "address to listen on (default 127.0.0.1: this machine only)"),
    ("port", int, "port to listen on (default 8090)"),
    ("site", Path, "folder of the built site to serve"),
    ("tls-cert", Path, "certificate chain (PEM); with --tls-key serves https"),
    ("tls-key", Path, "private key of the certificate (PEM)"),
    ("public-url", str, "the address people type, where a proxy stands in front"),
    ("log-level", str, "debug, info, warning or error"),
    ("session-days", int, "days until a sign-in expires (default 30)"),
]


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Return the settings from command-line arguments and ``LIMNER_*`` environment variables.

    Raises
    ------
    SystemExit
        When an argument is unknown or makes no sense; argparse has then said so.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sync_server",
        description="Limner's sync server.",
        epilog="Each flag has an environment variable: --public-url is LIMNER_PUBLIC_URL.",
    )
    for name, _, text in _OPTIONS:
        parser.add_argument(f"--{name}", help=text)
    given = vars(parser.parse_args(arguments))
    values: dict[str, Any] = {}
    for name, kind, _ in _OPTIONS:
        field = name.replace("-", "_")
        value = given[field] if given[field] is not None else environment.get(f"LIMNER_{field.upper()}")
        if value is None or value == "":
            continue
        try:
            values[field] = kind(value)
        except ValueError:
            parser.error(f"--{name} must be a number, not {value!r}")
    if "home" not in values:
        parser.error("say where the database lives: --home DIR or LIMNER_HOME")
    if ("tls_cert" in values) != ("tls_key" in values):
        parser.error("--tls-cert and --tls-key belong together; only one of them is given")
    if values.get("log_level", "info") not in ("debug", "info", "warning", "error"):
        parser.error("--log-level is debug, info, warning or error")
    return Settings(**values)
