"""The public sets of phrases about time, each case with the readings that it allows.

A set lists the past and the future reading of what can be both: either agrees. A part of the day
("morning", "late afternoon", "before lunch") is compared by its name, because its hours are each
program's convention.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from dateutil.rrule import rrule, rruleset, rrulestr

Kind = Literal[
    "date", "time", "datetime", "daterange", "timerange", "datetimerange", "duration", "set",
    "recurrence", "nothing", "sentence",
]  # fmt: skip
_OCCURRENCES = 12
_PARTS = {
    "TMO": "morning", "TAF": "afternoon", "TEV": "evening", "TNI": "night", "TNT": "night",
    "TDT": "daytime", "TMEB": "breakfast", "TMEL": "lunch", "TMED": "dinner",
}  # fmt: skip
_SIDES = ("start", "end", "before", "after")
_SET = re.compile(
    r"(?:P(?P<count>\d+)(?P<unit>[DWMY]|WD|WE)|PT(?P<tcount>\d+)(?P<tunit>[HMS])"
    r"|XXXX-WXX-(?P<weekday>\d)|XXXX-(?P<month>\d\d)-(?P<day>\d\d))?"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d))?(?::00)?|(?P<part>T(?:MO|AF|EV|NI)))?"
)


@dataclass(frozen=True)
class Said:
    """A reading in the words of the bench. `until_day` is out. `part` is the part of the day that
    was said ("afternoon end"), `parts` are all that are these hours."""

    day: date | None = None
    at: time | None = None
    until_day: date | None = None
    until: time | None = None
    seconds: float | None = None
    part: str = ""
    parts: frozenset[str] = frozenset()
    rule: str = ""
    mod: str = ""
    is_range: bool = False
    is_excepted: bool = False
    occurrences: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Case:
    """A phrase, said at `now`, and the readings that agree with its set."""

    source: str
    kind: Kind
    text: str
    now: datetime
    told: tuple[Said, ...]

    def agrees(self, said: Said | None) -> bool:
        if self.kind == "nothing":
            return said is None
        if said is None:
            return False
        return any(_same(self.kind, said, told) for told in self.told)


def _same(kind: Kind, said: Said, told: Said) -> bool:
    if kind in ("set", "recurrence"):
        return _same_rule(said, told)
    if said.rule:
        return False
    if kind == "duration":
        return said.day is None and said.seconds == told.seconds
    if told.part:
        is_day = said.day == told.day if told.day else True
        return is_day and told.part in said.parts
    if kind == "date":
        return (said.day, said.until_day) == (told.day, None) and said.at is None
    if kind == "time":
        return said.at == told.at and said.until is None
    if kind == "datetime":
        return said.day == told.day and _minute(said.at) == _minute(told.at)
    if kind == "timerange" and (told.at is None or told.until is None):
        return said.until == told.until if told.at is None else said.at == told.at
    if kind == "timerange":
        return (said.at, said.until) == (told.at, told.until)
    if kind == "daterange":
        return _same_days(said, told)
    if told.at is None and told.day is None:  # before, until
        return (said.until_day or said.day, said.until) == (told.until_day, told.until)
    if told.until is None:  # after, since
        return (said.day, said.at) == (told.day, told.at)
    return (said.day, said.at, said.until) == (told.day, told.at, told.until)


def _minute(at: time | None) -> time | None:
    """A day ends at 23:59:59 there, at 23:59 here."""
    return at.replace(second=0) if at and at.minute == 59 else at


def _same_days(said: Said, told: Said) -> bool:
    """Whether two stretches are one; the end of "from … to …" is the day, or the first day of the
    month or year, that was said last."""
    if told.day is None:  # until a day: with it or without it; by a day: that day
        inside = said.until_day - timedelta(days=1) if said.until_day else said.day
        return told.until_day in (said.until_day, inside)
    if told.until_day is None:
        begins = (told.day, told.day + timedelta(days=1)) if told.mod == "after" else (told.day,)
        return said.day in begins
    if said.day != told.day or said.until_day is None:
        return False
    ends = [said.until_day]
    if told.is_range:
        last = said.until_day - timedelta(days=1)
        ends += [last, last.replace(day=1), last.replace(month=1, day=1)]
    return told.until_day in ends


def _same_rule(said: Said, told: Said) -> bool:
    if not told.rule:
        return not said.rule and (said.day, said.at or time()) == (told.day, told.at or time())
    if _same_parts(said, told):
        return True
    if told.occurrences and said.occurrences:
        if told.at is None:
            return [w.date() for w in said.occurrences] == [w.date() for w in told.occurrences]
        return said.occurrences == told.occurrences
    return False


def _same_parts(said: Said, told: Said) -> bool:
    """Nothing is excepted, and the parts are equal: the start is then each reader's choice."""
    if not said.rule or told.is_excepted or (told.part and told.part not in said.parts):
        return False
    is_time = told.at is None or said.at == told.at
    return is_time and _parts(said.rule) == _parts(told.rule)


def _parts(rule: str) -> dict[str, frozenset[str]]:
    parts = dict(part.split("=") for part in rule.upper().split(";"))
    return {
        name: frozenset(value.split(","))
        for name, value in parts.items()
        if (name, value) not in (("INTERVAL", "1"), ("WKST", "MO"))
        and name not in ("BYHOUR", "BYMINUTE")
    }


# --- recurrent.json ---------------------------------------------------------------------------


def recurrences(file: Path) -> list[Case]:
    """Phrases with the rule, or the date, that they mean."""
    data = json.loads(file.read_text("utf-8"))
    now = datetime.fromisoformat(data["now"])
    cases = []
    for each in data["cases"]:
        told = each["expected"]
        if isinstance(told, str):
            moment = datetime.fromisoformat(told)
            said = Said(moment.date(), moment.time())
            cases.append(
                Case(
                    "recurrent",
                    "datetime" if moment.time() != time() else "date",
                    each["text"],
                    now,
                    (said, Said(moment.date())) if moment.time() == time() else (said,),
                )
            )
        elif told is None:
            cases.append(Case("recurrent", "nothing", each["text"], now, ()))
        else:
            cases.append(Case("recurrent", "recurrence", each["text"], now, _rules(told, now)))
    return cases


def _rules(told: dict[str, Any], now: datetime) -> tuple[Said, ...]:
    """The rule; an UNTIL there is the midnight at which its last day begins, so that a set with
    that day in, and one with it out, both agree."""
    parts = {k: x for k, x in told.items() if k not in ("dtstart", "until", "exdate", "exrule")}
    rule = ";".join(f"{name.upper()}={str(value).upper()}" for name, value in parts.items())
    start = datetime.fromisoformat(told["dtstart"]) if "dtstart" in told else now
    ends = [""]
    if "until" in told:
        last = datetime.fromisoformat(told["until"])
        ends = [f";UNTIL={day:%Y%m%d}T235959" for day in (last, last - timedelta(days=1))]
    at = time(int(told["byhour"]), int(told["byminute"])) if "byhour" in told else None
    if (
        told["freq"] in ("hourly", "minutely", "secondly")
        and "exdate" not in told
        and ("exrule" not in told)
    ):
        return (Said(rule=rule),)
    excepted = "exdate" in told or "exrule" in told
    dated = [end.removesuffix("T235959") for end in ends]
    return tuple(
        Said(
            rule=rule + day,
            at=at,
            is_excepted=excepted or "dtstart" in told,
            occurrences=_expanded(rule + end, start, told),
        )
        for end, day in zip(ends, dated, strict=True)
    )


def _rrule(rule: str, start: datetime) -> rrule:
    found = rrulestr(rule, dtstart=start)
    assert isinstance(found, rrule), "one rule without a set around it"
    return found


def _expanded(rule: str, start: datetime, told: dict[str, Any]) -> tuple[datetime, ...]:
    times = rruleset()
    times.rrule(_rrule(rule, start))
    if "exrule" in told:
        times.exrule(_rrule(told["exrule"], start))
    days = {x for x in told.get("exdate", []) if isinstance(x, str) and "T" not in x}
    instants = {x for x in told.get("exdate", []) if isinstance(x, str) and "T" in x}
    months = [tuple(x) for x in told.get("exdate", []) if not isinstance(x, str)]
    kept = (
        wall
        for wall in times
        if wall.date().isoformat() not in days
        and wall.isoformat() not in instants
        and (wall.month, wall.year) not in months
    )
    return tuple(islice(kept, _OCCURRENCES))


# --- Recognizers-Text -------------------------------------------------------------------------


def recognizers(name: str, file: Path) -> tuple[list[Case], Counter[str]]:
    """One case for each phrase that is marked in a sentence, and one for each without any; and what
    isn't measured, with its reason."""
    cases: list[Case] = []
    skipped: Counter[str] = Counter()
    for each in json.loads(file.read_text("utf-8-sig")):
        said_at = each.get("Context", {}).get("ReferenceDateTime", "2016-11-07T00:00:00")
        now = datetime.fromisoformat(said_at[:19])
        source = f"recognizers-{name}"
        if not each["Results"]:
            cases.append(Case(source, "nothing", each["Input"], now, ()))
        for result in each["Results"]:
            kind = (result.get("TypeName") or result.get("Type") or "").rpartition(".")[2]
            values = _values(result, kind)
            why = _unmeasured(kind, values, result["Text"])
            told = () if why else tuple(s for v in values if (s := _said(kind, v)))
            if not told:
                skipped[why or f"{kind} whose value has another form"] += 1
                continue
            cases.append(Case(source, kind, result["Text"], now, told))  # type: ignore[arg-type]
    return cases, skipped


def _values(result: dict[str, Any], kind: str) -> list[dict[str, str]]:
    told = result.get("Resolution") or result.get("Value") or {}
    if "values" in told:
        return list(told["values"])
    found = []
    for side in ("FutureResolution", "PastResolution"):
        resolved = dict(told.get(side, {}))
        value = resolved.get(kind, "")
        found.append(
            {
                "timex": told.get("Timex") or told.get("timex", ""),
                "value": value,
                "Mod": told.get("Mod", ""),
            }
        )
    return found


def _unmeasured(kind: str, values: list[dict[str, str]], text: str) -> str:
    if kind not in Kind.__args__:  # type: ignore[attr-defined]
        return f"of kind {kind or 'unknown'}"
    if any("timezone" in value for value in values):
        return "with a time zone"
    if any(value.get("value") == "not resolved" for value in values) and kind != "set":
        return "not resolved there"
    return ""


def _said(kind: str, value: dict[str, str]) -> Said | None:
    timex = value.get("timex", "")
    part = next((name for code, name in _PARTS.items() if timex.endswith(code)), "")
    if part and value.get("Mod") in _SIDES:
        part = f"{part} {value['Mod']}"
    if kind == "set":
        return _set(timex)
    if kind == "duration":
        return Said(seconds=float(value["value"])) if value.get("value") else None
    if kind == "date" and value.get("value"):
        return Said(day=date.fromisoformat(value["value"]))
    if kind == "time" and value.get("value"):
        return Said(at=time.fromisoformat(value["value"]))
    if kind == "datetime" and value.get("value"):
        moment = datetime.fromisoformat(value["value"])
        return Said(moment.date(), moment.time())
    begin, end = value.get("start"), value.get("end")
    if not begin and not end:
        return None
    if kind == "timerange":
        return Said(
            at=time.fromisoformat(begin) if begin else None,
            until=time.fromisoformat(end) if end else None,
            part=part,
        )
    if kind == "daterange":
        return Said(
            day=date.fromisoformat(begin) if begin else None,
            until_day=date.fromisoformat(end) if end else None,
            mod=value.get("Mod", ""),
            is_range=timex.startswith("("),
        )
    first = datetime.fromisoformat(begin) if begin else None
    last = datetime.fromisoformat(end) if end else None
    return Said(
        first.date() if first else None,
        first.time() if first else None,
        last.date() if last else None,
        last.time() if last else None,
        part=part,
    )


def _set(timex: str) -> Said | None:
    match = _SET.fullmatch(timex)
    if match is None or not timex:
        return None
    rule = "FREQ=DAILY"
    if unit := match["unit"] or match["tunit"]:
        is_clock = bool(match["tunit"])
        count = match["count"] or match["tcount"]
        names = (
            {"H": "HOURLY", "M": "MINUTELY", "S": "SECONDLY"}
            if is_clock
            else {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
        )
        if unit == "WD":
            rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
        elif unit == "WE":
            rule = "FREQ=WEEKLY;BYDAY=SA,SU"
        else:
            rule = f"FREQ={names[unit]};INTERVAL={count}"
    elif match["weekday"]:
        day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[int(match["weekday"]) - 1]
        rule = f"FREQ=WEEKLY;BYDAY={day}"
    elif match["month"]:
        rule = f"FREQ=YEARLY;BYMONTH={int(match['month'])};BYMONTHDAY={int(match['day'])}"
    at = time(int(match["hour"]), int(match["minute"] or 0)) if match["hour"] else None
    return Said(at=at, rule=rule, part=_PARTS.get(match["part"] or "", ""))
