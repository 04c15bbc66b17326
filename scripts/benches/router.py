"""The router: what it adds, what failing providers cost, and what the choice of a tier saves."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.benches import router_choice, router_latency
from scripts.benches.report import progress


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench router", description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of public data, for the choice")
    given = parser.parse_args()
    if given.data is None:
        progress("without --data DIR the choice of a tier is not measured")
    else:
        router_choice.measure(given.data)
    router_latency.measure()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
