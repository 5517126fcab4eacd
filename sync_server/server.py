"""Runs the application on a socket until a signal stops it."""

from __future__ import annotations

import gc
import signal
from types import FrameType
from typing import Any

import click
import uvicorn

from serving.gate import Gate, Limits
from serving.http import limited
from sync_server import texts
from sync_server.app import create_app
from sync_server.logs import get_logger, set_up_logs
from sync_server.routes.sync import MOST_BODY_BYTES
from sync_server.settings import Settings, check_settings, run_command, server_options
from sync_server.state import Server
from sync_server.storage import StorageError

logger = get_logger("sync_server")


class StoppableServer(uvicorn.Server):
    """uvicorn that closes the event streams when it stops. They would not end by themselves."""

    def __init__(self, config: uvicorn.Config, server: Server) -> None:
        super().__init__(config)
        self._server = server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle the signal to stop."""
        logger.info("stopping", signal=sig)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Close the event streams, let requests finish, then stop."""
        self._server.change_feed.close()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Running requests are answered first."""
    set_up_logs(settings.log_level)
    try:
        app = create_app(settings)
    except StorageError as error:
        raise click.ClickException(texts.cannot_open(settings.home, error)) from None
    limits = Limits(per_address=settings.connections_per_address, body_bytes=MOST_BODY_BYTES)
    config = uvicorn.Config(
        app,
        http=limited(Gate(limits, logger.warning)),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        log_config=None,
        access_log=False,
        server_header=False,
        # Sign-in attempts are counted by address, so only a known proxy may say whose a request is.
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=settings.trusted_proxy or None,
        timeout_graceful_shutdown=10,
        ws="none",
    )
    # uvicorn raises the signal again once it has stopped. By then it means success.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _leave)
    logger.info("starting", host=settings.host, port=settings.port, home=str(settings.home))
    # What the start made stays until the end, so the garbage collector need not look at it.
    gc.freeze()
    gc.enable()
    StoppableServer(config, app.state.server).run()


@click.command(context_settings={"show_default": True})
@server_options
def command(**values: Any) -> None:
    """Run Limner's sync server."""
    settings = Settings(**values)
    check_settings(settings)
    run(settings)


def main(arguments: list[str] | None = None) -> int:
    """Run the server with the settings of the command line and the environment."""
    return run_command(command, arguments, "python -m sync_server")
