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
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from wooster.config.settings import Logging

_STREAMS = ("daemon.err", "*-server.log")
_STREAM_BYTES = 5 * 1024 * 1024
_MESSAGE_FIELDS = frozenset({"text", "question", "answer"})
_MOST_CAUSES = 10

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonLines(logging.Formatter):
    """`{"time": …, "level": …, "event": …, fields…}`."""

    def __init__(self, *, message_text: bool) -> None:
        super().__init__()
        self._message_text = message_text

    def format(self, record: logging.LogRecord) -> str:
        event = record.getMessage()
        if not (self._message_text or record.name.startswith("wooster")):
            # asyncio writes below it what failed, with all that was in the way.
            event = event.partition("\n")[0]
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": event,
        }
        for key, value in getattr(record, "fields", {}).items():
            if self._message_text or key not in _MESSAGE_FIELDS:
                line[key] = value
        if record.exc_info and record.exc_info[1] is not None:
            with_words = self._message_text
            told = self.formatException if with_words else _without_words
            line["traceback"] = told(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _without_words(failed: ExcInfo) -> str:
    """A traceback that says where and which kind, without what the exceptions say: that may be a
    person's words, or a key."""
    told: list[str] = []
    error: BaseException | None = failed[1]
    while error is not None and len(told) < _MOST_CAUSES:
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
        if isinstance(error, BaseExceptionGroup):
            told.extend(type(each).__qualname__ for each in error.exceptions)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nafter\n\n".join(reversed(told))


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
