"""JSON logs with rotation: one object a line, and no words of a message unless asked for.

A record's fields come in `extra={"fields": {...}}`; the event's name is the message.

What programs write to their outputs goes into files that somebody else holds open (the system, for
a service): those are shortened where they are.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from wooster.config.settings import Logging

_STREAMS = ("daemon.err", "*-server.log")
_STREAM_BYTES = 5 * 1024 * 1024
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


def shorten(folder: Path, limit_bytes: int = _STREAM_BYTES) -> list[Path]:
    """Put aside what outgrew `limit_bytes` of the files that take programs' outputs; those that it
    did so for. Who writes there appends, and so goes on at the new end. Blocking; a file that can't
    be shortened is left, since that must not end the daemon, and is tried again within the hour."""
    done = []
    for pattern in _STREAMS:
        for path in folder.glob(pattern):
            try:
                if path.stat().st_size > limit_bytes:
                    _put_aside(path)
                    done.append(path)
            except OSError as error:
                told = {"file": str(path), "error": str(error)}
                logging.getLogger(__name__).error("log.not_shortened", extra={"fields": told})
    return done


def _put_aside(path: Path) -> None:
    aside = path.with_name(f"{path.name}.1")
    shutil.copyfile(path, aside)
    aside.chmod(0o600)
    os.truncate(path, 0)
