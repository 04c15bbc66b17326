"""Figures of a model server: what it counts, how fast it is, and how Prometheus reads them.

The text format is Prometheus' exposition format 0.0.4; names end in their unit. It knows numbers
and nothing of where they come from.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

RECENT_S = 10.0


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `values` is a number, or numbers by the value of the label `label`."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    values: float | Mapping[str, float]
    label: str = ""


def exposition(prefix: str, metrics: Iterable[Metric]) -> str:
    """The metrics as `GET /metrics` tells them, each name with `prefix` before it."""
    return "".join(_family(prefix, metric) for metric in metrics)


def _family(prefix: str, metric: Metric) -> str:
    name = f"{prefix}_{metric.name}"
    head = f"# HELP {name} {_escape(metric.help)}\n# TYPE {name} {metric.kind}\n"
    if not isinstance(metric.values, Mapping):
        return f"{head}{name} {_number(metric.values)}\n"
    lines = [
        f'{name}{{{metric.label}="{_escape_label(value)}"}} {_number(number)}\n'
        for value, number in sorted(metric.values.items())
    ]
    return head + "".join(lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _escape_label(text: str) -> str:
    return _escape(text).replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


class Rate:
    """How many a second of work, over the last seconds: silences between requests don't count."""

    def __init__(self) -> None:
        self._counts: deque[tuple[float, int, float]] = deque()

    def add(self, now_s: float, count: int, took_s: float) -> None:
        """So many were made, in so many seconds of work that end now."""
        self._counts.append((now_s, count, took_s))
        while self._counts[0][0] < now_s - RECENT_S:
            self._counts.popleft()

    def per_second(self) -> float:
        took_s = sum(took_s for _, _, took_s in self._counts)
        return sum(count for _, count, _ in self._counts) / took_s if took_s > 0 else 0.0


@dataclass(slots=True)
class Tally:
    """What a chat server has done since it started. Written on its engine's thread."""

    requests: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    holds: int = 0
    unloads: int = 0
    relieved: Counter[str] = field(default_factory=Counter)

    def metrics(self) -> list[Metric]:
        return [
            Metric(
                "requests_total", "counter", "Requests by how they ended.", self.requests, "outcome"
            ),
            Metric("prompt_tokens_total", "counter", "Tokens of prompts.", self.prompt_tokens),
            Metric(
                "cached_prompt_tokens_total",
                "counter",
                "Tokens of prompts that were not read anew.",
                self.cached_tokens,
            ),
            Metric(
                "completion_tokens_total", "counter", "Tokens of answers.", self.completion_tokens
            ),
            Metric(
                "holds_total", "counter", "Times that background work was put aside.", self.holds
            ),
            Metric("unloads_total", "counter", "Times the idle model was unloaded.", self.unloads),
            Metric(
                "memory_relief_total",
                "counter",
                "Steps taken under memory pressure.",
                self.relieved,
                "step",
            ),
        ]
