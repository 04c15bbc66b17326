"""The doctor, put together: its checks in their order, and what they look at.

A part of the program that has something to check adds its `Check` to `CHECKS`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from wooster.actions.action import Action, Nothing
from wooster.bootstrap import greeting, living, remembering, search, servers, service_status
from wooster.bootstrap.leaving import Leaving
from wooster.bootstrap.time import home_channels
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.clock import Clock, SystemClock
from wooster.core.errors import SettingsError
from wooster.doctor import daemon, database, home, outside, showing, time
from wooster.doctor import servers as model_servers
from wooster.doctor.examining import examine, mend
from wooster.doctor.model import Case, Check, Finding, Renewal, Report, Seen, Verified, Wired
from wooster.memory import renewing as turn_renewing
from wooster.memory import store as turn_store
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.keys import read_keys
from wooster.notify.channels import Standing
from wooster.notify.open_repl import Board
from wooster.safekeeping.owned import OwnedFiles
from wooster.storage import Database
from wooster.storage.copies import Keep
from wooster.vectors import renewing as passage_renewing
from wooster.vectors import sets as vector_sets
from wooster.vectors import store as passage_store
from wooster.wire.requests import ActionResult


def _service(case: Case) -> Seen:
    """Where it is to come back by itself, it does."""
    found = service_status.look(case.paths)
    told = "installed" if found.is_installed else "not installed; wooster service install does that"
    return Seen(told, tuple(map(_of_service, found.findings)))


def _of_service(told: str) -> Finding:
    """What begins with a command says what mends it."""
    what, ends, mend = told.partition(". `")
    why = "Wooster may not come back after a crash or a restart of the machine."
    if not ends:
        return Finding(told, why, "As it says; `wooster service status` looks again.", commands=())
    return Finding(f"{what}.", why, f"`{mend}", commands=(mend.partition("`")[0],))


CHECKS: Sequence[Check] = (
    *daemon.CHECKS,
    Check("service", _service),
    *home.CHECKS,
    *database.CHECKS,
    *model_servers.CHECKS,
    *time.CHECKS,
    *outside.CHECKS,
)
_RENEWALS: Mapping[Any, Renewal] = {
    turn_store.verify: turn_renewing.renew_words,
    passage_store.verify: passage_renewing.renew_words,
    vector_sets.verify: passage_renewing.renew_queues,
}
VERIFIED: Sequence[Verified] = tuple(
    Verified(check, _RENEWALS.get(check))
    for check in (*search.CHECKS, *remembering.CHECKS, *living.CHECKS)
)


def examined(paths: Paths, environ: Mapping[str, str], *, fix: bool = False) -> Report:
    """Look at this home; with `fix`, do what is safe and look again. Blocking, some seconds."""
    begin = partial(case_of, paths, environ)
    return mend(CHECKS, begin) if fix else examine(CHECKS, begin())


def case_of(paths: Paths, environ: Mapping[str, str]) -> Case:
    """What the checks look at, as it is now."""
    standing = daemon.look(paths)
    try:
        settings = load_settings(paths, environ)
    except SettingsError as mistake:
        wired = Wired(VERIFIED)
        return Case(paths, environ, SystemClock(), standing, mistake=mistake, wired=wired)
    clock = SystemClock(ZoneInfo(settings.person.zone) if settings.person.zone else None)
    wired = _wired(paths, settings, environ, clock)
    return Case(paths, environ, clock, standing, settings, wired=wired)


def _wired(paths: Paths, settings: Settings, environ: Mapping[str, str], clock: Clock) -> Wired:
    by_tier, problems = servers.providers(settings, read_keys(settings, environ))
    everyone = [each for tier in by_tier.values() for each in tier]
    return Wired(
        VERIFIED,
        servers.specs(paths, settings),
        problems,
        greeting.leaves(everyone),
        _standing(paths, settings, environ, clock),
        OwnedFiles(paths, settings).there,
        Keep(settings.backup.daily, settings.backup.weekly, settings.backup.monthly),
    )


def _standing(
    paths: Paths, settings: Settings, environ: Mapping[str, str], clock: Clock
) -> Sequence[Standing]:
    """How each channel stands. None of them is asked to send: the way out is never taken."""
    ledger = EgressLedger(Database(paths.database, paths.backups), clock)
    out = Leaving(Gate(ledger, Rules.of(settings.routing)), ledger, _nobody)
    channels = home_channels(settings, Board(lambda: None), clock, out, environ)
    return [channels.standing(name) for name in channels.names]


async def _nobody() -> NoReturn:
    raise AssertionError("the doctor sends nothing")


def doctor(paths: Paths, environ: Mapping[str, str]) -> Action[Nothing]:
    """The same look from inside a conversation; mending is for the command line."""

    async def handle(_: Nothing) -> ActionResult:
        return showing.result(await asyncio.to_thread(examined, paths, environ))

    return Action(
        name="doctor",
        help="looks for what is wrong here, and says what mends it",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("/doctor",),
        handler=handle,
    )


def run_doctor(paths: Paths, environ: Mapping[str, str], *, fix: bool, as_json: bool) -> int:
    """`wooster doctor`: print what was found. The exit code says whether something is wrong."""
    from wooster.repl.commands import shown

    os.umask(0o077)  # what it mends and copies is this user's alone
    return shown(showing.result(examined(paths, environ, fix=fix)), as_json)
