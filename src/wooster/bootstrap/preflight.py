"""Whether this version could take over from the daemon that runs, tried without touching it.

The settings are read, everything that the daemon is made of is loaded, and the migrations that the
database lacks are tried on a copy of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from wooster import __version__
from wooster.config import last_good
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import SystemClock
from wooster.core.errors import WoosterError
from wooster.daemon import update
from wooster.storage.rehearsal import rehearse


def check(paths: Paths, environ: Mapping[str, str]) -> list[str]:
    """The migrations that were tried. Raises why this version can't take over, with the way back to
    the one that can; the daemon that runs tells it too from then on."""
    paths.prepare()
    clock = SystemClock()
    try:
        load_settings(paths, environ)
        _load()
        tried = rehearse(paths.database, paths.backups, paths.cache, clock)
    except WoosterError as problem:
        problem.hint = last_good.with_way_back(problem.hint, paths)
        update.refuse(paths, problem, __version__, clock)
        raise
    update.clear(paths)
    return tried


def _load() -> None:
    """What the daemon is made of: these bring all else."""
    try:
        from wooster.bootstrap import daemon, whole  # noqa: F401 # for what they raise
    except (ImportError, SyntaxError) as error:  # of a library that is missing, or half a file
        raise WoosterError(
            f"A part of Wooster {__version__} can't be loaded: {error}.",
            hint="Install this version again, with what it needs.",
        ) from error
