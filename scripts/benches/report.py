"""How figures are told: one JSON object a line on stdout, progress on stderr."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence


def figure(
    bench: str, name: str, value: float, unit: str, versus: dict[str, float] | None = None
) -> None:
    """Print one figure; `versus` is what it is compared to, in the same unit unless named."""
    line = {"bench": bench, "name": name, "value": round(value, 3), "unit": unit}
    line["versus"] = {key: round(other, 3) for key, other in (versus or {}).items()}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, between the two nearest values."""
    return statistics.quantiles(values, n=100, method="inclusive")[94]


median = statistics.median
