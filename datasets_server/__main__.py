"""Start the datasets server: ``python -m datasets_server --root DIR``."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import sys

import uvicorn

from datasets_server.app import create_app
from datasets_server.logs import log, start_logs
from datasets_server.origins import ANY, LOOPBACK, is_loopback
from datasets_server.settings import Settings, read_settings


def main() -> int:
    """Serve until SIGINT or SIGTERM, then let running downloads end (10 seconds at most)."""
    settings = read_settings(sys.argv[1:], os.environ)
    start_logs()
    try:
        _check_certificate(settings)
    except ssl.SSLError as error:
        print(f"The certificate and its key cannot be used: {error.reason or error}.", file=sys.stderr)
        return 1
    try:
        listener = _listen(settings)
    except OSError as error:
        print(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Choose another with --host or --port.",
            file=sys.stderr,
        )
        return 1
    _announce(settings, listener.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            ws="none",
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
            timeout_graceful_shutdown=10,
        )
    )
    # Uvicorn raises the signal that stopped it once more when it is done; a stop on request is no failure.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    log("stopped")
    return 0


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
    log("listening", url=f"{scheme}://{host}:{port}/", root=str(settings.root), origins=origins)
    if ANY in settings.origins:
        log("every web page can read this folder", 30, hint="name your own site with --origin")
    elif settings.origins == (LOOPBACK,) and not is_loopback(settings.host):
        log("only pages from this machine can read this folder", 30, hint="add --origin and your site")


if __name__ == "__main__":
    sys.exit(main())
