"""A strict reader of what `/metrics` tells, by Prometheus' text format 0.0.4."""

from __future__ import annotations

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABELS = r'\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\}'
_SAMPLE = re.compile(rf"({_NAME})({_LABELS})? (\S+)")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def families(text: str) -> dict[str, dict[str, float]]:
    """The samples of each metric, by their labels as written. Fails for whatever the format doesn't
    allow: a family without its help and type or in two places, a sample told twice."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    lines = iter(text.splitlines())
    name = ""
    for line in lines:
        if line.startswith("# HELP "):
            name, told = line.removeprefix("# HELP ").split(" ", 1)
            assert re.fullmatch(_NAME, name), line
            assert told, f"{name} has no help"
            kind = next(lines)
            assert kind in (f"# TYPE {name} counter", f"# TYPE {name} gauge"), kind
            assert kind.endswith("counter") == name.endswith("_total"), kind
            assert name not in found, f"{name} stands in two places"
            found[name] = {}
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] == name, f"{line!r} stands under {name}"
        labels = sample[2] or ""
        assert labels not in found[name], f"{line!r} is told twice"
        found[name][labels] = float(sample[3])
    return found
