"""Who may be asked, by the settings and the keys."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.models.keys import read_keys
from wooster.models.model import Tier
from wooster.models.providers import Allowed, allowed_providers

KEY = {"OPENAI_API_KEY": "k"}
OPENAI: dict[str, object] = {
    "strategy": "intelligent",
    "providers": {"openai": {"enabled": True}},
}


def allowed(
    paths: Paths,
    routing: Mapping[str, object],
    environ: Mapping[str, str] = KEY,
    tier: Tier = "quality",
) -> Allowed:
    (paths.config / "local-model.json").write_text(json.dumps({"routing": routing}))
    settings = load_settings(paths, {})
    return allowed_providers(settings, read_keys(settings, environ), tier)


def names(found: Allowed) -> list[str]:
    return [provider.name for provider in found.providers]


def test_by_default_nothing_leaves_even_with_a_key(paths: Paths) -> None:
    """A key in the environment is no permission."""
    found = allowed(paths, {})
    assert names(found) == ["local"]
    assert found.problems == ()


def test_openai_needs_both_the_permission_and_a_key(paths: Paths) -> None:
    """Enabled without a key, or with an empty one, it isn't asked, and that is told."""
    for environ in ({}, {"OPENAI_API_KEY": ""}):
        found = allowed(paths, OPENAI, environ)
        assert names(found) == ["local"]
        assert "openai is left out: it is enabled and there is no key" in str(found.problems[0])
    assert names(allowed(paths, OPENAI)) == ["local", "openai"]


def test_local_only_overrules_the_permission(paths: Paths) -> None:
    """The strategy says it in one word; the person's own machines aren't meant by it."""
    assert names(allowed(paths, {**OPENAI, "strategy": "local-only"})) == ["local"]
    # Nor is there anything to mend about somebody who isn't asked anyway; only that is told.
    (told,) = allowed(paths, {**OPENAI, "strategy": "local-only"}, {}).problems
    assert not told.left_out
    assert 'Set routing.strategy to "intelligent"' in str(told)
    far = {"providers": {"local": {"serverUrl": "https://studio.example"}}}
    (problem,) = allowed(paths, {**far, "strategy": "local-only"}).problems
    assert "on another machine, and the strategy is local-only" in str(problem)
    own = {**far, "strategy": "local-only", "egress": {"ownHosts": ["studio.example"]}}
    assert names(allowed(paths, own)) == ["local"]


def test_the_chain_gives_the_order(paths: Paths) -> None:
    """Who isn't in the chain isn't asked."""
    assert names(allowed(paths, {**OPENAI, "fallbackChain": ["openai"]})) == ["openai"]


def test_a_tier_has_its_model_and_its_price(paths: Paths) -> None:
    """A provider without a model for the tier is asked for its other one."""
    for tier, model, cost in (("fast", "gpt-4o-mini", 0.15), ("quality", "gpt-4o", 2.5)):
        openai = allowed(paths, OPENAI, tier=tier).providers[-1]  # type: ignore[arg-type]
        assert openai.model == model
        assert openai.price is not None
        assert openai.price.input == cost
    one = {**OPENAI, "providers": {"openai": {"enabled": True, "models": {"fast": None}}}}
    assert allowed(paths, one, tier="fast").providers[-1].model == "gpt-4o"


def test_a_provider_of_another_name_is_one_more(paths: Paths) -> None:
    """Ollama and its like need an address and a place in the chain; its model is asked for."""
    routing = {
        "fallbackChain": ["ollama", "local"],
        "providers": {"ollama": {"serverUrl": "http://localhost:11434/v1"}},
    }
    ollama = allowed(paths, routing).providers[0]
    assert (ollama.name, ollama.url, ollama.leaves) == ("ollama", "http://localhost:11434", False)
    assert ollama.needs_model


def test_plain_http_to_another_machine_asks_first(paths: Paths) -> None:
    """Left out with the command that allows it; allowed or an own host, it is asked."""
    box = {"box": {"serverUrl": "http://192.168.1.9:1", "price": {"input": 0, "output": 0}}}
    routing = {"strategy": "intelligent", "fallbackChain": ["box"], "providers": box}
    found = allowed(paths, routing)
    assert names(found) == []
    assert "wooster egress allow 192.168.1.9" in str(found.problems[0])
    for name in ("plainHttpHosts", "ownHosts"):
        found = allowed(paths, {**routing, "egress": {name: ["192.168.1.9"]}})
        assert names(found) == ["box"]
        assert found.problems == ()
        assert found.providers[0].leaves is (name == "plainHttpHosts")


def test_a_local_provider_on_another_machine_is_another_machine(paths: Paths) -> None:
    """The name `local` makes nothing local."""
    routing = {"providers": {"local": {"serverUrl": "http://studio.local:8080"}}}
    assert names(allowed(paths, routing)) == []
    own = allowed(paths, {**routing, "egress": {"ownHosts": ["Studio.local"]}})
    assert not own.providers[0].leaves
    assert own.providers[0].title == "the server at http://studio.local:8080"


def test_a_local_provider_elsewhere_is_asked_which_model_it_has(paths: Paths) -> None:
    """The name of our own server's model means nothing to another; one that is set is used."""
    local: dict[str, object] = {"serverUrl": "http://127.0.0.1:9"}
    for models, expected in (({}, ""), ({"fast": "a", "quality": "b"}, "b")):
        routing = {"providers": {"local": {**local, "models": models}}}
        (found,) = allowed(paths, routing).providers
        assert found.model == expected
        assert found.needs_model is (not expected)


def test_a_cap_that_can_not_hold_is_told(paths: Paths) -> None:
    """A model without a known price: it is asked, and the person knows."""
    models = {"quality": "new"}
    routing = {**OPENAI, "providers": {"openai": {"enabled": True, "models": models}}}
    found = allowed(paths, routing)
    assert names(found) == ["local", "openai"]
    assert "the price of new isn't known" in str(found.problems[0])


@pytest.mark.parametrize(
    ("may_see", "asked", "told"),
    [([], False, "doesn't name 'plain'"), (["plain", "memory"], True, "and not 'profile'")],
)
def test_a_list_of_what_it_may_see_that_makes_no_sense_is_told(
    paths: Paths, may_see: list[str], asked: bool, told: str
) -> None:
    """Gaps in it would keep requests back without a reason that a person sees."""
    found = allowed(
        paths, {**OPENAI, "providers": {"openai": {"enabled": True, "maySee": may_see}}}
    )
    assert ("openai" in names(found)) is asked
    assert told in str(found.problems[0])


def test_the_fast_server_goes_first_and_the_chat_server_before_the_cloud(paths: Paths) -> None:
    """With the fast server down, a quick task stays on this machine."""
    (paths.config / "settings.toml").write_text("[fast]\nstart = true\n")
    urls = [provider.url for provider in allowed(paths, OPENAI, tier="fast").providers]
    assert urls == ["http://127.0.0.1:8082", "http://127.0.0.1:8080", "https://api.openai.com"]
    urls = [provider.url for provider in allowed(paths, OPENAI, tier="quality").providers]
    assert urls == ["http://127.0.0.1:8080", "http://127.0.0.1:8082", "https://api.openai.com"]


def test_no_key_is_in_what_is_shown(paths: Paths) -> None:
    """Neither in a provider's repr nor in a problem."""
    found = allowed(paths, OPENAI, {"OPENAI_API_KEY": "planted-secret"})
    assert found.providers[-1].api_key == "planted-secret"
    assert "planted-secret" not in repr(found)
