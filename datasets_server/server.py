"""The command line of the datasets server."""

from __future__ import annotations

import gc
import signal
import socket
import ssl
from pathlib import Path

import click
import uvicorn

from datasets_server import texts
from datasets_server.app import create_app
from datasets_server.logs import logger, start_logs
from datasets_server.origins import ANY, LOOPBACK, is_loopback
from datasets_server.settings import Settings, server_options
from serving.gate import Gate, Limits
from serving.http import limited


@click.command(context_settings={"show_default": True})
@server_options
def command(
    root: Path,
    host: str,
    port: int,
    origin: tuple[str, ...],
    name: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    connections_per_address: int,
) -> None:
    """Serve one folder over HTTP, read-only, for Limner.

    Stops on SIGINT and SIGTERM. Running downloads get ten seconds to finish.
    """
    serve(Settings(root, host, port, origin, name, tls_cert, tls_key, connections_per_address))


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then let running downloads finish (10 seconds at most).

    Raises
    ------
    click.ClickException
        When the certificate or the address cannot be used.
    """
    start_logs()
    try:
        _check_certificate(settings)
    except ssl.SSLError as error:
        raise click.ClickException(texts.bad_certificate(error.reason or str(error))) from None
    try:
        listener = _listen(settings)
    except OSError as error:
        raise click.ClickException(
            texts.cannot_listen(settings.host, settings.port, error.strerror)
        ) from None
    _announce(settings, listener.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            http=limited(Gate(Limits(per_address=settings.connections_per_address), logger.warning)),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
            timeout_graceful_shutdown=10,
        )
    )
    # uvicorn raises the signal again once it has stopped. By then it means success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # What the start made stays until the end, so the garbage collector need not look at it.
    gc.freeze()
    gc.enable()
    server.run(sockets=[listener])
    logger.info("stopped")


def _check_certificate(settings: Settings) -> None:
    if settings.tls_cert is not None:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)


def _listen(settings: Settings) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=2048)


def _announce(settings: Settings, port: int) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_cert is not None else "http"
    origins = list(settings.origins)
    logger.info("listening", url=f"{scheme}://{host}:{port}/", root=str(settings.root), origins=origins)
    if ANY in settings.origins:
        logger.warning(texts.ALL_PAGES, hint=texts.ALL_PAGES_HINT)
    elif settings.origins == (LOOPBACK,) and not is_loopback(settings.host):
        logger.warning(texts.LOCAL_PAGES, hint=texts.LOCAL_PAGES_HINT)


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    command.main(args=arguments, prog_name="python -m datasets_server")
