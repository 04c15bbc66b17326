"""Phrases about time: how often they are read as public sets say, beside the libraries for it."""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from scripts.benches import phrases_readers, phrases_sets
from scripts.benches.report import figure, progress

_SETS = ("DateTimeModel", "DurationParser", "SetParser", "HolidayParser", "MergedParser")
_OURS = "wooster"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench phrases", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--failures", action="store_true", help="list what Wooster reads otherwise")
    parser.add_argument("--ours", action="store_true", help="measure no library")
    given = parser.parse_args()
    cases, skipped = phrases_sets.recurrences(given.data / "recurrent.json"), Counter[str]()
    for name in _SETS:
        file = given.data / "recognizers_text_en" / f"{name}.json"
        more, left = phrases_sets.recognizers(name, file)
        cases += more
        skipped += left
    readers = {_OURS: phrases_readers.OURS}
    if not given.ours:
        readers |= phrases_readers.libraries()
    agreed: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        for name, reader in readers.items():
            said = reader(case)
            agreed[f"{case.source}.{case.kind}"][name].append(case.agrees(said))
            if case.source.startswith("recognizers"):
                agreed[f"recognizers.{case.kind}"][name].append(case.agrees(said))
                agreed["recognizers"][name].append(case.agrees(said))
            else:
                agreed[case.source][name].append(case.agrees(said))
            if given.failures and name == _OURS and not case.agrees(said):
                progress(f"{case.source} {case.kind}: {case.text!r} at {case.now:%Y-%m-%d %H:%M}")
                progress(f"    is {case.told}; read as {said}")
    _tell(agreed, skipped, list(readers))
    return 0


def _tell(
    agreed: dict[str, dict[str, list[bool]]], skipped: Counter[str], readers: list[str]
) -> None:
    width = max(map(len, agreed))
    progress(f"{'':{width}}  cases  " + "  ".join(f"{name:>13}" for name in readers))
    for group in sorted(agreed, key=lambda each: (each.count("."), each)):
        results = agreed[group]
        rates = {name: sum(given) / len(given) for name, given in results.items()}
        cells = "  ".join(f"{rates[name]:13.1%}" for name in readers)
        progress(f"{group:{width}}  {len(results[_OURS]):5}  {cells}")
        ours = rates.pop(_OURS)
        figure("phrases", group, ours, "ratio", rates)
    progress("not measured: " + ", ".join(f"{n} {why}" for why, n in skipped.most_common()))


if __name__ == "__main__":
    raise SystemExit(main())
