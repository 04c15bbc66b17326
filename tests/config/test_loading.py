"""Settings: layers, and mistakes that are one clear line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from wooster.config import resources
from wooster.config.loading import known_keys, load_settings, usable_settings
from wooster.config.paths import Paths
from wooster.config.settings import Settings
from wooster.core.errors import HomeError, SettingsError
from wooster.core.hosts import without_keys


def write(paths: Paths, name: str, text: str) -> None:
    (paths.config / name).write_text(text, "utf-8")


def test_the_environment_lies_over_the_persons_file_over_the_defaults(paths: Paths) -> None:
    """Each layer changes only what it names."""
    write(paths, "settings.toml", "[chat]\nport = 9001\nmax_tokens = 7\n")
    write(paths, "local-model.json", '{"turn": {"historyTokens": 11}}')
    settings = load_settings(paths, {"WOOSTER_CHAT__PORT": "9002"})
    assert settings.chat.port == 9002
    assert settings.chat.max_tokens == 7
    assert settings.turn.history_tokens == 11
    assert settings.embed.port == 8081


def test_a_variable_may_be_spelled_in_capitals_with_or_without_underscores(paths: Paths) -> None:
    """`fallbackChain` is FALLBACKCHAIN or FALLBACK_CHAIN; lists are JSON."""
    for name in ("FALLBACKCHAIN", "FALLBACK_CHAIN"):
        variable = {f"WOOSTER_ROUTING__{name}": '["openai"]'}
        assert load_settings(paths, variable).routing.fallback_chain == ["openai"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("settings.toml", "[chat]\nport = 'x'\n", ["chat.port", "'x'", "integer"]),
        ("settings.toml", "[chat]\nport = 99999\n", ["chat.port", "99999", "65535"]),
        ("settings.toml", "[chat]\nprot = 1\n", ["'chat.prot'", "Did you mean 'port'?"]),
        ("settings.toml", "[chat]\nhost = '0.0.0.0'\n", ["chat.host", "127.0.0.1"]),
        ("settings.toml", "[chat\n", ["line 1"]),
        ("local-model.json", '{"routing": {"strategy": "clever"}}', ["'clever'", "'quality'"]),
        (
            "local-model.json",
            '{"routing": {"fallbackChain": ["locl"]}}',
            ["routing: fallbackChain names 'locl'", "there are: local, exo, openai"],
        ),
        ("local-model.json", '{"routing": 4}', ["routing is 4", "an object of settings"]),
        ("local-model.json", '{"memmory": {}}', ["Did you mean 'memory'?"]),
        (
            "local-model.json",
            '{"routing": {"providers": {"local": {"serverUrl": "http://localhost:99999"}}}}',
            ["serverUrl", "99999", "an address such as"],
        ),
        ("local-model.json", "[]", ["an object of settings is allowed"]),
        ("local-model.json", '{"routing": // guide', ["line 1"]),
        ("local-model.json", '{"person": {"zone": "Mars/Base"}}', ["Mars/Base", "IANA"]),
    ],
)
def test_a_mistake_names_file_key_value_and_what_is_allowed(
    paths: Paths, name: str, text: str, told: list[str]
) -> None:
    """One error, with everything a person needs to mend it."""
    write(paths, name, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(paths, {})
    message = str(caught.value)
    assert str(paths.config / name) in message
    for part in told:
        assert part in message


def test_what_is_right_of_wrong_settings_can_still_be_used(paths: Paths) -> None:
    """Each mistake is told and left out, and nothing else; a file that can't be read goes whole."""
    write(paths, "settings.toml", "[chat]\nport = 99999\nprot = 1\nmax_tokens = 7\nlocal = 3\n")
    text = '{"routing": {"providers": 4, "strategy": "quality"}, "turn": {"historyTokens": 11}}'
    write(paths, "local-model.json", text)
    environ = {"WOOSTER_CHAT__PORT": "x", "WOOSTER_NO__SUCH": "1"}
    settings, wrong = usable_settings(paths, environ)
    assert (settings.chat.max_tokens, settings.turn.history_tokens) == (7, 11)
    assert settings.chat.port == 8080
    told = "\n".join(each.message for each in wrong)
    named = [
        *("chat.port is 'x'", "chat.port is 99999", "'chat.prot'", "'chat.local'"),
        *("routing.providers is 4", "WOOSTER_NO__SUCH"),
    ]
    assert all(name in told for name in named) and len(wrong) == len(named)
    assert str(caught(paths, environ)) == str(wrong[0])
    write(paths, "settings.toml", "[chat\n")
    settings, wrong = usable_settings(paths, {})
    assert (settings.chat.max_tokens, settings.turn.history_tokens) == (4096, 11)
    assert len(wrong) == 2


def caught(paths: Paths, environ: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as found:
        load_settings(paths, environ)
    return found.value


def test_a_wrong_variable_is_named_with_the_nearest_known_one(paths: Paths) -> None:
    """A variable that sets nothing is an error, not silence."""
    with pytest.raises(SettingsError, match="WOOSTER_CHAT__PROT") as caught:
        load_settings(paths, {"WOOSTER_CHAT__PROT": "1"})
    assert "'WOOSTER_CHAT__PORT'" in caught.value.hint


def test_a_key_of_the_cloud_is_never_shown(paths: Paths) -> None:
    """A wrong value of a secret isn't repeated in the message, nor in the settings' text."""
    write(paths, "settings.toml", "[chat]\napi_key = 12345678\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(paths, {})
    assert "12345678" not in str(caught.value)
    for providers in (
        '{"openai": {"apiKeyy": "planted-secret"}}',
        '{"openai": "planted-secret"}',
        '{"planted": {"apiKey": "planted-secret"}}',
        '{"openai": {"apiKey": ["planted-secret"]}}',
    ):
        write(paths, "settings.toml", "")
        write(paths, "local-model.json", f'{{"routing": {{"providers": {providers}}}}}')
        with pytest.raises(SettingsError) as caught:
            load_settings(paths, {})
        assert "planted-secret" not in str(caught.value)
    (paths.config / "local-model.json").unlink()
    write(paths, "settings.toml", "[chat]\napi_key = 'planted-secret'\n")
    assert "planted-secret" not in repr(load_settings(paths, {}))


def test_the_upgrade_guides_own_configuration_is_understood(paths: Paths) -> None:
    """Every key that the guide documents is known."""
    guide = {
        "routing": {
            "enabled": True,
            "strategy": "intelligent",
            "fallbackChain": ["local", "openai"],
            "providers": {
                "local": {
                    "enabled": True,
                    "serverUrl": "http://127.0.0.1:8080",
                    "models": {"fast": "a/b", "quality": "c/d"},
                    "embeddings": {
                        "enabled": True,
                        "serverUrl": "http://127.0.0.1:8081",
                        "model": "e/f",
                        "dimensions": 4096,
                        "batchSize": 64,
                    },
                },
                "openai": {"enabled": True, "models": {"fast": "x", "quality": "y"}},
            },
            "healthCheck": {"interval": 30000, "timeout": 2000, "retries": 1},
        },
        "memory": {
            "episodic": {"enabled": True, "maxEpisodes": 10000, "summarizeAfter": 10},
            "semantic": {"enabled": True, "factCategories": ["preference", "habit"]},
        },
        "services": {
            "habits": {"enabled": True},
            "goals": {"enabled": True},
            "mealPlanning": {"enabled": False},
            "scheduling": {"enabled": True},
        },
    }
    write(paths, "local-model.json", json.dumps(guide))
    write(
        paths,
        "settings.toml",
        "[chat]\nmodel='m'\nmax_tokens=1\ncontext_length=32768\n"
        "[embed]\nmodel='n'\nbatch_size=64\n",
    )
    assert load_settings(paths, {}).routing.providers.local.embeddings.dimensions == 4096


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    """config/README.md has one row for each key of each file, and no other."""
    text = (resources.CONFIG / "README.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    documented = {
        section.split("\n", 1)[0].strip("` "): re.findall(r"^\| `([\w.]+)`", section, re.MULTILINE)
        for section in sections
    }
    for name, keys in known_keys().items():
        assert sorted(documented[name]) == sorted(keys)


def test_a_socket_path_that_is_too_long_is_refused_with_its_length(tmp_path: object) -> None:
    """The person is told the limit and what to set."""
    from pathlib import Path

    with pytest.raises(HomeError, match="bytes") as caught:
        Paths(Path("/tmp") / ("x" * 120)).prepare()
    assert "WOOSTER_HOME" in caught.value.hint


def secret_places(kind: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the settings have a `SecretStr`, or a list of them."""
    for name, field in kind.model_fields.items():
        path, shape = (*above, field.alias or name), field.annotation
        if "SecretStr" in repr(shape):
            yield path
        elif isinstance(shape, type) and issubclass(shape, BaseModel):
            yield from secret_places(shape, path)


def test_a_secret_of_the_wrong_shape_is_named_and_not_shown(paths: Paths) -> None:
    """A password that was written as a number is a mistake like any other; what it is, stays."""
    places = list(secret_places(Settings))
    assert len(places) > 8
    for place in places:
        value: Any = [{"planted-word": 1}, 47110815] if place[-1] == "urls" else 47110815
        is_server = place[0] in ("chat", "fast", "embed")
        write(paths, "settings.toml", f"[{place[0]}]\n{place[1]} = {value}\n" if is_server else "")
        for key in reversed(place):
            value = {key: value}
        write(paths, "local-model.json", "{}" if is_server else json.dumps(value))
        with pytest.raises(SettingsError) as told:
            load_settings(paths, {})
        assert place[-1] in str(told.value)
        assert "4711" not in str(told.value) + told.value.hint, place
        assert "planted" not in str(told.value) + told.value.hint, place


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("notify.ntfy.url", "https://ana:PLANTED@ntfy.example.org"),
        ("notify.ntfy.url", "https://:PLANTED@ntfy.example.org"),
        ("notify.ntfy.url", "https://ntfy.example.org/PLANTED"),
        ("notify.ntfy.url", "https://ana:PLANTED/x@ntfy.example.org"),
        ("notify.ntfy.url", "https://ana:PLANTED@ntfy.example.org:port"),
        ("notify.email.host", "smtps://ana:PLANTED@ntfy.example.org"),
        ("routing.providers.own.serverUrl", "ana:PLANTED@ntfy.example.org:8080"),
        ("routing.providers.own.serverUrl", "http://ntfy.example.org:8080/v1?key=PLANTED"),
        ("routing.providers.own.serverUrl", ["http://ana:PLANTED@ntfy.example.org"]),
        ("routing.egress.ownHosts", ["http://ana:PLANTED@ntfy.example.org"]),
        ("routing.fallbackChain", ["http://ana:PLANTED@ntfy.example.org"]),
    ],
)
def test_a_password_in_an_address_is_never_shown(paths: Paths, key: str, value: Any) -> None:
    """What a mistake shows of an address is whose it is: not the user, the password or a path."""
    tree: Any = value
    for part in reversed(key.split(".")):
        tree = {part: tree}
    write(paths, "local-model.json", json.dumps(tree))
    told = f"{caught(paths, {})} {caught(paths, {}).hint}"
    assert "ntfy.example.org" in told
    assert "PLANTED" not in told


@given(st.text(), st.text(alphabet="pw4711:/?#@[]% \\"))
def test_no_password_is_left_of_any_address(user: str, password: str) -> None:
    """Whatever signs are in it."""
    shown = without_keys(f"http://{user}:<{password}>@host.example/x")
    assert shown == "http://…@host.example/…"


@given(st.text(alphabet=st.characters(exclude_characters=":@/")))
def test_what_is_no_address_is_shown_as_it_is(text: str) -> None:
    """A mistake of another kind is mended more easily when it is seen."""
    assert without_keys(text) == text
