"""Logs: one JSON object a line on standard error. Never a body, a query string, a cookie or a key."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import cast

import msgspec
import structlog
from structlog.processors import format_exc_info
from structlog.stdlib import BoundLogger, ExtraAdder, ProcessorFormatter, filter_by_level
from structlog.typing import EventDict, WrappedLogger


def get_logger(name: str) -> BoundLogger:
    """Return a logger whose keyword arguments become fields: ``logger.info("signed in", person=person)``."""
    # Configured here and not by structlog.configure, which would hold for every program in this process.
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[filter_by_level, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    return cast(BoundLogger, logger)


def set_up_logs(level: str) -> None:
    """Send all logs of this process to standard error as JSON, from ``level`` upwards."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[ExtraAdder()],
            processors=[format_exc_info, _order_fields, _render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def _order_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event.pop("_record")
    line: EventDict = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": event.pop("event"),
    }
    error = event.pop("exception", None)
    for internal in ("_from_structlog", "color_message"):
        event.pop(internal, None)
    line.update(event)
    if error:
        line["error"] = error
    return line


def _render(_: WrappedLogger, __: str, line: EventDict) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()
