"""A process whose memory isn't written to disk when it crashes: conversations and keys are there.

It knows one limit of the system, which holds for everything that the process starts too.
"""

from __future__ import annotations

import resource


def forbid() -> None:
    """From now on, for good: nobody but root can raise the limit again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
