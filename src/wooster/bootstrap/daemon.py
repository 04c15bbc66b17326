"""The daemon's life: lock, socket, database, services, and their end in the right order."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wooster.actions import undoing
from wooster.actions.action import Action
from wooster.actions.log import ActionLog
from wooster.actions.registry import Registry
from wooster.assistant.context import Prompts
from wooster.assistant.library import ASK
from wooster.assistant.service import Assistant, Budgets
from wooster.bootstrap import greeting, remembering, search, servers
from wooster.bootstrap.commands import KnownCommands
from wooster.bootstrap.ground import Ground, load
from wooster.bootstrap.remembering import Finding, Memory
from wooster.bootstrap.search import Models, Searching
from wooster.config import core_dumps, last_good, resources
from wooster.config.keys import Key
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import HealthCheck, Logging, Settings
from wooster.core.clock import Clock, SystemClock
from wooster.core.errors import SettingsError, StorageError, WoosterError
from wooster.core.heap import few_arenas
from wooster.daemon import egress, garbage, logs, route, status, update
from wooster.daemon import models as chat_models
from wooster.daemon.app import Services, create_app
from wooster.daemon.serve import serve, server
from wooster.daemon.shelf import Shelf
from wooster.daemon.socket import listen, only_daemon, remove
from wooster.memory.actions import history
from wooster.models.egress import EgressLedger
from wooster.models.gate import Gate, Rules
from wooster.models.hub import Hub
from wooster.models.keys import read_keys
from wooster.models.letting_go import let_go
from wooster.models.model import Provider
from wooster.models.providers import Problem
from wooster.models.router import Router, Surroundings
from wooster.models.spec import Watching
from wooster.models.supervisor import Supervisor
from wooster.schedule.untold import anything_untold
from wooster.storage import Database, restoring, schema
from wooster.storage.verify import CHECKS

if TYPE_CHECKING:
    import httpx

    from wooster.bootstrap.whole import Whole

log = logging.getLogger(__name__)

_FIRST_ANSWER_S = 0.1
_LOOK_AT_LOGS_S = 3600.0


def live(paths: Paths, environ: Mapping[str, str]) -> None:
    """Hold the lock and the socket, and serve until stopped."""
    core_dumps.forbid()
    os.umask(0o077)  # whatever is written here, by libraries too, is this user's alone
    few_arenas()
    paths.prepare()
    with only_daemon(paths):
        restoring.finish(paths.home)
        listener = listen(paths)
        logs.shorten(paths.logs)
        try:
            asyncio.run(_live(paths, environ, listener))
        finally:
            listener.close()
            remove(paths)


async def _live(paths: Paths, environ: Mapping[str, str], listener: Any) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stopping.set)
    try:
        settings = load_settings(paths, environ)
        logs.set_up(paths.daemon_log, settings.logging)
        running = await _open(paths, settings, environ, stopping)
    except (SettingsError, StorageError) as problem:
        problem.hint = await asyncio.to_thread(last_good.with_way_back, problem.hint, paths)
        _log_problem(paths, problem)
        await _serve_safe_mode(problem, stopping, listener)
        return
    await _serve(running, stopping, listener)


# --- safe mode --------------------------------------------------------------------------------


def _log_problem(paths: Paths, problem: WoosterError) -> None:
    plain = Logging.model_construct(level="info", message_text=False, max_megabytes=5, keep=3)
    logs.set_up(paths.daemon_log, plain)
    log.error("daemon.safe_mode", extra={"fields": {"problem": str(problem)}})


async def _serve_safe_mode(problem: WoosterError, stopping: asyncio.Event, listener: Any) -> None:
    clock = SystemClock()
    registry = Registry()
    registry.add(status.safe_mode_status(clock.now(), clock, problem))

    async def greet() -> Any:
        return greeting.greet_in_safe_mode(problem, registry.help())

    http = server(create_app(Services(registry, greet, stopping.set, problem=problem)))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(http, listener))
        await stopping.wait()
        http.should_exit = True


# --- the working daemon -----------------------------------------------------------------------


@dataclass(slots=True)
class _Running:
    """What has to be run and ended."""

    services: Services
    assistant: Assistant
    models: _Models
    searching: Searching
    memory: Memory
    ground: Ground
    commands: KnownCommands
    database: Database


class _Client:
    """One HTTP client for all model servers, made when first needed: httpx takes its time to
    import, and a daemon that is asked for `status` needn't have it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._made: httpx.AsyncClient | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> httpx.AsyncClient:
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(_make_client, self._gate)
            return self._made

    async def close(self) -> None:
        if self._made is not None:
            await self._made.aclose()


def _make_client(gate: Gate) -> httpx.AsyncClient:
    from wooster.models.outlet import make_client

    return make_client(gate)


def _watching(client: _Client, health: HealthCheck) -> Watching:
    return Watching(
        client.get,
        lambda event, fields: log.info(event, extra={"fields": fields}),
        probe_timeout_s=health.timeout / 1000,
        interval_s=health.interval / 1000,
        retries=health.retries,
    )


@dataclass(frozen=True, slots=True)
class _Models:
    """What reaches models, and what is known of who that is."""

    ledger: EgressLedger
    gate: Gate
    client: _Client
    supervisor: Supervisor
    router: Router
    keys: Mapping[str, Key]
    everyone: tuple[Provider, ...]
    problems: Sequence[Problem]
    let_go: Callable[[], Awaitable[str]]


async def _open_models(
    paths: Paths, settings: Settings, environ: Mapping[str, str], ledger: EgressLedger
) -> _Models:
    gate = Gate(ledger, Rules.of(settings.routing))
    client = _Client(gate)
    watching = _watching(client, settings.routing.health_check)
    specs = servers.specs(paths, settings)
    supervisor = Supervisor(specs, watching)
    keys = await asyncio.to_thread(read_keys, settings, environ)
    by_tier, problems = servers.providers(settings, keys)
    around = Surroundings(supervisor, gate, client.get, watching.log)
    router = Router(by_tier, settings.routing, around, resources.prompt("continue"))
    everyone = (*by_tier["quality"], *by_tier["fast"])

    async def forget() -> str:
        return await let_go(specs, supervisor.statuses(), watching)

    return _Models(ledger, gate, client, supervisor, router, keys, everyone, problems, forget)


async def _open(
    paths: Paths, settings: Settings, environ: Mapping[str, str], stopping: asyncio.Event
) -> _Running:
    clock = SystemClock(ZoneInfo(settings.person.zone) if settings.person.zone else None)
    database = await asyncio.to_thread(Database.open, paths.database, paths.backups)
    models = await _open_models(paths, settings, environ, EgressLedger(database, clock))
    router, supervisor, gate = models.router, models.supervisor, models.gate
    reached = Models(models.client.get, gate, supervisor, router.until_quiet)
    searching = Searching(paths, settings, database, clock, reached)
    memory = Memory(paths, settings, database, clock, Finding(searching.search, router))
    memory.documents = searching.leaving_out
    memory.servers_let_go = models.let_go
    interrupted = await memory.conversations.end_interrupted()
    leaving = greeting.leaves(models.everyone)
    assistant = _assistant(settings, models, memory, searching, clock)
    registry = Registry(is_whole=False)
    memory.wrote = registry.wrote
    hub = Hub(settings.hub.url, models.client.get, gate)
    shelf = Shelf(paths, settings, supervisor, hub, environ, searching.embedded_by)
    checks = [*CHECKS, schema.is_whole, *search.CHECKS, *remembering.CHECKS]
    actions: list[Action[Any]] = [
        *_looking(paths, clock, models, memory, leaving, database),
        status.verify(database, checks),
        route.route(lambda: shelf.settings, models.keys),
        *chat_models.actions(shelf),
        *searching.actions,
        *memory.actions,
        *undoing.actions(ActionLog(registry, database, clock), clock),
    ]
    registry.fill(actions, ASK)
    ground = Ground(
        paths,
        settings,
        environ,
        database,
        clock,
        models.client.get,
        gate,
        models.ledger,
        registry,
        searching.embedder,
        checks,
        memory,
        router,
    )
    commands = KnownCommands(registry, paths.cache / "commands.json")

    async def greet() -> Any:
        listed = await commands.listed()
        told = await greeting.greet(router, supervisor, memory, clock, listed, leaving)
        told = greeting.with_problems(told, models.problems)
        if registry.is_whole or await database.read(anything_untold):
            await registry.until_whole()
            assert services.untold is not None
            told = greeting.with_untold(told, *await services.untold())
        return told

    log.info("daemon.started", extra={"fields": {"pid": os.getpid(), "cut_off": interrupted}})
    services = Services(registry, greet, stopping.set, assistant)
    return _Running(services, assistant, models, searching, memory, ground, commands, database)


def _looking(
    paths: Paths, clock: Clock, models: _Models, memory: Memory, leaving: str, database: Database
) -> list[Action[Any]]:
    """What shows how everything is, and what was said and sent."""
    watched = status.Watched(
        paths,
        clock.now(),
        clock,
        models.supervisor,
        memory.conversations,
        models.ledger,
        leaving,
        models.router.ailing,
        models.problems,
        database.out_of_place,
    )
    return [
        status.status(watched),
        history(memory.conversations, clock),
        egress.egress(models.ledger, models.gate.rules.cap_micros, clock),
        egress.allow(paths),
    ]


def _assistant(
    settings: Settings, models: _Models, memory: Memory, searching: Searching, clock: Clock
) -> Assistant:
    prompts = Prompts(*map(resources.prompt, ("system", "message", "tools-ran")))
    turn = settings.turn
    budgets = Budgets(turn.history_tokens, turn.answer_tokens, settings.chat.context_length)
    assistant = Assistant(
        memory.conversations, models.router, models.supervisor, prompts, budgets, clock
    )
    assistant.quote_from(searching.quoting())
    assistant.remember_with(memory.remembering())
    return assistant


async def _serve(running: _Running, stopping: asyncio.Event, listener: Any) -> None:
    """Serve until stopping; then end turns, connections, servers, the database, in this order."""
    http = server(create_app(running.services))
    async with asyncio.TaskGroup() as tasks:
        routing = tasks.create_task(running.models.router.run())
        serving = tasks.create_task(serve(http, listener))
        turns = tasks.create_task(running.assistant.run())
        # Whoever started the daemon waits for its first answer; importing the HTTP client for the
        # model servers would compete with it for the interpreter.
        await asyncio.sleep(_FIRST_ANSWER_S)
        # Soon, since an update changes it in place.
        program = tasks.create_task(asyncio.to_thread(last_good.this_program))
        whole = await _complete(running)
        supervising = tasks.create_task(running.models.supervisor.run())
        collecting = tasks.create_task(garbage.collect())
        copying = tasks.create_task(whole.backups.run())
        noting = tasks.create_task(_note_that_it_works(running.ground.paths, program))
        shortening = tasks.create_task(_shorten_logs(running.ground.paths))
        searching = tasks.create_task(running.searching.run())
        remembering = tasks.create_task(running.memory.run())
        living = tasks.create_task(whole.run())
        await stopping.wait()
        log.info("daemon.stopping")
        whole.stop()
        running.assistant.stop()
        await turns
        await living
        running.memory.stop()
        await remembering
        running.searching.stop()
        await running.searching.close()
        await searching
        running.models.router.stop()
        await routing
        running.models.supervisor.stop()
        await supervising
        http.should_exit = True
        await serving
        await noting
        collecting.cancel()
        copying.cancel()
        shortening.cancel()
    await running.models.client.close()
    await running.database.close()
    log.info("daemon.stopped")


async def _complete(running: _Running) -> Whole:
    """Load what the first answer didn't need, and let what waits for it go on."""
    whole = await asyncio.to_thread(load, running.ground)
    services = running.services
    services.speaking, services.untold = whole.time.speaking, whole.time.untold
    services.recognise = whole.sentences.recogniser.recognise
    running.assistant.act_with(whole.toolbox)
    services.registry.complete()
    await asyncio.to_thread(running.commands.keep)
    return whole


async def _note_that_it_works(paths: Paths, program: asyncio.Task[last_good.Program]) -> None:
    """Whichever version was refused before, there is nothing to tell of it any more."""
    await asyncio.to_thread(update.clear, paths)
    await asyncio.to_thread(last_good.note, paths, await program)


async def _shorten_logs(paths: Paths) -> None:
    """No log grows for ever."""
    while True:
        await asyncio.to_thread(logs.shorten, paths.logs)
        await asyncio.sleep(_LOOK_AT_LOGS_S)
