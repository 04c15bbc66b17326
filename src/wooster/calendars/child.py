"""The process that reads .ics texts, `python -m` this module: one request, then it ends.

The request is a line of JSON on stdin, the answers are lines of JSON on stdout. It has no network,
opens no file, and lets everything else on the machine go first. A text that takes all memory, or
never ends, takes this process with it and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

_NICENESS = 10
_MOST_TOLD = 20


def main() -> int:
    memory_bytes, alarm_s = int(sys.argv[1]), int(sys.argv[2])
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    for kind, limit in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        # macOS has no limit of the first kind.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, limit))
    # The parent ends a child that takes too long. Should the parent be gone, this does.
    signal.alarm(alarm_s)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints goes to stderr instead of between the answers
    request = json.loads(sys.stdin.buffer.read())
    with contextlib.suppress(BrokenPipeError):
        for answer in _answers(request):
            answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


def _answers(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{"row": …}` for each instance, `{"told": …}` for each thing that is wrong, both with the
    `object` that they are of; `{"name": …}` for a text's own name; last `{"done": true}`."""
    from wooster.calendars import blocks, expanding

    window = expanding.Window(
        date.fromisoformat(request["first"]), date.fromisoformat(request["end"])
    )
    count = 0
    for number, text in enumerate(request["texts"]):
        told: list[str] = []
        if name := blocks.calendar_name(text):
            yield {"object": number, "name": name}
        try:
            for row in expanding.expand(text, window, request["addresses"], told.append):
                count += 1
                if count > expanding.MOST_OF_ALL:
                    told.append(f"only {expanding.MOST_OF_ALL} of its times are kept")
                    break
                yield {"object": number, "row": row}
        except ValueError as error:
            told.append(str(error))
        for each in told[:_MOST_TOLD]:
            yield {"object": number, "told": each}
        if len(told) > _MOST_TOLD:
            yield {"object": number, "told": f"and {len(told) - _MOST_TOLD} more like these"}
        if count > expanding.MOST_OF_ALL:
            break
    yield {"done": True}


if __name__ == "__main__":
    sys.exit(main())
