"""Identifiers: unique, and in the order in which they were made.

The layout is RFC 9562's UUID version 7 (48 bits of Unix milliseconds, then random bits), so that
an index on an id stays append-only. It knows nothing of what an id names.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from wooster.core.clock import to_ms


def new_id(instant: datetime) -> str:
    """A fresh UUIDv7 for something that came into being at `instant`, as 36 characters."""
    milliseconds = to_ms(instant) & ((1 << 48) - 1)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)  # version 7
    value = (value & ~(0x3 << 62)) | (0x2 << 62)  # RFC 9562 variant
    return str(uuid.UUID(int=value))
