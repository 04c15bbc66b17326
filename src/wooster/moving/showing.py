"""What became of a moving in, as text for a person (Markdown) and as data.

Whatever stands in a file is shown as text, and can't look like ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from wooster.actions.imported import Import
from wooster.core.text import counted, escaped, number
from wooster.moving.model import Account, Unread
from wooster.moving.service import Outcome, TakenBack

_PLURALS = {
    "message": "messages",
    "fact": "facts",
    "habit": "habits",
    "goal": "goals",
    "reminder": "reminders",
    "health entry": "health entries",
    "task": "tasks",
    "line": "lines",
    "heading": "headings",
    "file": "documents",
    "task file": "files of projects and archives",
    "document": "documents put together",
    "work": "documents that a model wrote",
    "project": "projects",
    "calendar": "calendars",
    "setting": "settings",
    "episode": "conversations of the old Wooster",
    "feed entry": "entries of a feed",
}
_ONES = {"document": "document put together", "work": "document that a model wrote"}
_ONES |= {"file": "document", "task file": "file of a project or an archive"}
_ORDER = tuple(_PLURALS)
_MOST = 500
_MOST_LEFT = 12


def text(outcome: Outcome) -> str:
    """The report."""
    parts = [_head(outcome), *_lines_left(outcome), *_remarks(outcome), *_aside(outcome)]
    if outcome.left:
        parts.append(_left(outcome.left))
    if outcome.number and outcome.things:
        parts.append(_next(outcome))
    return "\n\n".join(parts)


def _head(outcome: Outcome) -> str:
    things = _things(outcome.things)
    if outcome.wanted.is_dry:
        first = f"Would be moved in: {things}." if things else "Nothing new would be moved in."
        first += " Nothing was stored."
    elif outcome.is_broken_off:
        first = f"Stopped; moved in so far: {things or 'nothing'}."
    else:
        first = f"Moved in: {things}." if things else "Nothing new was moved in."
    if outcome.there:
        there = counted(outcome.there, "line or entry", "lines and entries")
        first += f" There already: {there}."
    return first


def _things(things: Counter[str]) -> str:
    kinds = sorted(things, key=lambda kind: _ORDER.index(kind) if kind in _ORDER else 99)
    told = [counted(things[k], _ONES.get(k, k), _PLURALS.get(k, "")) for k in kinds if things[k]]
    return ", ".join(told)


def _lines_left(outcome: Outcome) -> Iterator[str]:
    """Each line that couldn't be read, with its reason; of a file, those with one reason."""
    told = [line for account in outcome.accounts for line in _unread(account)]
    if not told:
        yield "Every line could be read."
        return
    count = outcome.unread
    many = "Not moved in" if outcome.wanted.is_dry is False else "Wouldn't be moved in"
    yield f"{many}, {counted(count, 'line or entry', 'lines and entries')}:"
    shown = told[:_MOST]
    if len(told) > _MOST:
        shown.append(f"- and {number(len(told) - _MOST)} more: `--json` has all of them")
    yield "\n".join(shown)


def _unread(account: Account) -> list[str]:
    by_reason: dict[tuple[str, str], list[Unread]] = {}
    for each in account.unread:
        by_reason.setdefault((each.why, each.text), []).append(each)
    lines = []
    for (why, said), found in by_reason.items():
        quoted = f" (“{escaped(said)}”)" if said else ""
        lines.append(f"- {_place(account, found)}: {escaped(why)}{quoted}")
    return lines


def _place(account: Account, found: Sequence[Unread]) -> str:
    """`gtd/inbox.md:3, 7`; of a table or a list, which rows or entries."""
    file = escaped(_named(account.file))
    at = [each.at for each in found if each.at]
    if not at:
        units = sum(each.units for each in found)
        return (
            file if units == 1 or account.unit == "file" else f"{file} ({_units(account, units)})"
        )
    ranges = ", ".join(_ranges(at))
    return f"{file}:{ranges}" if account.unit == "line" else f"{file}, {account.unit} {ranges}"


def _at(account: Account, at: int) -> str:
    file = escaped(_named(account.file))
    if not at:
        return file
    return f"{file}:{at}" if account.unit == "line" else f"{file}, {account.unit} {at}"


def _units(account: Account, units: int) -> str:
    return counted(units, account.unit, "entries" if account.unit == "entry" else "")


def _ranges(at: Sequence[int]) -> Iterator[str]:
    found = sorted(set(at))
    begin = last = found[0]
    for each in [*found[1:], -1]:
        if each == last + 1:
            last = each
            continue
        yield str(begin) if begin == last else f"{begin}–{last}"
        begin = last = each


def _named(file: str) -> str:
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _remarks(outcome: Outcome) -> Iterator[str]:
    lines = [
        f"- {_at(account, each.at)}: {escaped(each.text)}"
        for account in outcome.accounts
        for each in account.remarks
    ]
    if lines:
        more = len(lines) - _MOST
        lines = lines[:_MOST] + ([f"- and {number(more)} more"] if more > 0 else [])
        yield "To be known:"
        yield "\n".join(lines)


def _aside(outcome: Outcome) -> Iterator[str]:
    total: Counter[str] = Counter()
    for account in outcome.accounts:
        total += account.aside
    if total:
        told = "; ".join(
            f"{escaped(what)} ({number(count)})" for what, count in total.most_common()
        )
        yield f"No data of yours, and set aside: {told}."


def _left(left: Sequence[str]) -> str:
    told = ", ".join(escaped(_named(each)) for each in left[:_MOST_LEFT])
    more = len(left) - _MOST_LEFT
    return (
        f"The old program's own, not looked into: {told}{f' and {more} more' if more > 0 else ''}."
    )


def _next(outcome: Outcome) -> str:
    hints = []
    if outcome.things["setting"]:
        hints.append(
            "Settings hold from the next start: `wooster restart`. What sends off this"
            " machine asks first: `wooster notify allow NAME`."
        )
    if outcome.things["message"] or outcome.things["fact"]:
        hints.append("Conversations and facts are found by their words now, and by meaning soon.")
    hints.append(f"`wooster import --undo {outcome.number}` takes all of it back.")
    return " ".join(hints)


def data(outcome: Outcome) -> dict[str, Any]:
    """The same for a program, with every unit accounted for."""
    return {
        "import": outcome.number,
        "dry_run": outcome.wanted.is_dry,
        "stopped": outcome.is_broken_off,
        "things": dict(outcome.things),
        "files": [_account(each) for each in outcome.accounts],
        "left": [_named(each) for each in outcome.left],
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "file": _named(account.file),
        "unit": account.unit,
        "total": account.total,
        "imported": dict(account.imported),
        "there": account.there,
        "aside": dict(account.aside),
        "unread": [
            {"at": each.at, "units": each.units, "why": each.why, "text": each.text}
            for each in account.unread
        ],
        "remarks": [{"at": each.at, "text": each.text} for each in account.remarks],
    }


def taken_back(found: Import, back: TakenBack) -> str:
    """What became of taking an import back."""
    head = f"Taken back: what was moved in from {escaped(found.place)}"
    head += f" ({counted(back.count, 'thing')})."
    if not back.problems:
        return head
    lines = "\n".join(
        f"- {escaped(each)}{f' ({times} times)' if times > 1 else ''}"
        for each, times in Counter(back.problems).items()
    )
    told = f"{head}\n\nLeft as it is:\n\n{lines}"
    return f"{told}\n\n`wooster import --undo {found.id}` tries again." if back.left else told


def imports(found: Sequence[Import], zone: tzinfo | None) -> str:
    """What was moved in, by the numbers that take it back."""
    if not found:
        return (
            "Nothing was moved in yet. `import FOLDER` moves in from the old Wooster, or from an"
            " export of ChatGPT or Claude; `--dry-run` looks first."
        )
    return "\n".join(
        f"- **{each.id}** {each.began.astimezone(zone):%Y-%m-%d %H:%M} {escaped(each.place)}"
        f"  *{_state(each)}*"
        for each in found
    )


def _state(found: Import) -> str:
    if found.undone is not None:
        return "taken back"
    told = counted(found.items, "thing")
    return told if found.ended else f"{told}, broken off; import it again and it goes on"


def imports_data(found: Sequence[Import]) -> dict[str, Any]:
    return {
        "imports": [
            {
                "number": each.id,
                "place": each.place,
                "began": each.began.isoformat(),
                "ended": each.ended.isoformat() if each.ended else None,
                "undone": each.undone.isoformat() if each.undone else None,
                "things": each.items,
            }
            for each in found
        ]
    }
