"""The action `route`: which model a message would go to, and why. Nothing is asked, nothing sent.

It knows how a choice is told; how it is made stands in `models/choice.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, get_args

from wooster.actions.action import Action, Parameters
from wooster.config.keys import Key
from wooster.config.settings import Routing, Settings
from wooster.core.errors import UsageError
from wooster.core.text import clean
from wooster.models.choice import Choice, Mark, choose, in_order
from wooster.models.gate import Rules, refusal
from wooster.models.model import ChatRequest, Message, Provider
from wooster.models.providers import allowed_providers
from wooster.models.weights import LABELS, START
from wooster.wire.requests import ActionResult

_STRATEGIES: tuple[str, ...] = get_args(Routing.model_fields["strategy"].annotation)


class Words(Parameters):
    """The message that is judged."""

    words: str = ""


def route(settings: Callable[[], Settings], keys: Mapping[str, Key]) -> Action[Words]:
    """`settings` gives them as they are now: another model may have been chosen meanwhile."""

    async def handle(given: Words) -> ActionResult:
        words = clean(given.words)
        if not words.strip():
            raise UsageError("There is no message to judge.", hint='Try: wooster route "…".')
        # The catalogue of prices may be read from disk.
        return await asyncio.to_thread(_told, settings(), keys, words)

    return Action(
        name="route",
        help="tells which model a message would go to, and why",
        effect="read",
        by_model=False,
        parameters=Words,
        phrases=("/route MESSAGE",),
        handler=handle,
        rest="words",
    )


def _told(settings: Settings, keys: Mapping[str, Key], words: str) -> ActionResult:
    """The choice, and what it would be with each of the other strategies."""
    strategy = settings.routing.strategy
    choice, asked = _route(settings, keys, words)
    others = {
        name: _route(_with_strategy(settings, name), keys, words)
        for name in _STRATEGIES
        if name != strategy
    }
    data = {"strategy": strategy, "enabled": settings.routing.enabled, **_data(choice, asked)}
    data["features"] = [_mark_data(mark) for mark in choice.marks]
    data["start"] = START if choice.marks else None
    data["other_strategies"] = {name: _data(*other) for name, other in others.items()}
    lines = [*_choice_lines(choice, asked), "", "With another strategy:", ""]
    lines += [f"- `{name}`: {_short(*other)}" for name, other in others.items()]
    if not settings.routing.enabled:
        lines.insert(0, "`routing.enabled` is false, so that all strategies choose quality.\n")
    return ActionResult("\n".join(lines), data)


def _route(
    settings: Settings, keys: Mapping[str, Key], words: str
) -> tuple[Choice, list[Provider]]:
    """The choice for a message without a conversation, and who may be asked for it, in order."""
    request = ChatRequest((Message("user", words),), 1, "route", "", text=words)
    choice = choose(request, settings.routing)
    rules = Rules.of(settings.routing)
    allowed = allowed_providers(settings, keys, choice.tier).providers
    asked = in_order(allowed, settings.routing)
    return choice, [one for one in asked if refusal(one, request.sensitivity, rules) is None]


def _with_strategy(settings: Settings, name: str) -> Settings:
    routing = settings.routing.model_copy(update={"strategy": name})
    return settings.model_copy(update={"routing": routing})


def _choice_lines(choice: Choice, asked: list[Provider]) -> list[str]:
    need = "" if choice.need is None else f" (need {choice.need:.2f}; 0.50 asks for quality)"
    lines = [
        f"**{choice.tier}**{need}: {', '.join(choice.because)}",
        "",
        f"Asked: {' → '.join(map(_name, asked)) or 'nobody; no provider is switched on'}",
    ]
    if choice.marks:
        lines += ["", f"| found | value | weight | adds (from {START:.2f}) |", "|---|---|---|---|"]
        for mark in sorted(choice.marks, key=lambda mark: -abs(mark.adds)):
            label = LABELS[mark.feature]
            lines.append(f"| {label} | {mark.value:.2f} | {mark.weight:+.2f} | {mark.adds:+.2f} |")
    return lines


def _short(choice: Choice, asked: list[Provider]) -> str:
    return f"{choice.tier}, {_name(asked[0]) if asked else 'nobody'}"


def _name(provider: Provider) -> str:
    away = ", another machine" if not provider.is_here else ""
    return f"{provider.name} ({provider.model or 'the model that it has'}{away})"


def _data(choice: Choice, asked: list[Provider]) -> dict[str, Any]:
    return {
        "tier": choice.tier,
        "because": list(choice.because),
        "need": None if choice.need is None else round(choice.need, 3),
        "asked": [
            {"provider": one.name, "model": one.model, "url": one.url, "leaves": one.leaves}
            for one in asked
        ],
    }


def _mark_data(mark: Mark) -> dict[str, Any]:
    return {
        "feature": mark.feature,
        "value": round(mark.value, 3),
        "weight": mark.weight,
        "adds": round(mark.adds, 3),
    }
