"""Logs as one JSON object a line, without queries, headers or bodies."""

from __future__ import annotations

import json
import logging
import sys
import time

LOG = logging.getLogger("datasets_server")


class JsonLines(logging.Formatter):
    """Formats a record as JSON: time, level, event, and the fields that the caller gave in ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"time": f"{moment}.{int(record.msecs):03d}Z", "level": record.levelname.lower()}
        line["event"] = record.getMessage()
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def start_logs() -> None:
    """Send our own and the web server's records to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    LOG.setLevel(logging.INFO)


def log(event: str, level: int = logging.INFO, trace: bool = False, **fields: object) -> None:
    """Write one line, for example ``log("request", status=200)``."""
    LOG.log(level, event, exc_info=trace, extra={"fields": fields})
