"""The action `route`: it explains a choice and asks nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.actions.action import Action
from wooster.config import loading
from wooster.config.paths import Paths
from wooster.core.errors import UsageError
from wooster.daemon.route import Words, route
from wooster.models.keys import read_keys

HARD = "Hi, please replan my week around these six constraints"
CLOUD = {
    "WOOSTER_ROUTING__STRATEGY": "intelligent",
    "WOOSTER_ROUTING__PROVIDERS__OPENAI__ENABLED": "true",
    "WOOSTER_ROUTING__PROVIDERS__OPENAI__API_KEY": "sk-test",
}


def act(home: Path, environ: dict[str, str]) -> Action[Words]:
    settings = loading.load_settings(Paths(home), environ)
    return route(lambda: settings, read_keys(settings, environ))


@pytest.fixture
def plain(tmp_path: Path) -> Action[Words]:
    return act(tmp_path, {})


@pytest.fixture
def with_cloud(tmp_path: Path) -> Action[Words]:
    return act(tmp_path, CLOUD)


async def test_a_choice_is_told_with_its_weights_and_who_is_asked(
    with_cloud: Action[Words],
) -> None:
    """Tier, features that add up to the need, the providers, and what other strategies would do."""
    told = await with_cloud.handler(Words(words=HARD))
    assert told.data["tier"] == "quality"
    assert [one["provider"] for one in told.data["asked"]] == ["local", "openai"]
    assert told.data["asked"][1]["model"] == "gpt-4o"
    total = told.data["start"] + sum(mark["adds"] for mark in told.data["features"])
    assert total > 0
    assert "words of planning" in told.text
    others = told.data["other_strategies"]
    assert set(others) == {"fast", "quality", "local-only", "cheapest"}
    assert [one["provider"] for one in others["local-only"]["asked"]] == ["local"]
    assert others["fast"]["asked"][1]["model"] == "gpt-4o-mini"
    assert others["cheapest"]["tier"] == "fast"


async def test_nothing_to_judge_is_wrong_use(plain: Action[Words]) -> None:
    """An empty message has no choice, and the error says how it is asked for."""
    with pytest.raises(UsageError, match="no message"):
        await plain.handler(Words())
