"""The model servers: who has their ports, how they are, what they load, and with what memory."""

from __future__ import annotations

import shlex
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from wooster.config import catalogue
from wooster.config.agents import has_service
from wooster.config.footprint import Machine
from wooster.config.paths import SERVERS
from wooster.core.errors import ModelUnavailable, NotFound
from wooster.core.text import counted
from wooster.doctor.model import Case, Check, Finding, Seen
from wooster.models.library import Installed, Library
from wooster.models.ports import is_own_process, listening
from wooster.models.spec import ServerSpec
from wooster.servers import blas

_CONNECT_S = 1.0
_LITTLE_BYTES = 300_000_000


def wanted(case: Case) -> list[ServerSpec]:
    """Those that the daemon is to start."""
    return [each for each in case.wired.servers if each.start]


# --- ports ------------------------------------------------------------------------------------


def ports(case: Case) -> Seen:
    """Nobody else sits where our servers are to listen."""
    specs = wanted(case)
    told, findings = [], list(_twice(specs))
    for spec in specs:
        who, finding = _on_port(case, spec)
        told.append(f"{spec.port}: {who}")
        findings += [finding] if finding else []
    return Seen("; ".join(told) or "none are needed", tuple(findings))


def _twice(specs: Sequence[ServerSpec]) -> Iterator[Finding]:
    by_port: dict[int, ServerSpec] = {}
    for spec in specs:
        other = by_port.setdefault(spec.port, spec)
        if other is not spec:
            yield Finding(
                f"The {other.name} and the {spec.name} server are both set to port {spec.port}.",
                "Only one of them can have it; the other never comes up.",
                f"Set {spec.name}.port in settings.toml to another one, then `wooster restart`.",
                commands=(),
            )


def _on_port(case: Case, spec: ServerSpec) -> tuple[str, Finding | None]:
    """Who is there, and what is wrong with that."""
    if not _answers(spec):
        return "free", None
    name, pid = listening(spec.port)
    if pid and is_own_process(pid, spec.service, spec.command[2]):
        return f"the {spec.name} server (process {pid})", None
    who = f"{name} (process {pid})" if pid else name
    what = f"Port {spec.port}, where the {spec.name} server is to listen, is taken by {who}."
    return who, _taken(case, spec, what, pid)


def _taken(case: Case, spec: ServerSpec, what: str, pid: int | None) -> Finding:
    """A port that is freed by ending who has it, or left to them."""
    kill = f"kill {pid}" if pid else ""
    return Finding(
        what,
        _WITHOUT[spec.name],
        f"End that program{f' (`{kill}`)' if kill else ''}; or set {spec.name}.port in "
        f"{case.paths.config / SERVERS} to a free one, then `wooster restart`.",
        commands=(kill,) if kill else (),
    )


def _answers(spec: ServerSpec) -> bool:
    """Whether anything takes a connection there."""
    host = spec.url.split("://")[1].rpartition(":")[0].strip("[]")
    try:
        found = socket.getaddrinfo(host, spec.port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return False
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.settimeout(_CONNECT_S)
        return probe.connect_ex(address) == 0


_WITHOUT = {
    "chat": "Without the chat server no message is answered; commands work all the same.",
    "fast": "Without it quick tasks are the chat server's, and take longer.",
    "embed": "Without the embedding server documents and memory are found by their words alone.",
}


# --- how they are -----------------------------------------------------------------------------


def servers(case: Case) -> Seen:
    """Each is ready, or told why not."""
    if not case.daemon.works:
        missing = {each.missing for each in wanted(case) if each.missing}
        findings = tuple(Finding(each, _NO_MLX, "`scripts/setup`") for each in sorted(missing))
        return Seen("nobody looks after them while no daemon runs", findings)
    told, found = [], []
    for spec in case.wired.servers:
        status = case.daemon.server(spec.name)
        state = str(status.get("state", "off"))
        detail = str(status.get("detail", ""))
        if spec.is_unwanted or (state == "off" and not detail):
            continue
        told.append(f"{spec.name} {state}" + (f" ({status['model']})" if state == "ready" else ""))
        found += list(_about(case, spec, state, detail))
    return Seen(", ".join(told) or "none are wanted", tuple(found))


_NO_MLX = "The model servers can't be started: no message is answered here."
_WAITING = ("starting", "loading")


def _about(case: Case, spec: ServerSpec, state: str, detail: str) -> Iterator[Finding]:
    restarts = case.daemon.server(spec.name).get("restarts", 0)
    what = f"The {spec.name} server is {state}. {detail}".strip()
    if state == "ready" and restarts:
        yield Finding(
            f"The {spec.name} server was started again {counted(restarts, 'time')}.",
            "It ended by itself: it may be short of memory.",
            f"{_log(spec)}.",
            "note",
        )
    elif state == "away" and has_service(case.paths.home, spec.name):
        what = f"Nothing answers at {spec.url}, where the {spec.name} server is a service."
        yield Finding(what, _WITHOUT[spec.name], f"`wooster service start`; {_log(spec)}.")
    elif state == "away" and not spec.start:
        yield Finding(
            f"Nothing answers at {spec.url}, and the {spec.name} server isn't to be started.",
            _WITHOUT[spec.name],
            f"Start yours there; or set {spec.name}.start to true, then `wooster restart`.",
            "note",
            commands=(),
        )
    elif state == "blocked":
        yield _taken(case, spec, what, listening(spec.port)[1])
    elif state == "off":
        yield Finding(detail, _NO_MLX, "`scripts/setup`, then `wooster restart`.")
    elif state not in ("ready", *_WAITING):
        mend = f"{_log(spec)}; then `wooster restart`."
        yield Finding(what, _WITHOUT[spec.name], mend)


def _log(spec: ServerSpec) -> str:
    """Where it says more: a server that never began has said nothing."""
    if spec.log.exists():
        return f"`tail -n 50 {shlex.quote(str(spec.log))}` shows what it said"
    return "`wooster logs` shows what became of it"


# --- models and memory ------------------------------------------------------------------------


def models(case: Case) -> Seen:
    """What the servers are to load is on this disk, and whole."""
    library = Library(case.paths.models)
    there = library.installed()
    findings = []
    for spec in wanted(case):
        finding = _model(library, spec)
        findings += [finding] if finding else []
    told = ", ".join(f"{each.name} ({each.size_bytes / 1e6:.0f} MB)" for each in there)
    return Seen(told or "none on this disk", tuple(findings))


def _model(library: Library, spec: ServerSpec) -> Finding | None:
    try:
        library.find(spec.model).must_be_whole()
    except NotFound as error:
        return Finding(error.message, _WITHOUT[spec.name], f"{_fetching(spec)}.")
    except ModelUnavailable as error:
        mend = f"`wooster models remove {spec.model}`, then fetch it again: {_fetching(spec)}."
        return Finding(error.message, _WITHOUT[spec.name], mend)
    return None


def _fetching(spec: ServerSpec) -> str:
    is_starter = any(each.name == spec.model.lower() for each in catalogue.starters())
    return "`wooster setup`" if is_starter else f"`wooster models pull {spec.model}`"


def memory(case: Case) -> Seen:
    """The models fit into this machine's memory, all of them at once."""
    import psutil  # here: most looks at the doctor's list need it not

    system = psutil.virtual_memory()
    machine = Machine(system.total, has_metal=sys.platform == "darwin")
    needs = _needs(case, machine)
    told = f"{_gb(system.available)} of {_gb(system.total)} GB are free; the models take up to "
    told += f"{_gb(sum(needs.values()))} GB"
    findings = []
    if sum(needs.values()) > machine.budget_bytes:
        parts = ", ".join(f"{name} {_gb(size)} GB" for name, size in needs.items())
        findings.append(
            Finding(
                f"The models may need {_gb(sum(needs.values()))} GB ({parts}), and this machine "
                f"has {_gb(machine.budget_bytes)} GB for models.",
                "It begins to swap, and answers take minutes; or a server is killed.",
                "`wooster models recommend` shows which fit; `wooster models use NAME` switches.",
            )
        )
    if system.available < _LITTLE_BYTES:
        findings.append(
            Finding(
                f"Only {_gb(system.available)} GB of memory are free.",
                "The system may end a server, or the daemon, for want of memory.",
                "Close what you don't need; `wooster models recommend` shows smaller models.",
                "note",
            )
        )
    return Seen(told, tuple(findings))


def _needs(case: Case, machine: Machine) -> dict[str, int]:
    """By server, at the worst moment; of models whose config says enough."""
    installed = {each.name.lower(): each for each in Library(case.paths.models).installed()}
    needs: dict[str, int] = {}
    for spec in wanted(case):
        model = installed.get(spec.model.lower().rpartition("/")[2])
        needs[spec.name] = _peak(case, spec, model, machine) if model else 0
    return needs


def _peak(case: Case, spec: ServerSpec, model: Installed, machine: Machine) -> int:
    server = case.set.fast if spec.name == "fast" else case.set.chat
    found = model.footprint(server.context_length, machine, server.kv_bits)
    return found.peak_bytes if found is not None else model.weights_bytes


def _gb(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.1f}"


# --- BLAS -------------------------------------------------------------------------------------


def linear_algebra(case: Case) -> Seen:
    """On Linux a model computes some fifty times faster with a fast BLAS."""
    if sys.platform != "linux":
        return Seen("the system's")
    if find_spec("mlx") is None:
        return Seen("not needed: mlx isn't installed")
    if case.daemon.works:
        found = str(case.daemon.server("chat").get("health", {}).get("blas", ""))
    else:
        with TemporaryDirectory() as scratch:  # looking leaves nothing behind
            for made in case.paths.cache.glob("blas-*.so"):
                shutil.copy(made, scratch)  # by a server: to compile it again takes a while
            found = str(blas.load(Path(scratch)))
    if not found.startswith("slow"):
        return Seen(found or "known when the chat server is ready")
    return Seen(
        "slow",
        (
            Finding(
                f"Models compute with a slow BLAS ({found.removeprefix('slow: ')}).",
                "Reading a prompt takes some fifty times longer than it could.",
                "`sudo apt install libopenblas0`, then `wooster restart`.",
            ),
        ),
    )


CHECKS = (
    Check("ports", ports, "settings"),
    Check("servers", servers, "settings"),
    Check("models", models, "settings"),
    Check("memory", memory, "settings"),
    Check("BLAS", linear_algebra),
)
