"""The composition root: settings in, running daemon out. The one place that wires things together.

It holds no rule of its own: what it joins is decided and tested elsewhere.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping

from wooster.config.paths import Paths


def run_daemon(paths: Paths, environ: Mapping[str, str]) -> int:
    """Be the daemon until stopped; returns its exit code.

    Raises `HomeError` or `Busy` when it can't begin at all. With broken settings or a broken
    database it comes up in safe mode, so that `wooster status` can say what to mend.
    """
    # Nothing made while starting is garbage, and looking for it costs a tenth of the start. The
    # daemon switches collection on again once it serves.
    gc.disable()
    from wooster.bootstrap.daemon import live

    live(paths, environ)
    return 0
