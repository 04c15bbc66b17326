"""What the settings of the original mean here: each name, and what becomes of it.

Names that were documented and had no effect are known as such. Nothing that a person may not want
is switched on by it: what leads off the machine keeps its key and stays off. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wooster.core.hosts import is_here, shown_host, without_keys
from wooster.moving import places
from wooster.moving.env_file import Given, read_env, values_of
from wooster.moving.jobs import NoTime, each_day, rrule
from wooster.moving.model import Aside, Event, Found, Remark, Setting, Settings, Total, Unread
from wooster.moving.places import Looked
from wooster.moving.texts import TOO_DEEP, CantRead, shown

Key = tuple[str, ...]

_NO_EFFECT_NAMES = (
    "GTD_NEXT_ACTIONS_VIEW_FORMAT PLUGIN_API_PORT PLUGIN_API_KEY"
    " PLUGIN_API_GLOBAL_IP_WHITELIST_ENABLED"
    " PLUGIN_API_GLOBAL_ALLOWED_IPS OPENWEATHERMAP_API_KEY USER_PROFILE_EXTRACTOR_LLM_PROMPT"
    " CHAT_MODE ROUTING_LOCAL_MODEL_FAST ROUTING_THINKING_BUDGET ROUTING_STRATEGY"
    " ROUTING_HEALTH_INTERVAL OPENAI_ENABLED"
)
NO_EFFECT = frozenset(_NO_EFFECT_NAMES.split())
_NO_EFFECT_BEGINS = ("MEMORY_", "ROUTING_RULE_")
_NOTHING = {
    "TAVILY_API_KEY": "nothing here searches the web",
    "WEATHER_": "the weather needs no key; where, `wooster weather place TOWN` says",
    "GOOGLE_CALENDAR_": "give the calendar's secret iCal address: `wooster calendars add ADDRESS`",
    "CODE_AGENT_": "no code that a model wrote is run here",
    "LOG": "the log has settings of its own: `logging` in local-model.json",
    "MLX_": "texts are embedded by Wooster's own server; `routing.providers.local.embeddings` names"
    " another",
    "ROUTING_": "the router works another way: `routing` in local-model.json",
    "OPENAI_": "models are named in `routing.providers` of local-model.json",
    "PLUGIN_": "there are no plugins here",
    "SIGNAL_CLI_TIMEOUT_MS": "how long is waited for Signal is fixed here",
    "USER_PROFILE_": "what is known of you is kept in Wooster's own memory",
    "NODE_": "it is a setting of another program",
}
_REVIEW = "PLUGIN_DAILYREVIEW_ENABLED"
EVERYTHING, PLAIN = ["plain", "profile", "documents", "memory"], ["plain"]
_NOT_LOOKED = (
    "what it names isn't looked into: only the `.env` of a folder that is moved in says where"
    " files are"
)


# --- .env -------------------------------------------------------------------------------------


def env(text: str, looked: Mapping[str, Looked]) -> Iterator[Event]:
    """What becomes of each line; `looked` is what came of the paths in it. A value that may be
    secret is never told."""
    held = values_of(text)
    values = {name: each.value for name, each in held.items()}
    for each in read_env(text):
        if not isinstance(each, Given):
            yield each
        elif not each.value:
            yield Aside("settings without a value", each.units)
        elif held[each.name].at != each.at:
            yield Aside("settings that a later line says otherwise", each.units)
        elif each.name in places.NAMES:
            yield from _of_place(each, looked.get(each.name))
        else:
            yield from _of_env(each, values)


def _of_place(given: Given, looked: Looked | None) -> Iterator[Event]:
    if looked is None:
        yield Unread(f"{given.name}: {_NOT_LOOKED}", given.units, given.at)
    elif looked.problem:
        yield Unread(f"{given.name}: {looked.problem}", given.units, given.at)
    else:
        yield Aside("paths by which your files are found", given.units)
    if looked is not None and looked.remark:
        yield Remark(f"{given.name}: {looked.remark}", given.at)


def _of_env(given: Given, values: Mapping[str, str]) -> Iterator[Event]:
    name, units = given.name, given.units
    if name in NO_EFFECT or name.startswith(_NO_EFFECT_BEGINS):
        yield Aside("settings that had no effect in the old Wooster", units)
        yield Remark(f"{name} had no effect in the old Wooster, and has none here", given.at)
    elif take := _TAKEN.get(name):
        try:
            taken = take(given.value, values)
        except (ValueError, NoTime) as error:
            yield Unread(f"{name}: {error}", units, given.at)
            return
        yield from set_to(name, taken, given.at, units)
    else:
        why = next((each for begin, each in _NOTHING.items() if name.startswith(begin)), "")
        yield Unread(f"{name}: {why or 'Wooster knows no such setting'}", units, given.at)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a value sets here, and what should be known of it; `otherwise` is what it is where it
    sets nothing."""

    settings: Sequence[Setting] = ()
    remark: str = ""
    otherwise: str = "settings that are so here anyway"


def set_to(name: str, taken: Taken, at: int, units: int = 1) -> Iterator[Event]:
    """What is told of it."""
    found = taken.settings
    if found:
        told = [(each.key, "secret" if each.secret else str(each.value)) for each in found]
        value = Settings(tuple(found))
        yield Found.one("setting", f"{name}\0{told}", value, units, at)
    else:
        yield Aside(taken.otherwise, units)
    if taken.remark:
        yield Remark(taken.remark, at)


Take = Callable[[str, Mapping[str, str]], Taken]


def _plain(*key: str) -> Take:
    return lambda value, _: Taken([Setting(key, value)])


def _secret(name: str, *key: str) -> Take:
    return lambda value, _: Taken([Setting(key, value, name)])


def _with(*names: str) -> Take:
    """A value that is taken over with that of one of `names`."""

    def take(_: str, values: Mapping[str, str]) -> Taken:
        if any(values.get(each) for each in names):
            return Taken(otherwise="settings that are taken over with another")
        raise ValueError(f"no {names[0]} says which server it is of")

    return take


def _units(value: str, _: Mapping[str, str]) -> Taken:
    units = value.strip().lower()
    if units not in ("metric", "imperial"):
        raise ValueError(f"“{shown(value)}” is neither metric nor imperial")
    return Taken([Setting(("weather", "units"), units)] if units == "imperial" else [])


def _gmail(value: str, _: Mapping[str, str]) -> Taken:
    where = ("notify", "email")
    host = Setting((*where, "host"), "smtp.gmail.com")
    return Taken([Setting((*where, "user"), value), Setting((*where, "from"), value), host])


def _switch(*key: str) -> Take:
    def take(value: str, _: Mapping[str, str]) -> Taken:
        return Taken([] if _is_on(value) else [Setting(key, False)])

    return take


def _is_on(value: str) -> bool:
    return value.strip().lower() in ("true", "1", "yes", "on")


def _review(value: str, _: Mapping[str, str]) -> Taken:
    return Taken([] if _is_on(value) else [Setting(("briefing", "at"), None)])


def _briefing(value: str, values: Mapping[str, str]) -> Taken:
    if not _is_on(values.get(_REVIEW, "true")):
        return Taken(otherwise="the time of a daily review that was switched off")
    found = rrule(value)
    return Taken([Setting(("briefing", "at"), found.clock)], each_day(value, found))


def _server(provider: str, tier: str, model_name: str) -> Take:
    def take(value: str, values: Mapping[str, str]) -> Taken:
        return server(provider, _base(value), {tier: values.get(model_name) or None})

    return take


def _base(value: str) -> str:
    told = shown(without_keys(value))
    if "@" in value:
        raise ValueError(
            f"“{told}” has a user or a password in it, and Wooster sends neither: the key of a"
            " server goes into `routing.providers.NAME.apiKey`"
        )
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{told}” is no address of a server")
    return value.rstrip("/").removesuffix("/v1")


def server(provider: str, url: str, models: Mapping[str, str | None], key: str = "") -> Taken:
    """A server of the person's own as a provider, and its place in the chain. One that isn't surely
    on this machine may be anybody's: it stays off, and would see but what is said to it."""
    where = ("routing", "providers", provider)
    tiers = {"fast": None, "quality": None, **models}
    is_own = is_here(url)
    found = [
        Setting((*where, "enabled"), is_own),
        Setting((*where, "serverUrl"), url),
        Setting((*where, "models"), tiers),
        Setting((*where, "maySee"), EVERYTHING if is_own else PLAIN),
        *([Setting((*where, "apiKey"), key, provider)] if key else []),
    ]
    if is_own:
        return Taken(found)
    remark = (
        f"{shown_host(url)} isn't this machine, so it stays off: if it is yours, put it into"
        f" `routing.egress.ownHosts`, and set `routing.providers.{provider}.enabled`"
    )
    return Taken(found, remark)


_TAKEN: dict[str, Take] = {
    "OPENAI_API_KEY": _secret("openai", "routing", "providers", "openai", "apiKey"),
    "OPENAI_MODEL_NAME": _plain("routing", "providers", "openai", "models", "quality"),
    "ROUTING_FAST_URL": _server("mlx-box", "fast", "ROUTING_FAST_MODEL"),
    "ROUTING_FAST_MODEL": _with("ROUTING_FAST_URL", "ROUTING_LOCAL_SERVER_URL"),
    "ROUTING_THINKING_URL": _server("mlx-box-thinking", "quality", "ROUTING_THINKING_MODEL"),
    "ROUTING_THINKING_MODEL": _with("ROUTING_THINKING_URL"),
    "ROUTING_LOCAL_SERVER_URL": _server("mlx-box", "fast", "ROUTING_FAST_MODEL"),
    "SIGNAL_CLI_NUMBER": _plain("notify", "signal", "account"),
    "SIGNAL_TO": _plain("notify", "signal", "to"),
    "SIGNAL_GROUP_ID": _plain("notify", "signal", "group"),
    "SIGNAL_CLI_PATH": _plain("notify", "signal", "command"),
    "GMAIL_SENDER_EMAIL_ADDRESS": _gmail,
    "TOOLS_EMAIL_SENDER_EMAIL_ADDRESS": _gmail,
    "TOOLS_EMAIL_SENDER_ADDRESS": _gmail,
    "GMAIL_USER_PERSONAL_EMAIL_ADDRESS": _plain("notify", "email", "to"),
    "TOOLS_EMAIL_USER_PERSONAL_EMAIL_ADDRESS": _plain("notify", "email", "to"),
    "GMAIL_APP_PASSWORD": _secret("email", "notify", "email", "password"),
    "TOOLS_EMAIL_APP_PASSWORD": _secret("email", "notify", "email", "password"),
    "TOOLS_EMAIL_EMAIL_APP_PASSWORD": _secret("email", "notify", "email", "password"),
    "DAILY_REVIEW_SCHEDULE_CRON": _briefing,
    _REVIEW: _review,
    "WEATHER_UNITS": _units,
    "USER_PROFILE_ENABLED": _switch("memory", "semantic", "enabled"),
    "PLUGIN_HABITS_ENABLED": _switch("services", "habits", "enabled"),
    "PLUGIN_GOALS_ENABLED": _switch("services", "goals", "enabled"),
    "PLUGIN_GCAL_ENABLED": _switch("services", "calendars", "enabled"),
}


# --- trees ------------------------------------------------------------------------------------


def leaves(tree: Any, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Each value of a tree with its path; a list is one."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, str(key)))
    else:
        yield path, tree


def _leaves_of(text: str) -> list[tuple[Key, Any]]:
    """Those of a text of JSON. Raises `CantRead`."""
    try:
        return list(leaves(json.loads(text)))
    except ValueError as error:
        raise CantRead(f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise CantRead(TOO_DEEP) from error


def daily_review(text: str) -> Iterator[Event]:
    """`config/dailyReview.json`, with its old and its new keys. Raises `CantRead`."""
    found = _leaves_of(text)
    yield Total(len(found))
    for path, value in found:
        yield from _of_review(path, value)


def _of_review(path: Key, value: Any) -> Iterator[Event]:
    told = ".".join(path)
    target = {
        "deliveryChannels.email.recipient": ("notify", "email", "to"),
        "deliveryChannels.signal.to": ("notify", "signal", "to"),
        "deliveryChannels.signal.groupId": ("notify", "signal", "group"),
    }.get(told)
    if target and isinstance(value, str) and value.strip():
        yield from set_to(told, Taken([Setting(target, value.strip())]), 0)
    elif told == "isDailyReviewEnabled" and value is False:
        yield from set_to(told, Taken([Setting(("briefing", "at"), None)]), 0)
    elif told == "scheduleCron":
        yield Aside("settings that had no effect in the old Wooster")
        yield Remark(f"{told} had no effect in the old Wooster: the briefing's time isn't from it")
    elif told.startswith("deliveryChannels.discord") and value and told.endswith("webhookUrl"):
        yield Unread("nothing here posts to Discord; `notify.apprise.urls` can")
    else:
        yield Aside("settings of the daily review that the briefing has no need of")


def never_read(text: str, name: str) -> Iterator[Event]:
    """A file of settings that the original shipped with and didn't look at. Raises `CantRead`."""
    found = _leaves_of(text)
    yield Total(len(found))
    yield Aside("settings that had no effect in the old Wooster", len(found))
    yield Remark(f"the old Wooster never read {name}, so nothing of it is taken over")
