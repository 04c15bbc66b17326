"""Moving in, put together from the services that it writes through."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from wooster.actions.action import Action, nobody_listens, spoken
from wooster.actions.registry import Registry
from wooster.bootstrap.living import Living
from wooster.config.paths import Paths
from wooster.core.errors import NotFound
from wooster.goals.past import PastGoals
from wooster.habits.past import PastHabits
from wooster.moving import actions as moving_actions
from wooster.moving import databases
from wooster.moving.rooms import Rooms
from wooster.moving.service import Moving
from wooster.wire.requests import ActionResult

if TYPE_CHECKING:
    from wooster.bootstrap.ground import Ground

log = logging.getLogger(__name__)


def moving(ground: Ground, living: Living) -> list[Action[Any]]:
    """What can be done of it in one home. Copies of old databases that a daemon left which was
    killed go first. Blocking."""
    _sweep(ground.paths)
    database = ground.database
    rooms = Rooms(
        paths=ground.paths,
        environ=ground.environ,
        database=database,
        clock=ground.clock,
        days=living.days,
        conversations=ground.memory.conversations,
        facts=ground.memory.facts,
        leaves=ground.memory.forgetting,
        habits=PastHabits(database, living.days),
        goals=PastGoals(database),
        schedule=living.schedule,
        health=living.health,
        tasks=living.tasks,
        projects=living.projects,
        dates=living.dates if ground.settings.services.calendars.enabled else None,
        act=_Acting(ground.registry).act,
    )
    return moving_actions.actions(Moving(rooms))


def _sweep(paths: Paths) -> None:
    try:
        databases.sweep(paths.cache)
    except OSError as error:
        fields = {"folder": str(paths.cache), "error": str(error.strerror)}
        log.warning("moving.copies", extra={"fields": fields})


class _Acting:
    """Runs actions that a taking back is made of; it is logged, and they aren't."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def act(self, name: str, arguments: dict[str, Any]) -> ActionResult:
        action = next((each for each in self._registry.actions if each.name == name), None)
        if action is None:
            raise NotFound(f"{spoken(name)} is switched off.", hint="The settings switch it on.")
        given = action.parameters.model_validate(arguments)
        if action.worker is not None:
            return await action.worker(given, nobody_listens)
        return await action.handler(given)
