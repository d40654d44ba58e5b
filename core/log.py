"""Logs: one JSON object a line on standard error. Counts and rule names, never values from the data."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
            **getattr(record, "counts", {}),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def start(level: int = logging.INFO) -> None:
    """Send our log lines to standard error; safe to call twice."""
    logger = logging.getLogger("monitor")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_JsonLines())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(level)


def event(source: str, what: str, **counts: int | float | str) -> None:
    """Log one event of `source` with its counts."""
    logging.getLogger(f"monitor.{source}").info(what, extra={"counts": counts})
