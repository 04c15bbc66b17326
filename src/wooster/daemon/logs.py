"""JSON logs with rotation: one object a line, and no words of a message unless asked for.

A record's fields come in `extra={"fields": {...}}`; the event's name is the message.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
from datetime import UTC, datetime
from pathlib import Path

from wooster.config.settings import Logging

_MESSAGE_FIELDS = frozenset({"text", "question", "answer"})


class JsonLines(logging.Formatter):
    """`{"time": …, "level": …, "event": …, fields…}`."""

    def __init__(self, *, message_text: bool) -> None:
        super().__init__()
        self._message_text = message_text

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        for key, value in getattr(record, "fields", {}).items():
            if self._message_text or key not in _MESSAGE_FIELDS:
                line[key] = value
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(path: Path, settings: Logging) -> None:
    """Send every log record of this process to `path`, rotated by size. Call it once."""
    handler = logging.handlers.RotatingFileHandler(
        path,
        maxBytes=settings.max_megabytes * 1024 * 1024,
        backupCount=settings.keep,
        encoding="utf-8",
        errors="replace",
    )
    path.chmod(0o600)
    handler.setFormatter(JsonLines(message_text=settings.message_text))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # A disk that is full must not end the daemon because a log line can't be written.
    logging.raiseExceptions = False
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
