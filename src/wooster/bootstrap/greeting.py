"""What a client shows when it opens, put together from what runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from wooster.bootstrap.remembering import Memory
from wooster.core.clock import Clock
from wooster.core.errors import WoosterError
from wooster.core.text import clip
from wooster.memory.model import Turn
from wooster.models.model import Provider
from wooster.models.providers import Problem
from wooster.models.router import Router
from wooster.models.supervisor import Supervisor
from wooster.wire.requests import ActionHelp, Greeting

# A conversation left less long ago than this goes on; after it, a new session begins.
_GOES_ON = timedelta(hours=12)
_QUOTED = 60


def leaves(providers: Iterable[Provider]) -> str:
    """Whether anything may leave the machine, as a clause."""
    others = [provider for provider in providers if not provider.is_here]
    away = _named(provider for provider in others if provider.leaves)
    own = _named(provider for provider in others if not provider.leaves)
    if away:
        return f"messages may go to {away}{f'; to your own machines: {own}' if own else ''}"
    if own:
        return f"nothing leaves your own machines; messages may go to {own}"
    return "nothing leaves this machine"


def _named(providers: Iterable[Provider]) -> str:
    """`OpenAI (https://api.openai.com)`; one whose title is its address has that once."""
    names = (p.title if p.url in p.title else f"{p.title} ({p.url})" for p in providers)
    return " and ".join(dict.fromkeys(names))


async def greet(
    router: Router,
    supervisor: Supervisor,
    memory: Memory,
    clock: Clock,
    commands: list[ActionHelp],
    leaving: str,
) -> Greeting:
    """The greeting of a daemon that works; `leaving` is what `leaves` says."""
    first = router.providers[0] if router.providers else None
    chat = supervisor.chat()
    last = await memory.conversations.last_of("repl")
    goes_on = last is not None and clock.now() - last.asked < _GOES_ON
    ours = first is not None and first.name == "local"
    # What was switched to while the daemon runs, not what the settings said as it started.
    serving = supervisor.serving(first) if first else None
    return Greeting(
        model=serving.model if serving else model_name(first),
        where=where(first),
        leaves=leaving,
        ready=chat.state == "ready" if ours else first is not None,
        session_id=last.session_id if last and goes_on else None,
        last=_last(last, clock) if last else "",
        left_off=[] if goes_on else await memory.left_off(),
        problem="",
        hint=chat.detail if ours and chat.state != "ready" else "",
        commands=commands,
    )


def model_name(provider: Provider | None) -> str:
    """The model that answers; where no setting names it, only its server knows which it is."""
    if provider is None:
        return "no model"
    return provider.model or f"{provider.title}'s model"


def where(provider: Provider | None) -> str:
    """Where the model is. The person's other machines aren't this one either."""
    if provider is None or provider.is_here:
        return "on this machine"
    return f"on {provider.url}"


def with_problems(greeting: Greeting, problems: Sequence[Problem]) -> Greeting:
    """`greeting` with what keeps a provider that is switched on from being asked, in one line."""
    left_out = [problem for problem in problems if problem.left_out]
    count = len({problem.provider for problem in left_out})
    told = str(left_out[0]) if count == 1 else f"{count} providers are left out: see status"
    return replace(greeting, leaves=f"{greeting.leaves}; {told}") if count else greeting


def with_untold(greeting: Greeting, lines: list[str], ids: list[int]) -> Greeting:
    """`greeting` with what didn't reach the person."""
    return replace(greeting, untold=lines, untold_ids=ids)


def greet_in_safe_mode(problem: WoosterError, commands: list[ActionHelp]) -> Greeting:
    """The greeting of a daemon that can't work."""
    return Greeting(
        model="no model",
        where="nowhere",
        leaves="nothing leaves this machine",
        ready=False,
        problem=problem.message,
        hint=problem.hint,
        problem_exit_code=problem.exit_code,
        commands=commands,
    )


def _last(turn: Turn, clock: Clock) -> str:
    """`2 hours ago you asked “…”; the answer was cut off`."""
    text = f"{_ago(clock.now() - turn.asked)} you said “{clip(turn.question, _QUOTED)}”"
    endings = {
        "cut_off": "; the answer was cut off",
        "stopped": "; you stopped the answer",
        "failed": "; there was no answer",
        "running": "; the answer is still coming",
    }
    return text + endings.get(turn.state, "")


def _ago(passed: timedelta) -> str:
    seconds = max(0, int(passed.total_seconds()))
    steps = (("day", 86_400), ("hour", 3_600), ("minute", 60))
    for name, length in steps:
        count = seconds // length
        if count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
