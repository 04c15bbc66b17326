"""The actions about models: what is here, what fits, fetching, switching and removing one.

It knows how their answers read; what they do is in `shelf.py` and the room `models`.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from typing import Any

from pydantic import Field, field_validator, model_validator

from wooster.actions.action import Action, Nothing, Parameters, Report
from wooster.config import catalogue
from wooster.config.footprint import Machine
from wooster.core.errors import UsageError
from wooster.daemon.shelf import Shelf, this_machine
from wooster.models.library import Installed
from wooster.models.recommend import ModelSet, Row, best_set, table
from wooster.models.spec import Role
from wooster.wire.requests import ActionResult

_FOR = re.compile(r"(?P<name>\S+)\s+(?:--)?for[\s=]+(?P<role>\S+)", re.IGNORECASE)


class Memory(Parameters):
    """`memory` is another machine's memory in GB; empty for this one's."""

    memory: str = ""

    @field_validator("memory", mode="before")
    @classmethod
    def _gigabytes(cls, value: Any) -> str:
        number = re.sub(r"(?i)^--memory[\s=]*|\s*gb$", "", str(value).strip())
        if number and not re.fullmatch(r"\d{1,5}(\.\d+)?", number):
            raise ValueError("a number of GB, such as 128")
        return number


class Name(Parameters):
    name: str = Field(min_length=1, pattern=r"^\S+$")


class NameAndRole(Name):
    """`role` None is the one that a model of its kind has."""

    role: Role | None = None

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """`NAME for fast`, as it is typed in the conversation."""
        typed = _FOR.fullmatch(str(given.get("name", ""))) if isinstance(given, dict) else None
        return typed.groupdict() if typed else given


def actions(shelf: Shelf) -> list[Action[Any]]:
    """All of them over one home's models."""
    return [
        _list(shelf),
        _recommend(shelf),
        _pull(shelf),
        _use(shelf),
        _removable(shelf),
        _remove(shelf),
    ]


def _list(shelf: Shelf) -> Action[Nothing]:
    async def handle(_: Nothing) -> ActionResult:
        installed = await asyncio.to_thread(shelf.library.installed)
        used = shelf.in_use()
        lines = [_installed_line(model, used.get(model.name, [])) for model in installed]
        servers = [status for status in shelf.supervisor.statuses() if status.state != "off"]
        lines += [
            f"- **{server.name} server** {server.state}: {server.model}. {server.detail}".rstrip()
            for server in servers
        ]
        if not installed:
            lines.insert(
                0, f"No model is installed in {shelf.paths.models}: `wooster setup models`."
            )
        data = {
            "models": [
                {
                    "name": model.name,
                    "kind": model.kind,
                    "size_bytes": model.size_bytes,
                    "roles": used.get(model.name, []),
                }
                for model in installed
            ],
            "servers": [asdict(server) for server in servers],
        }
        return ActionResult("\n".join(lines), data)

    return Action(
        name="models",
        help="shows the models on this disk and the servers that run",
        effect="read",
        by_model=False,
        parameters=Nothing,
        phrases=("models",),
        also=("list models", "model stats", "model health"),
        handler=handle,
    )


def _recommend(shelf: Shelf) -> Action[Memory]:
    async def handle(given: Memory) -> ActionResult:
        machine = await asyncio.to_thread(this_machine)
        if given.memory:  # another machine that is asked about is one that models run on: a Mac
            machine = Machine(round(float(given.memory) * 1e9))
        chat = shelf.settings.chat
        listed = await asyncio.to_thread(catalogue.models)
        rows = table(listed, machine, chat.context_length, chat.kv_bits)
        best = best_set(listed, machine, chat.context_length, chat.kv_bits)
        text = "\n".join([_machine_line(machine), "", *_rows(rows), "", *_set_lines(best, machine)])
        return ActionResult(text, _recommended(rows, best, machine))

    return Action(
        name="models_recommend",
        help="shows which models fit this machine's memory, and a set of them",
        effect="read",
        by_model=False,
        parameters=Memory,
        phrases=("/models recommend [GB]",),
        handler=handle,
        rest="memory",
    )


def _pull(shelf: Shelf) -> Action[Name]:
    async def work(given: Name, report: Report) -> ActionResult:
        folder = await shelf.pull(given.name, report)
        model = await asyncio.to_thread(shelf.library.find, folder.name)
        role: Role = "embed" if model.kind == "embed" else "chat"
        needs = await asyncio.to_thread(shelf.footprint, model, role)
        text = f"{model.name} is here ({_size(model.size_bytes)}). Now: `models use {given.name}`."
        memory = (await asyncio.to_thread(this_machine)).memory_bytes
        if needs is not None and needs.peak_bytes > memory:
            text += (
                f" It needs {_size(needs.peak_bytes)} at its peak, and this machine has "
                f"{_size(memory)}."
            )
        data = {"name": model.name, "folder": str(folder), "size_bytes": model.size_bytes}
        return ActionResult(text, data)

    return Action(
        name="models_pull",
        help="fetches a model from the hub, and goes on where it broke off",
        effect="outward",
        by_model=False,
        parameters=Name,
        phrases=("/models pull NAME",),
        worker=work,
        rest="name",
        question="Fetch {name} from the model hub?",
    )


async def _names_a_model(words: str) -> bool:
    """Whether words after "switch model" are a name, with a role or without, and no talk."""
    name, _, role = words.partition(" for ")
    return len(name.split()) == 1 and len(role.split()) < 2


def _use(shelf: Shelf) -> Action[NameAndRole]:
    async def work(given: NameAndRole, report: Report) -> ActionResult:
        model = await asyncio.to_thread(shelf.library.find, given.name)
        await asyncio.to_thread(model.must_be_whole)
        role: Role = given.role or ("embed" if model.kind == "embed" else "chat")
        if (role == "embed") != (model.kind == "embed"):
            raise UsageError(
                f"{model.name} is a model for {model.kind}: it can't be used for {role}.",
                hint="Say another model, or another role after `--for`.",
            )
        before = shelf.used(role)
        await shelf.use(model, role, report)
        text = f"The {role} server has {model.name} now, and the settings say so."
        if variable := shelf.overridden(role):
            text += f" {variable} in the environment still names the model of the next start."
        undo = ("models_use", {"name": before, "role": role})
        is_other = before not in ("", model.name)
        data = {"name": model.name, "role": role}
        return ActionResult(text, data, undo=undo if is_other else None)

    return Action(
        name="models_use",
        help="switches a server to another model; the old one answers meanwhile if there is room",
        effect="write",
        by_model=False,
        parameters=NameAndRole,
        phrases=("/models use NAME [for ROLE]",),
        also=("switch model NAME",),
        worker=work,
        rest="name",
        fits=_names_a_model,
    )


def _removable(shelf: Shelf) -> Action[Name]:
    """What a client asks before it asks a person whether to delete."""

    async def handle(given: Name) -> ActionResult:
        model = await shelf.unused(given.name)
        text = f"{model.name} can be removed: {_size(model.size_bytes)} would be free again."
        return ActionResult(text, {"name": model.name, "size_bytes": model.size_bytes})

    return Action(
        name="models_removable",
        help="tells whether a model could be deleted, and how much room that would make",
        effect="read",
        by_model=False,
        parameters=Name,
        phrases=("/models removable NAME",),
        handler=handle,
        rest="name",
    )


def _remove(shelf: Shelf) -> Action[Name]:
    async def handle(given: Name) -> ActionResult:
        model = await shelf.unused(given.name)
        await asyncio.to_thread(shelf.library.remove, model)
        text = f"{model.name} is removed; {_size(model.size_bytes)} are free again."
        return ActionResult(text, {"name": model.name, "size_bytes": model.size_bytes})

    return Action(
        name="models_remove",
        help="deletes a model from this disk",
        effect="outward",
        by_model=False,
        parameters=Name,
        phrases=("/models remove NAME",),
        handler=handle,
        rest="name",
        question="Delete {name} from this disk? It can only be fetched again.",
    )


# --- how answers read -------------------------------------------------------------------------


def _installed_line(model: Installed, roles: list[str]) -> str:
    used = f", in use for {' and '.join(roles)}" if roles else ""
    return f"- **{model.name}** {model.kind}, {_size(model.size_bytes)}{used}"


def _machine_line(machine: Machine) -> str:
    told = (
        f"{_size(machine.memory_bytes)} of memory; models may have "
        f"{_size(machine.budget_bytes)} of it, the rest is for the system."
    )
    if not machine.has_metal:
        told += (
            " Without Apple's Metal, weights are widened to 32 bits to be computed fast enough:"
            " they take about seven times the room."
        )
    return told


def _rows(rows: list[Row]) -> list[str]:
    lines = [
        "| model | weights | context | idle | active | peak | fits |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        model, needs = row.model, row.footprint
        context = str(row.context) if model.kind == "chat" else "–"
        sizes = (needs.idle_bytes, needs.active_bytes, needs.peak_bytes)
        cells = " | ".join(f"{size / 1e9:.1f}" for size in sizes)
        lines.append(
            f"| {model.name} | {model.weights_gb:.1f} | {context} | {cells} | {_fits(row)} |"
        )
    return [
        *lines,
        "",
        "In GB. Idle: the weights, the program and its prompt cache. Active: that and a full "
        "context. Peak: that and what reading a prompt takes. To 8192: it fits with a context of "
        "at most so many tokens (`context_length` in the settings).",
        "",
        "With exo: exo runs it, over several Macs. Elsewhere: no model server of Wooster's can "
        "load it; another program can.",
    ]


def _fits(row: Row) -> str:
    if row.model.engine != "wooster":
        return "with exo" if row.model.engine == "exo" else "elsewhere"
    if row.fits:
        return "yes"
    return f"to {row.fits_context}" if row.fits_context else "no"


def _set_lines(best: ModelSet, machine: Machine) -> list[str]:
    if best.quality is None:
        lines = [
            "**Together**: no chat model of the catalogue fits here. The starter model "
            "smollm2-135m-instruct does; larger ones run on a Mac."
        ]
    else:
        fast = best.fast or best.quality
        same = "the same model" if fast is best.quality else fast.name
        lines = [
            f"**Together**, with {best.context} tokens of context and "
            f"{_size(best.peak_bytes)} of {_size(machine.budget_bytes)} at the peak:",
            "",
            f"- for answers: {best.quality.name} ({best.quality.title}, {best.quality.licence})",
            f"- for quick tasks: {same}",
        ]
    search = best.embed.name if best.embed else "all-minilm-l6-v2, the starter model"
    lines += ["", f"For search: {search}."]
    if best.quality is not None:
        name = best.quality.name
        lines += ["", f"`wooster models pull {name}`, then `wooster models use {name}`."]
    return lines


def _recommended(rows: list[Row], best: ModelSet, machine: Machine) -> dict[str, Any]:
    named = {"quality": best.quality, "fast": best.fast, "embed": best.embed}
    return {
        "memory_bytes": machine.memory_bytes,
        "budget_bytes": machine.budget_bytes,
        "models": [
            {
                "name": row.model.name,
                "repository": row.model.repository,
                "kind": row.model.kind,
                "context": row.context,
                **asdict(row.footprint),
                "fits": row.fits,
                "fits_context": row.fits_context,
            }
            for row in rows
        ],
        "set": {
            **{role: model.name if model else None for role, model in named.items()},
            "context": best.context,
            "peak_bytes": best.peak_bytes,
        },
    }


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
