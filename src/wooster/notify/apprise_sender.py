"""The program that `apprise_urls` starts: one message from its input, to all addresses in it.

It says nothing but by its exit code: what the library tells of a failure has the addresses in it.
"""

from __future__ import annotations

import json
import logging
import sys


def main() -> int:
    """0: all took it · 1: some didn't · 3: no library · 4: an address that it doesn't know."""
    logging.disable(logging.CRITICAL)
    try:
        from apprise import Apprise
    except ImportError:
        return 3
    told = json.loads(sys.stdin.buffer.read())
    services = Apprise()
    if not all(services.add(url) for url in told["urls"]):
        return 4
    return 0 if services.notify(body=told["text"], title=told["title"]) else 1


if __name__ == "__main__":
    sys.exit(main())
