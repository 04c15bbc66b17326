"""Each name that the original documented for its `.env`, or read: what becomes of it here."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.moving import old_settings, places, sources
from wooster.moving.model import Aside, Event, Found, Remark, Settings, Total, Unread
from wooster.moving.places import NAMES, Looked

ASIDE = "had no effect in the old Wooster"
OF_PLACES = (
    *("GTD_BASE_PATH", "GTD_INBOX_PATH", "GTD_NEXT_ACTIONS_PATH", "GTD_SOMEDAY_MAYBE_PATH"),
    *("GTD_WAITING_FOR_PATH", "GTD_PROJECTS_DIR", "GTD_ARCHIVE_DIR", "PERSONAL_HEALTH_DIR"),
    *("GTD_NEXT_ACTIONS_ARCHIVE_DIR_PATH", "USER_PROFILE_STORE_PATH"),
    "LOGGING_LOG_FILE",
)
NO_EFFECT = (
    *("GTD_NEXT_ACTIONS_VIEW_FORMAT", "PLUGIN_API_PORT", "PLUGIN_API_KEY", "CHAT_MODE"),
    *("PLUGIN_API_GLOBAL_IP_WHITELIST_ENABLED", "PLUGIN_API_GLOBAL_ALLOWED_IPS"),
    *("OPENWEATHERMAP_API_KEY", "USER_PROFILE_EXTRACTOR_LLM_PROMPT", "OPENAI_ENABLED"),
    *("MEMORY_EPISODIC_ENABLED", "MEMORY_SEMANTIC_ENABLED", "ROUTING_LOCAL_MODEL_FAST"),
    *("ROUTING_RULE_CODE_AGENT", "ROUTING_RULE_MULTI_TOOL", "ROUTING_RULE_SINGLE_TOOL"),
    *("ROUTING_RULE_RAG_QUERY", "ROUTING_RULE_FACT_EXTRACTION", "ROUTING_RULE_PLANNING"),
    *("ROUTING_RULE_CREATIVE", "ROUTING_RULE_DEFAULT", "ROUTING_THINKING_BUDGET"),
    *("ROUTING_STRATEGY", "ROUTING_HEALTH_INTERVAL"),
)
TAKEN = {
    "OPENAI_API_KEY": "routing.providers.openai.apiKey",
    "OPENAI_MODEL_NAME": "routing.providers.openai.models.quality",
    "ROUTING_FAST_URL": "routing.providers.mlx-box.serverUrl",
    "ROUTING_LOCAL_SERVER_URL": "routing.providers.mlx-box.serverUrl",
    "ROUTING_THINKING_URL": "routing.providers.mlx-box-thinking.serverUrl",
    "SIGNAL_CLI_NUMBER": "notify.signal.account",
    "SIGNAL_CLI_PATH": "notify.signal.command",
    "SIGNAL_TO": "notify.signal.to",
    "SIGNAL_GROUP_ID": "notify.signal.group",
    "GMAIL_SENDER_EMAIL_ADDRESS": "notify.email.from",
    "GMAIL_USER_PERSONAL_EMAIL_ADDRESS": "notify.email.to",
    "GMAIL_APP_PASSWORD": "notify.email.password",
    "TOOLS_EMAIL_SENDER_EMAIL_ADDRESS": "notify.email.from",
    "TOOLS_EMAIL_SENDER_ADDRESS": "notify.email.from",
    "TOOLS_EMAIL_USER_PERSONAL_EMAIL_ADDRESS": "notify.email.to",
    "TOOLS_EMAIL_APP_PASSWORD": "notify.email.password",
    "TOOLS_EMAIL_EMAIL_APP_PASSWORD": "notify.email.password",
    "DAILY_REVIEW_SCHEDULE_CRON": "briefing.at",
    "PLUGIN_DAILYREVIEW_ENABLED": "briefing.at",
    "WEATHER_UNITS": "weather.units",
    "USER_PROFILE_ENABLED": "memory.semantic.enabled",
    "PLUGIN_HABITS_ENABLED": "services.habits.enabled",
    "PLUGIN_GOALS_ENABLED": "services.goals.enabled",
    "PLUGIN_GCAL_ENABLED": "services.calendars.enabled",
}
NOTHING = {
    "nothing here searches the web": ("TAVILY_API_KEY",),
    "`wooster weather place TOWN`": ("WEATHER_CITY", "WEATHER_OPENWEATHERMAP_API_KEY"),
    "`wooster calendars add ADDRESS`": tuple(
        f"GOOGLE_CALENDAR_{each}"
        for each in (
            *("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ID"),
            "DEFAULT_ATTENDEE_EMAIL",
        )
    ),
    "no code that a model wrote": ("CODE_AGENT_MAX_ATTEMPTS", "CODE_AGENT_DEBUG"),
    "`logging` in local-model.json": (
        *("LOG_LEVEL", "LOGGING_CONSOLE_LOG_LEVEL", "LOGGING_FILE_LOG_LEVEL"),
        *("LOGGING_LOG_AGENT_LLM_INTERACTIONS", "LOGGING_CONSOLE_QUIET_MODE"),
    ),
    "embedded by Wooster's own server": (
        *("MLX_EMBEDDINGS_ENABLED", "MLX_EMBEDDINGS_URL", "MLX_EMBEDDINGS_MODEL"),
        *("MLX_EMBEDDINGS_DIMENSIONS", "MLX_PROJECT_EMBEDDINGS_ENABLED"),
        "MLX_USER_EMBEDDINGS_ENABLED",
    ),
    "the router works another way": (
        *("ROUTING_ENABLED", "ROUTING_ROUTER_MODEL", "ROUTING_ROUTER_URL"),
        *("ROUTING_ROUTER_MAX_TOKENS", "ROUTING_FAST_MAX_TOKENS", "ROUTING_THINKING_MAX_TOKENS"),
        *("ROUTING_LOCAL_ENABLED", "ROUTING_HEALTH_TIMEOUT", "ROUTING_LOG_DECISIONS"),
        "ROUTING_LOG_PERFORMANCE",
    ),
    "models are named in `routing.providers`": (
        *("OPENAI_EMBEDDING_MODEL_NAME", "OPENAI_TEMPERATURE", "OPENAI_MAX_TOKENS"),
    ),
    "there are no plugins here": (
        *("PLUGIN_CAPTURE_ENABLED", "PLUGIN_SORTINBOX_ENABLED", "PLUGIN_NEXTACTIONS_ENABLED"),
        *("PLUGIN_PROJECTMANAGER_ENABLED", "PLUGIN_PERSONALHEALTH_ENABLED"),
        *("PLUGIN_GMAIL_ENABLED", "PLUGIN_SIGNAL_ENABLED", "PLUGIN_WEATHER_ENABLED"),
        *("PLUGIN_WEBSEARCH_ENABLED", "PLUGIN_USERPROFILE_ENABLED", "PLUGIN_FRONTEND_PORT"),
        *("PLUGIN_INSIGHTS_ENABLED", "PLUGIN_PERSONALHEALTH_DAILY_MARKDOWN_ENABLED"),
    ),
    "is fixed here": ("SIGNAL_CLI_TIMEOUT_MS",),
    "no ROUTING_FAST_URL says which server": ("ROUTING_FAST_MODEL",),
    "no ROUTING_THINKING_URL says which server": ("ROUTING_THINKING_MODEL",),
}


def told(lines: str) -> list[Event]:
    """What is told of the lines, which are all accounted for."""
    events = list(old_settings.env(lines, {}))
    total = sum(each.units for each in events if isinstance(each, Total))
    counted = sum(each.units for each in events if isinstance(each, Aside | Unread))
    counted += sum(sum(each.units) for each in events if isinstance(each, Found))
    assert total == counted == lines.count("\n")
    return [each for each in events if not isinstance(each, Total)]


def value_of(name: str) -> str:
    by_ending = {"_URL": "http://127.0.0.1:8081/v1", "_CRON": "30 6 * * *", "_UNITS": "imperial"}
    return next((v for end, v in by_ending.items() if name.endswith(end)), "false")


@pytest.mark.parametrize("name", NO_EFFECT)
def test_a_name_without_effect_is_told_as_such(name: str) -> None:
    """Its line is no data, and a remark says why."""
    aside, remark = told(f"{name}=planted\n")
    assert isinstance(aside, Aside) and isinstance(remark, Remark)
    assert remark.text == f"{name} {ASIDE}, and has none here" and remark.at == 1


@pytest.mark.parametrize(("name", "key"), TAKEN.items())
def test_a_name_that_is_a_setting_here_sets_it(name: str, key: str) -> None:
    """Whatever its quotation marks; nothing of a value stands in what is told."""
    (found,) = told(f"export {name} = '{value_of(name)}' # mine\n")
    assert isinstance(found, Found) and isinstance(found.value, Settings)
    assert key in {".".join(each.key) for each in found.value.each}
    is_secret = name.endswith(("API_KEY", "PASSWORD"))
    assert any(each.secret for each in found.value.each) == is_secret


@pytest.mark.parametrize(
    ("name", "why"), [(name, why) for why, names in NOTHING.items() for name in names]
)
def test_a_name_that_nothing_is_made_of_says_what_to_do(name: str, why: str) -> None:
    """With a reason of its own, and without its value."""
    (unread,) = told(f'{name}="planted"\n')
    assert isinstance(unread, Unread) and unread.at == 1
    assert unread.why.startswith(f"{name}: ") and why in unread.why
    assert "planted" not in unread.why


def test_a_name_of_a_place_tells_what_is_there() -> None:
    """And of an `.env` whose places nobody looked at, that."""
    assert set(OF_PLACES) == NAMES
    for name in OF_PLACES:
        (unread,) = told(f"{name}=./x\n")
        assert isinstance(unread, Unread) and "isn't looked into" in unread.why
        (_, aside, remark) = old_settings.env(f"{name}=./x\n", {name: Looked(remark="but")})
        assert isinstance(aside, Aside) and isinstance(remark, Remark)
        (_, gone) = old_settings.env(f"{name}=./x\n", {name: Looked("there is no x")})
        assert gone == Unread(f"{name}: there is no x", 1, 1)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("GTD_PROJECTS_DIR=..", "of so much nothing is taken in by a name alone"),
        ("PERSONAL_HEALTH_DIR=.", "of so much nothing is taken in by a name alone"),
        ("GTD_ARCHIVE_DIR=../home/notes", "is Wooster's own"),
        ("GTD_INBOX_PATH=../home", "is no file"),
        ("GTD_INBOX_PATH=" + "x" * 300, "can't be looked at: File name too long"),
        ("GTD_INBOX_PATH=~nobody-of-that-name/x", "there is no "),
        ("GTD_PROJECTS_DIR=.env", "is no folder"),
        ("GTD_BASE_PATH=gone", "there is no "),
        ("GTD_BASE_PATH=.env", "is no folder"),
    ],
)
def test_a_path_that_leads_too_far_is_not_followed(line: str, problem: str, tmp_path: Path) -> None:
    """A name takes in no folder that has all else in it, nor Wooster's own."""
    old, home = tmp_path / "old", tmp_path / "home"
    (home / "notes").mkdir(parents=True)
    old.mkdir()
    (old / ".env").write_text(f"{line}\n")
    found = places.of_folder(old, home)
    assert found.places == []
    ((name, looked),) = found.looked.items()
    assert name == line.partition("=")[0] and problem in looked.problem


def test_a_profile_may_be_a_file(tmp_path: Path) -> None:
    """As its setting could name either."""
    (tmp_path / "me.json").write_text("[]")
    (tmp_path / ".env").write_text("USER_PROFILE_STORE_PATH=./me.json\n")
    named = places.of_folder(tmp_path, tmp_path / "home")
    found = sources.survey(tmp_path, tmp_path / "home", named)
    assert [each.kind for each in found.sources] == ["env", "profile"]


def test_names_that_belong_together_are_read_together() -> None:
    """A model with its server; the time of a review with whether there is one; the last of two
    lines of one name; and a value of several lines. A # begins a comment, save in quotation
    marks."""
    url, model = told("ROUTING_FAST_URL=http://localhost:8081\nROUTING_FAST_MODEL=Qwen\n")
    assert isinstance(url, Found) and isinstance(url.value, Settings)
    models = [each.value for each in url.value.each if each.key[-1] == "models"]
    assert models == [{"fast": "Qwen", "quality": None}]
    assert model == Aside("settings that are taken over with another")
    off, time = told("PLUGIN_DAILYREVIEW_ENABLED=false\nDAILY_REVIEW_SCHEDULE_CRON=0 6 * * *\n")
    assert isinstance(off, Found) and isinstance(time, Aside)
    first, last = told("SIGNAL_TO=+1\nSIGNAL_TO='+2'\n")
    assert first == Aside("settings that a later line says otherwise")
    assert isinstance(last, Found) and isinstance(last.value, Settings)
    assert last.value.each[0].value == "+2"
    (several,) = told('SIGNAL_TO="+1\n2"\n')
    assert isinstance(several, Found) and several.units == (2,)
    cut, kept = told("SIGNAL_TO=+1#mine\nSIGNAL_GROUP_ID='a#b' # mine\n")
    for each, value in ((cut, "+1"), (kept, "a#b")):
        assert isinstance(each, Found) and isinstance(each.value, Settings)
        assert each.value.each[0].value == value
    unclosed, other = told('SIGNAL_TO="+1\nSIGNAL_GROUP_ID="x"\n')
    assert unclosed == Unread("SIGNAL_TO: its quotation mark isn't closed", 1, 1)
    assert isinstance(other, Found)
