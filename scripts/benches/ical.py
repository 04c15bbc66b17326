"""Calendars as they are read against what others expect, case by case; failing ones on stderr.

`--data` has libical's table of rules (`libical/icalrecur_test.txt`) and the calendars of
recurring-ical-events with their instances (`recurring_ical_events_golden.json`). Each case goes the
way of a calendar that a person adds, but for the process around it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scripts.benches.report import figure, progress

from wooster.calendars import blocks
from wooster.calendars.expanding import Window, expand

BENCH = "ical"
_END = date(2100, 1, 1)
_SHOWN = 4


def cases(path: Path) -> Iterator[dict[str, str]]:
    """The table's paragraphs."""
    for paragraph in path.read_text("utf-8").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line and not line.startswith("#")]
        found = dict(line.split(":", 1) for line in lines)
        if "RRULE" in found:
            yield found


def instant(text: str) -> int:
    """Milliseconds of a time of either form; one without a zone is read as UTC."""
    compact = text.strip().rstrip("Z")
    if "-" in compact:
        moment = datetime.fromisoformat(compact)
    else:
        form = "%Y%m%dT%H%M%S" if "T" in compact else "%Y%m%d"
        moment = datetime.strptime(compact, form).replace(tzinfo=UTC)
    return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def rule_case(case: dict[str, str]) -> str:
    """What is wrong with a case of the table, "" for nothing."""
    start = case["DTSTART"].strip()
    kind = "" if "T" in start else ";VALUE=DATE"
    # A series has its own first time even where its rule hasn't: that one is taken out.
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:case\r\n"
        f"DTSTART{kind}:{start.rstrip('Z')}\r\nRRULE:{case['RRULE'].strip()}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    wanted = sorted({instant(each) for each in case["INSTANCES"].split(",") if each.strip()})
    told: list[str] = []
    rows = expand(text, Window(date(1900, 1, 1), _END), [], told.append)
    got = sorted({row["starts_ms"] for row in rows})
    if instant(start) not in wanted:
        got = [each for each in got if each != instant(start)]
    if got == wanted:
        return ""
    return f"{case['RRULE']} from {start}: {_dates(got)} for {_dates(wanted)} {told}"


def _dates(found: list[int]) -> str:
    shown = [f"{datetime.fromtimestamp(each / 1000, UTC):%Y%m%dT%H%M}" for each in found[:_SHOWN]]
    return f"{len(found)} {shown}"


def calendar_case(path: Path, expected: dict[str, Any]) -> str:
    """What is wrong with a calendar, "" for nothing."""
    window = Window(date.fromisoformat(expected["from"]), date.fromisoformat(expected["to"]))
    told: list[str] = []
    rows = expand(blocks.decoded(path.read_bytes()), window, [], told.append)
    # In the order of the expectation, which has only the first of many.
    got = sorted((row["starts_ms"], row["ends_ms"], row["uid"] or "None") for row in rows)
    wanted = sorted(
        (instant(start), _end(start, end), uid) for start, end, uid, _ in expected["events"]
    )
    if len(got) != expected["n"]:
        return f"{path.name}: {len(got)} instances for {expected['n']} {told}"
    missing = [each for each in wanted if each not in set(got)]
    return f"{path.name}: {len(missing)} are missing {told}" if missing else ""


def _end(start: str, end: str) -> int:
    """A day that ends as it begins is that day: others have it with no length, people don't."""
    is_day = "T" not in start and start == end
    return instant(end) + (86_400_000 if is_day else 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench ical", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of cases")
    given = parser.parse_args()
    started = time.perf_counter()
    table = list(cases(given.data / "libical" / "icalrecur_test.txt"))
    # One that libical itself can't do has no expectation.
    asked = [each for each in table if "***" not in each["INSTANCES"]]
    wrong = [found for each in asked if (found := rule_case(each))]
    golden = json.loads((given.data / "recurring_ical_events_golden.json").read_text("utf-8"))
    folder = given.data / "recurring_ical_events"
    calendars = golden["calendars"]
    bad = [
        found for name, each in calendars.items() if (found := calendar_case(folder / name, each))
    ]
    for each in [*wrong, *bad]:
        progress(each)
    figure(BENCH, "libical.agreeing", len(asked) - len(wrong), "cases", {"all": len(asked)})
    figure(BENCH, "libical.unanswered", len(table) - len(asked), "cases")
    figure(BENCH, "calendars.agreeing", len(calendars) - len(bad), "cases", {"all": len(calendars)})
    figure(BENCH, "took", time.perf_counter() - started, "s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
