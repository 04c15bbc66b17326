"""What the settings of the original and of mlx-box mean here: each name, and what becomes of it.

Names that were documented and had no effect are known as such. Nothing that a person may not want
is switched on by it: what leads off the machine keeps its key and stays off. Pure.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wooster.core.hosts import without_keys
from wooster.moving.jobs import NoTime, rrule
from wooster.moving.model import Aside, Event, Found, Remark, Setting, Settings, Total, Unread
from wooster.moving.texts import lines_of, shown

Key = tuple[str, ...]
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*?)\s*")
_QUOTED = re.compile(r"(?P<quote>['\"`])(?P<value>.*?)(?P=quote)\s*(?:#.*)?")

LISTS = {
    "GTD_INBOX_PATH": "inbox.md",
    "GTD_NEXT_ACTIONS_PATH": "next_actions.md",
    "GTD_SOMEDAY_MAYBE_PATH": "someday_maybe.md",
    "GTD_WAITING_FOR_PATH": "waiting_for.md",
}
_NO_EFFECT_NAMES = (
    "GTD_NEXT_ACTIONS_VIEW_FORMAT GTD_ARCHIVE_DIR GTD_NEXT_ACTIONS_ARCHIVE_DIR_PATH"
    " PERSONAL_HEALTH_DIR PLUGIN_API_PORT PLUGIN_API_KEY PLUGIN_API_GLOBAL_IP_WHITELIST_ENABLED"
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
EVERYTHING = ["plain", "profile", "documents", "memory"]
CHAIN = ["local", "mlx-box", "mlx-box-thinking", "exo", "openai"]


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as it is written, in a line or as a leaf of a tree."""

    at: int
    name: str
    value: str


# --- .env -------------------------------------------------------------------------------------


def read_env(text: str) -> Iterator[Given | Event]:
    """Its settings, and the lines that are none."""
    lines = lines_of(text)
    yield Total(len(lines))
    for at, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            yield Aside("blank lines and comments")
        elif (found := _LINE.fullmatch(line)) is None:
            yield Unread("it is no NAME=VALUE", 1, at)
        else:
            yield Given(at, found["name"], _unquoted(found["value"]))


def _unquoted(value: str) -> str:
    if quoted := _QUOTED.fullmatch(value):
        return quoted["value"]
    return re.sub(r"\s+#.*$", "", value).strip()


def env(text: str) -> Iterator[Event]:
    """What becomes of each line. A value that may be secret is never told."""
    read = list(read_env(text))
    values = {each.name: each.value for each in read if isinstance(each, Given) and each.value}
    for each in read:
        if isinstance(each, Given):
            yield from _of_env(each, values)
        else:
            yield each


def _of_env(given: Given, values: Mapping[str, str]) -> Iterator[Event]:
    name = given.name
    if not given.value:
        yield Aside("settings without a value")
    elif name in LISTS or name in ("GTD_BASE_PATH", "GTD_PROJECTS_DIR"):
        yield Aside("paths by which your files are found")
    elif name in NO_EFFECT or name.startswith(_NO_EFFECT_BEGINS):
        yield Aside("settings that had no effect in the old Wooster")
        yield Remark(f"{name} had no effect in the old Wooster, and has none here", given.at)
    elif take := _TAKEN.get(name):
        try:
            yield _settings(name, take(given.value, values), given.at)
        except (ValueError, NoTime) as error:
            yield Unread(f"{name}: {error}", 1, given.at)
    else:
        why = next((each for begin, each in _NOTHING.items() if name.startswith(begin)), "")
        yield Unread(f"{name}: {why or 'Wooster knows no such setting'}", 1, given.at)


def _settings(name: str, found: list[Setting], at: int, units: int = 1) -> Event:
    if not found:
        return Aside("settings that are so here anyway", units)
    told = [(each.key, "secret" if each.secret else str(each.value)) for each in found]
    identity = f"{name}\0{told}"
    return Found.one("setting", identity, Settings(tuple(found)), units, at)


Take = Callable[[str, Mapping[str, str]], list[Setting]]


def _plain(*key: str) -> Take:
    return lambda value, _: [Setting(key, value)]


def _secret(name: str, *key: str) -> Take:
    return lambda value, _: [Setting(key, value, name)]


def _gmail(value: str, _: Mapping[str, str]) -> list[Setting]:
    where = ("notify", "email")
    return [
        Setting((*where, "user"), value),
        Setting((*where, "from"), value),
        Setting((*where, "host"), "smtp.gmail.com"),
    ]


def _switch(*key: str) -> Take:
    def take(value: str, _: Mapping[str, str]) -> list[Setting]:
        is_on = value.strip().lower() in ("true", "1", "yes", "on")
        return [] if is_on else [Setting(key, False)]

    return take


def _briefing(value: str, _: Mapping[str, str]) -> list[Setting]:
    found = rrule(value)
    return [Setting(("briefing", "at"), f"{found.hour:02d}:{found.minute:02d}")]


def _server(provider: str, tier: str, model_name: str) -> Take:
    def take(value: str, values: Mapping[str, str]) -> list[Setting]:
        url = _base(value)
        return server(provider, url, {tier: values.get(model_name) or None})

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


def server(
    provider: str, url: str, models: Mapping[str, str | None], key: str = ""
) -> list[Setting]:
    """A server of the person's own as a provider, and its place in the chain."""
    where = ("routing", "providers", provider)
    tiers = {"fast": None, "quality": None, **models}
    found = [
        Setting((*where, "enabled"), True),
        Setting((*where, "serverUrl"), url),
        Setting((*where, "models"), tiers),
        Setting((*where, "maySee"), EVERYTHING),
    ]
    return [*found, *([Setting((*where, "apiKey"), key, provider)] if key else [])]


_TAKEN: dict[str, Take] = {
    "OPENAI_API_KEY": _secret("openai", "routing", "providers", "openai", "apiKey"),
    "OPENAI_MODEL_NAME": _plain("routing", "providers", "openai", "models", "quality"),
    "ROUTING_FAST_URL": _server("mlx-box", "fast", "ROUTING_FAST_MODEL"),
    "ROUTING_FAST_MODEL": lambda _, __: [],
    "ROUTING_THINKING_URL": _server("mlx-box-thinking", "quality", "ROUTING_THINKING_MODEL"),
    "ROUTING_THINKING_MODEL": lambda _, __: [],
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
    "USER_PROFILE_ENABLED": _switch("memory", "semantic", "enabled"),
    "PLUGIN_HABITS_ENABLED": _switch("services", "habits", "enabled"),
    "PLUGIN_GOALS_ENABLED": _switch("services", "goals", "enabled"),
    "PLUGIN_GCAL_ENABLED": _switch("services", "calendars", "enabled"),
}


def lists_elsewhere(text: str, root: Path) -> dict[str, Path]:
    """The lists that an `.env` names by a path of their own, by the name that they have here."""
    values = {e.name: e.value for e in read_env(text) if isinstance(e, Given) and e.value}
    found: dict[str, Path] = {}
    base = values.get("GTD_BASE_PATH", "")
    for name, file in LISTS.items():
        told = values.get(name) or (f"{base}/{file}" if base else "")
        path = root / Path(told).expanduser() if told else None
        if path is not None and path.is_file():
            found[file] = path
    return found


# --- trees ------------------------------------------------------------------------------------


def leaves(tree: Any, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Each value of a tree with its path; a list is one."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, str(key)))
    else:
        yield path, tree


def daily_review(text: str) -> Iterator[Event]:
    """`config/dailyReview.json`, with its old and its new keys."""
    try:
        tree = json.loads(text)
    except ValueError as error:
        yield Total(1)
        yield Unread(f"it is no JSON: {error}")
        return
    found = list(leaves(tree))
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
        yield _settings(told, [Setting(target, value.strip())], 0)
    elif told == "isDailyReviewEnabled" and value is False:
        yield _settings(told, [Setting(("briefing", "at"), None)], 0)
    elif told == "scheduleCron":
        yield Aside("settings that had no effect in the old Wooster")
        yield Remark(f"{told} had no effect in the old Wooster: the briefing's time isn't from it")
    elif told.startswith("deliveryChannels.discord") and value and told.endswith("webhookUrl"):
        yield Unread("nothing here posts to Discord; `notify.apprise.urls` can")
    else:
        yield Aside("settings of the daily review that the briefing has no need of")


def never_read(text: str, name: str) -> Iterator[Event]:
    """A file of settings that the original shipped with and didn't look at."""
    try:
        found = list(leaves(json.loads(text)))
    except ValueError as error:
        yield Total(1)
        yield Unread(f"it is no JSON: {error}")
        return
    yield Total(len(found))
    yield Aside("settings that had no effect in the old Wooster", len(found))
    yield Remark(f"the old Wooster never read {name}, so nothing of it is taken over")


# --- mlx-box ----------------------------------------------------------------------------------

_PORTS = {"fast": 8081, "thinking": 8083}
_OF_BOX = {"fast": ("mlx-box", "fast"), "thinking": ("mlx-box-thinking", "quality")}


def box(text: str) -> Iterator[Event]:
    """`settings.toml` of mlx-box: where its chat servers are, their models and the key to them."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Total(1)
        yield Unread(f"it is no TOML: {error}")
        return
    found = list(leaves(tree))
    yield Total(len(found))
    services = tree.get("services")
    services = services if isinstance(services, dict) else tree
    used: set[Key] = set()
    for service, (provider, tier) in _OF_BOX.items():
        own = services.get(service)
        if not isinstance(own, dict):
            continue
        settings, paths = _of_service(tree, service, own, (provider, tier))
        own_paths = {path for path, _ in found if path[-2:-1] == (service,)} & paths - used
        used |= own_paths
        if own_paths:
            yield _settings(provider, settings, 0, len(own_paths))
    for path, value in found:
        if path in used:
            continue
        if path[-1] == "quantization" and value is True:
            yield Remark(
                "its embedding server quantises each batch by itself (quantization = true): the"
                " same text gets other vectors each time. Wooster makes its own"
            )
        is_key = path[-1] in ("api_key", "api_keys")
        yield Aside(f"{'keys' if is_key else 'settings'} of mlx-box's own servers")


def _of_service(
    tree: Mapping[str, Any], service: str, own: Mapping[str, Any], place: tuple[str, str]
) -> tuple[list[Setting], set[Key]]:
    """The settings of one server, and the paths whose values they are."""
    general = tree.get("server")
    general = general if isinstance(general, dict) else {}
    keys = general.get("api_keys") or [general.get("api_key") or ""]
    host = str(general.get("host") or "127.0.0.1")
    host = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host
    url = f"http://{host}:{own.get('port') or _PORTS[service]}"
    provider, tier = place
    model = str(own.get("model") or "") or None
    found = server(provider, url, {tier: model}, str(keys[0]) if keys else "")
    above: Key = ("services", service) if isinstance(tree.get("services"), dict) else (service,)
    return found, {(*above, "port"), (*above, "model")}
