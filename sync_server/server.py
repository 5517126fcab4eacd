"""Runs the application on a socket until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import uvicorn

from sync_server.app import create_app
from sync_server.logs import set_up_logs
from sync_server.settings import Settings, read_settings
from sync_server.state import Server

logger = logging.getLogger("sync_server")


class StoppableServer(uvicorn.Server):
    """uvicorn, closing the event streams first when it is told to stop; they would not end by themselves."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal to stop."""
        logger.info("stopping", extra={"signal": sig})
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Close the event streams, let requests finish, then stop."""
        self._server.hub.close()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished and answered first."""
    set_up_logs(settings.log_level)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        log_config=None,
        access_log=False,
        server_header=False,
        # An address that a client claims is not an address; sign-in attempts are counted by it.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        ws="none",
    )
    # uvicorn raises the signal again once it has stopped; by then it means: done.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _leave)
    logger.info("starting", extra={"host": settings.host, "port": settings.port, "home": str(settings.home)})
    StoppableServer(config, app.state.server).run()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server with the settings of the command line and the environment; return its exit code."""
    settings = read_settings(sys.argv[1:] if arguments is None else arguments, os.environ)
    run(settings)
    return 0
