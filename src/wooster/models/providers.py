"""Who may be asked, and in which order: worked out from the settings and the keys, nothing else.

A provider that is switched on and can't be used is left out with a problem that says why and what
to mend. Whether a certain request may go to one is decided for each request, in `gate.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wooster.config.keys import Key
from wooster.config.prices import list_price
from wooster.config.settings import ChatServer, Rate, RemoteProvider, Sensitivity, Settings
from wooster.core.hosts import host_of
from wooster.models.gate import LEVELS, Denied, Rules, refusal, unencrypted
from wooster.models.model import OWN_MODEL, Provider, Tier

_NO_KEY = Key()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a provider that the person should know. `left_out`: it isn't asked."""

    provider: str
    message: str
    hint: str
    left_out: bool = True

    def __str__(self) -> str:
        start = f"{self.provider} is left out: " if self.left_out else f"{self.provider}: "
        return f"{start}{self.message}. {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may be asked for a task of a tier, in order, and what is wrong with the others."""

    providers: tuple[Provider, ...]
    problems: tuple[Problem, ...]


def allowed_providers(settings: Settings, keys: Mapping[str, Key], tier: Tier) -> Allowed:
    """In the order of `fallbackChain`; `keys` are by provider, as `keys.read_keys` has them.

    With the strategy `local-only`, those on this machine and on own hosts, and no others.
    """
    rules = Rules.of(settings.routing)
    found: list[Provider] = []
    problems: list[Problem] = []
    remote = settings.routing.providers.remote()
    for name in dict.fromkeys(settings.routing.fallback_chain):
        if name == "local":
            candidates = list(_local(settings, tier, rules))
        elif not remote[name].enabled:
            continue
        elif _is_kept_back(remote[name], rules):
            problems.append(_kept_back(name))
            continue
        else:
            candidates = [_remote(name, remote[name], keys.get(name, _NO_KEY), tier, rules)]
            problems += _mistakes(remote[name], keys.get(name, _NO_KEY), candidates[0], rules)
        for provider in candidates:
            barred = _barred(provider, rules)
            if barred is not None:
                problems.append(Problem(name, barred.reason, barred.hint))
        found += candidates
    wrong = {problem.provider for problem in problems if problem.left_out}
    return Allowed(
        tuple(p for p in found if p.name not in wrong and not (p.leaves and rules.local_only)),
        tuple(dict.fromkeys(problems)),
    )


def address(host: str, port: int) -> str:
    """The URL of a server of ours."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _barred(provider: Provider, rules: Rules) -> Denied | None:
    """Why nothing at all may go there."""
    if provider.name == "local":
        return refusal(provider, "plain", rules)
    return unencrypted(provider.title, provider.url, rules)


def _is_kept_back(setting: RemoteProvider, rules: Rules) -> bool:
    """With `local-only`, nothing that leaves is asked, whatever else is wrong with it."""
    return rules.local_only and rules.place(setting.server_url) == "away"


def _kept_back(name: str) -> Problem:
    """Not left out by mistake: who switched it on should know what keeps it from being asked."""
    return Problem(
        name,
        "it is switched on, and the strategy local-only keeps everything on your own machines",
        'Set routing.strategy to "intelligent" to have it asked.',
        left_out=False,
    )


def _local(settings: Settings, tier: Tier, rules: Rules) -> Iterator[Provider]:
    """The fast server first for a quick task; the chat server before anybody else in any case."""
    local = settings.routing.providers.local
    if not local.enabled:
        return
    if tier == "fast" and settings.fast.start and local.server_url is None:
        yield _server(settings.fast, local.models.fast)
    models = local.models
    named = (models.fast or models.quality) if tier == "fast" else (models.quality or models.fast)
    chat = _server(settings.chat, named)
    url = local.server_url or chat.url
    if url == chat.url:
        yield chat
        if tier == "quality" and settings.fast.start:
            # A quicker model's answer is better than none, and than another machine's.
            yield _server(settings.fast, models.fast)
        return
    leaves = rules.place(url) == "away"
    # Another's server knows nothing of our `chat.model`: with none named, it is asked what it has.
    yield Provider("local", url, named or "", leaves, chat.api_key, may_see=frozenset({"plain"}))


def _server(server: ChatServer, named: str | None) -> Provider:
    """A chat server of `settings.toml`."""
    return Provider(
        "local",
        address(server.host, server.port),
        named or server.model,
        leaves=False,
        api_key=server.api_key.get_secret_value(),
        # Our own server has one model and may know it by another name than the setting's.
        asked_for=OWN_MODEL if server.start else "",
        may_see=frozenset(LEVELS),
    )


def _remote(name: str, setting: RemoteProvider, key: Key, tier: Tier, rules: Rules) -> Provider:
    models = setting.models
    named = (models.fast or models.quality) if tier == "fast" else (models.quality or models.fast)
    model = named or ""
    return Provider(
        name,
        setting.server_url,
        model,
        leaves=rules.place(setting.server_url) == "away",
        api_key=key.value,
        may_see=frozenset(setting.may_see),
        price=_price(setting, model),
    )


def _price(setting: RemoteProvider, model: str) -> Rate | None:
    if setting.price is not None:
        return setting.price.rate(model)
    return list_price(host_of(setting.server_url), model)


def _mistakes(
    setting: RemoteProvider, key: Key, provider: Provider, rules: Rules
) -> Iterator[Problem]:
    name = provider.name
    if key.problem:
        yield Problem(name, key.problem, key.hint)
    if provider.leaves:
        yield from _about_leaving(name, setting.may_see, provider, rules)


def _about_leaving(
    name: str, may_see: list[Sensitivity], provider: Provider, rules: Rules
) -> Iterator[Problem]:
    where = f"routing.providers.{name}"
    if "plain" not in may_see:
        yield Problem(
            name,
            f"{where}.maySee doesn't name 'plain', which every request carries",
            "Add 'plain' to it, or switch the provider off.",
        )
    else:
        gap = next((level for level in LEVELS if level not in may_see), None)
        beyond = [level for level in may_see if gap and LEVELS.index(level) > LEVELS.index(gap)]
        if beyond:
            yield Problem(
                name,
                f"{where}.maySee names {beyond[0]!r} and not {gap!r}; a request that carries the "
                "one may carry the other too, so that neither is sent",
                f"Add {gap!r}, or take {beyond[0]!r} away.",
                left_out=False,
            )
    if provider.price is None and rules.cap_micros:
        yield Problem(
            name,
            f"the price of {provider.model or 'its model'} isn't known, so that the monthly cap "
            "can't hold there",
            f"Set {where}.price (0 and 0 where it costs nothing).",
            left_out=False,
        )
