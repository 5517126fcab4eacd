"""Logs as one JSON object a line, without queries, headers or bodies."""

from __future__ import annotations

import logging
import sys
import time
from typing import cast

import structlog
from structlog.processors import JSONRenderer, format_exc_info
from structlog.stdlib import BoundLogger, ProcessorFormatter, filter_by_level
from structlog.typing import EventDict, WrappedLogger

_NAME = "datasets_server"

# Configured here and not by structlog.configure, which would hold for every program in this process.
logger = cast(
    BoundLogger,
    structlog.wrap_logger(
        logging.getLogger(_NAME),
        processors=[filter_by_level, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    ),
)
"""Keyword arguments become fields: ``logger.info("request", status=200)``."""


def start_logs() -> None:
    """Send our own log and the web server's to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ProcessorFormatter(processors=[format_exc_info, _order_fields, JSONRenderer()]))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_NAME).setLevel(logging.INFO)


def _order_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog")
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    line: EventDict = {
        "time": f"{moment}.{int(record.msecs):03d}Z",
        "level": record.levelname.lower(),
        "event": event.pop("event"),
    }
    trace = event.pop("exception", None)
    line.update(event)
    if trace:
        line["trace"] = trace
    return line
