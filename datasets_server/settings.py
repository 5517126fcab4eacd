"""Settings from flags and environment variables; a flag wins over its variable."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets_server.origins import LOOPBACK, check_origin

PREFIX = "LIMNER_DATASETS_"


@dataclass(frozen=True)
class Settings:
    """Everything that the server can be told.

    Parameters
    ----------
    root : Path
        The served folder, resolved.
    host, port : str, int
        Where to listen; port 0 takes a free one.
    origins : tuple of str
        Origins whose pages may read the folder; ``localhost`` means every page from this machine, ``*`` all.
    names : tuple of str
        Public host names of this server (see `datasets_server.origins.may_name`); ``*`` means any.
    tls_cert, tls_key : Path or None
        Certificate chain and private key (PEM); with both the server speaks https.
    """

    root: Path
    host: str = "127.0.0.1"
    port: int = 8000
    origins: tuple[str, ...] = (LOOPBACK,)
    names: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read settings; a wrong one ends the program with status 2 and a sentence that says which.

    Parameters
    ----------
    arguments : sequence of str
        Command line without the program's name.
    environment : mapping of str to str
        Environment variables; lists are separated by spaces.
    """
    parser = _parser(environment)
    given = parser.parse_args(arguments)
    if given.root is None:
        parser.error(f"which folder shall be served? Give --root or {PREFIX}ROOT.")
    root = Path(given.root).expanduser()
    if not root.is_dir():
        parser.error(f"--root: {root} is not a folder.")
    try:
        port = int(given.port)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        parser.error(f"--port: {given.port} is not a port number (0 to 65535).")
    try:
        origins = tuple(check_origin(text) for text in given.origin or _words(environment, "ORIGINS"))
    except ValueError as error:
        parser.error(f"--origin: {error}")
    if bool(given.tls_cert) != bool(given.tls_key):
        parser.error("--tls-cert and --tls-key belong together; only one of them is given.")
    tls = [Path(given.tls_cert), Path(given.tls_key)] if given.tls_cert else [None, None]
    for file in tls:
        if file is not None and not file.is_file():
            parser.error(f"{file} is not a file; --tls-cert and --tls-key take PEM files.")
    names = tuple(name.lower() for name in given.name or _words(environment, "NAMES"))
    return Settings(root.resolve(), given.host, port, origins or (LOOPBACK,), names, *tls)


def _words(environment: Mapping[str, str], name: str) -> list[str]:
    return environment.get(PREFIX + name, "").split()


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m datasets_server", description="Serve one folder over HTTP, read-only, for Limner."
    )
    parser.add_argument("--root", default=environment.get(PREFIX + "ROOT"), help="folder to serve")
    parser.add_argument(
        "--host",
        default=environment.get(PREFIX + "HOST", "127.0.0.1"),
        help="address to listen on (%(default)s)",
    )
    parser.add_argument(
        "--port",
        default=environment.get(PREFIX + "PORT", "8000"),
        help="port, 0 takes a free one (%(default)s)",
    )
    parser.add_argument(
        "--origin",
        action="append",
        help="site whose pages may read the folder, such as https://label.example.org; repeatable; "
        "'localhost' (the default) means every page from this machine, '*' every page there is",
    )
    parser.add_argument(
        "--name",
        action="append",
        help="public host name of this server, such as images.example.org; repeatable; '*' means any. "
        "Addresses, localhost and names without a dot need no --name",
    )
    parser.add_argument(
        "--tls-cert",
        default=environment.get(PREFIX + "TLS_CERT"),
        help="certificate chain (PEM); with --tls-key serves https",
    )
    parser.add_argument(
        "--tls-key",
        default=environment.get(PREFIX + "TLS_KEY"),
        help="private key of the certificate (PEM)",
    )
    return parser
