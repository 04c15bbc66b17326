"""`wooster restore`: with the daemon stopped, and its lock held, so that none starts meanwhile."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from wooster.bootstrap import servicing
from wooster.bootstrap.forgetting import clearable
from wooster.config.loading import usable_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import SystemClock
from wooster.core.errors import NotConfirmed
from wooster.core.text import counted
from wooster.daemon.socket import only_daemon
from wooster.repl.commands import show_markdown
from wooster.repl.launch import running
from wooster.repl.reader import LineReader
from wooster.repl.say import write_json
from wooster.repl.terminal import Terminal
from wooster.safekeeping import showing
from wooster.safekeeping.going_back import GoingBack, Restored
from wooster.safekeeping.owned import OwnedFiles
from wooster.safekeeping.service import looked_at
from wooster.tasks.folder import place


def restore(paths: Paths, environ: Mapping[str, str], which: str, *, yes: bool) -> int:
    """Go back to the backup that `which` names, the newest for ""; returns the exit code."""
    out, aside = Terminal(sys.stdout), Terminal(sys.stderr)
    paths.prepare()
    settings = _settings(paths, environ, aside)
    clock = SystemClock(ZoneInfo(settings.person.zone) if settings.person.zone else None)
    owned = OwnedFiles(paths, settings)
    going = GoingBack(paths, owned, clock, clearable(paths, settings))
    copy = going.choose(which)
    tested = going.test(copy)
    is_running = running(paths)
    question = (
        f"Go back to {showing.when(copy, clock.zone)} ({showing.why(copy)}:"
        f" {showing.holding(tested)})? What there is now is kept as a backup."
    )
    if is_running:
        question += " Wooster is stopped for it, and started again."
    reader = LineReader(sys.stdin, aside)
    if not yes and not reader.can_choose:
        aside.line(question)
    if not yes and not reader.confirm(question):
        aside.line("Nothing was done. In a script, say --yes.")
        return NotConfirmed.exit_code
    if is_running:
        servicing.stop(paths)
    try:
        with only_daemon(paths):
            done = asyncio.run(going.restore(copy, lambda told: aside.line(f"{told} …", "dim")))
    finally:
        if is_running:
            servicing.resume(paths, aside.line)
    show_markdown(out, _told(done, clock))
    return 0


def list_backups(paths: Paths, environ: Mapping[str, str], *, as_json: bool) -> int:
    """List them, each restored as a test; returns the exit code. No daemon is needed."""
    out, aside = Terminal(sys.stdout), Terminal(sys.stderr)
    aside.line("reading each backup as a restore would …", "dim")
    found = looked_at(paths.backups)
    zone = _settings(paths, environ, aside).person.zone
    if as_json:
        write_json(out, {"backups": [dict(showing.data(each)) for each in found]})
    else:
        show_markdown(out, showing.listed_text(found, ZoneInfo(zone) if zone else None))
    return 1 if any(each.problem for each in found) else 0


def _settings(paths: Paths, environ: Mapping[str, str], aside: Terminal) -> Settings:
    """Those that can be used: who goes back may do so because some can't."""
    settings, wrong = usable_settings(paths, environ)
    for each in wrong:
        aside.line(f"{each.message} {each.hint}")
    if wrong:
        tasks = place(paths.home, settings.tasks.folder)
        aside.line(f"Going on without that; the folder of tasks is {tasks}.")
    return settings


def _told(done: Restored, clock: SystemClock) -> str:
    lines = [
        f"This is {showing.when(done.copy, clock.zone)} again: {showing.holding(done.tested)}."
    ]
    if done.tested.files is None:
        lines.append("That backup is of the database only: files are as they were.")
    if done.kept is not None:
        lines.append(f"What there was before is kept: `wooster restore {done.kept.name}`.")
    if done.left_out:
        things = counted(done.left_out, "thing")
        lines.append(f"{things} that you had forgotten since stayed forgotten.")
    return "\n\n".join([*lines, *done.notes])
