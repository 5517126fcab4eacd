"""Settings from flags and environment variables. A flag replaces its variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from datasets_server import texts
from datasets_server.origins import LOOPBACK, check_origin

F = TypeVar("F", bound=Callable[..., Any])

_PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Settings:
    """All settings of the server.

    Parameters
    ----------
    root : Path
        The served folder, resolved.
    host, port : str, int
        Where to listen. Port 0 takes a free one.
    origins : tuple of str
        Origins whose pages may read the folder. ``localhost`` means every page from this computer, ``*`` all.
    names : tuple of str
        Public host names of this server (see `datasets_server.origins.may_name`). ``*`` means any.
    tls_cert, tls_key : Path or None
        Certificate chain and private key (PEM). With both the server uses https.
    """

    root: Path
    host: str = "127.0.0.1"
    port: int = 8000
    origins: tuple[str, ...] = (LOOPBACK,)
    names: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    connections_per_address: int = 1000

    def __post_init__(self) -> None:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise click.UsageError(texts.TLS_TOGETHER)


class Folder(click.ParamType[Path]):
    """An existing folder, with ``~`` expanded and links resolved."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the folder as a resolved path."""
        folder = Path(value).expanduser()
        if not folder.is_dir():
            self.fail(texts.not_a_folder(folder), param, ctx)
        return folder.resolve()


class Origin(click.ParamType[str]):
    """An origin as a browser spells it."""

    name = "origin"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the origin."""
        try:
            return check_origin(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class HostName(click.ParamType[str]):
    """A host name in lower case."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name."""
        return str(value).lower()


def option(name: str, variable: str, **given: Any) -> Callable[[F], F]:
    """Return a click option that also reads ``LIMNER_DATASETS_`` and ``variable``."""
    return click.option(name, envvar=f"LIMNER_DATASETS_{variable}", show_envvar=True, **given)


_OPTIONS = [
    option("--root", "ROOT", required=True, type=Folder(), help="Folder to serve."),
    option(
        "--host",
        "HOST",
        default=Settings.host,
        help="Address to listen on. 0.0.0.0 means all of this computer.",
    ),
    option(
        "--port",
        "PORT",
        default=Settings.port,
        type=click.IntRange(0, 65535),
        help="Port to listen on. 0 takes a free one.",
    ),
    option(
        "--origin",
        "ORIGINS",
        multiple=True,
        type=Origin(),
        default=Settings.origins,
        help="Site whose pages may read the folder, such as https://label.example.org. Can be repeated. "
        "'localhost' means every page from this computer, '*' every page on the web.",
    ),
    option(
        "--name",
        "NAMES",
        multiple=True,
        type=HostName(),
        help="Public host name of this server, such as images.example.org. Can be repeated. '*' means any. "
        "Addresses, localhost and names without a dot do not need it.",
    ),
    option("--tls-cert", "TLS_CERT", type=_PEM, help="Certificate chain (PEM), to serve https."),
    option("--tls-key", "TLS_KEY", type=_PEM, help="Private key of the certificate (PEM)."),
    option(
        "--connections-per-address",
        "CONNECTIONS_PER_ADDRESS",
        default=Settings.connections_per_address,
        type=click.IntRange(min=1),
        help="Most open connections of one address. Raise it for a proxy with many people behind it.",
    ),
]


def server_options(command: F) -> F:
    """Add the options of the server to a click command."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
