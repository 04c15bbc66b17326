"""What Prometheus reads, and how speed is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.servers.embedding import Embedder
from wooster.servers.health import Health
from wooster.servers.metrics import Metric, Rate, Tally, exposition

from .exposition import CONTENT_TYPE, families
from .harness import Server


def test_every_line_is_of_the_text_format() -> None:
    """Help and type before each family, labels escaped, names with the server's prefix."""
    text = exposition(
        "wooster_chat",
        [
            Metric("ends_total", "counter", "By end.", {"stop": 2, 'a"b\\c\nd': 1}, "outcome"),
            Metric("tokens_per_second", "gauge", "Speed.", 12.5),
            *Tally().metrics(),
        ],
    )
    lines = text.splitlines()
    assert lines[:4] == [
        "# HELP wooster_chat_ends_total By end.",
        "# TYPE wooster_chat_ends_total counter",
        'wooster_chat_ends_total{outcome="a\\"b\\\\c\\nd"} 1',
        'wooster_chat_ends_total{outcome="stop"} 2',
    ]
    assert "wooster_chat_tokens_per_second 12.5" in lines
    assert families(text)["wooster_chat_tokens_per_second"] == {"": 12.5}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["chat", "embed"])
def test_prometheus_can_read_a_real_server(kind: str, request: pytest.FixtureRequest) -> None:
    """`GET /metrics` has the format's content type, and is right down to the last line."""
    server: Server = request.getfixturevalue(kind)
    response = server.client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == CONTENT_TYPE
    told = families(response.text)
    assert told[f"wooster_{kind}_ready"] == {"": 1}
    assert told[f"wooster_{kind}_memory_active_bytes"][""] > 0


def test_every_server_has_metrics_from_its_first_moment(tmp_path: Path, paths: Paths) -> None:
    """Before anything is loaded there is an answer, with the service's own prefix."""

    def made() -> str:
        health = Health("wooster-embed-server", str(tmp_path), "some-model")
        settings = load_settings(paths).embed
        return Embedder(health, models=tmp_path, cache=tmp_path, settings=settings).metrics()

    text = made()
    assert 'wooster_embed_model_info{model="some-model"} 1' in text
    assert "wooster_embed_ready 0" in text
    assert "wooster_embed_requests_queued 0" in text


def test_speed_is_that_of_the_last_seconds_of_work() -> None:
    """Ten a second of work is ten a second, whatever silence lies between; bursts even out."""
    rate = Rate()
    assert rate.per_second() == 0
    for step in range(1, 201):
        rate.add(step / 5, 2, 0.2)
    assert rate.per_second() == pytest.approx(10)
    rate.add(45.0, 1, 0.4)
    for _ in range(3):
        rate.add(45.0, 1, 0.0)
    assert rate.per_second() == pytest.approx(10)
    rate.add(1000.0, 5, 1.0)
    assert rate.per_second() == pytest.approx(5)
