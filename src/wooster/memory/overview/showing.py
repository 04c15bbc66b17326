"""What is said of memory as a whole, as text for a person (Markdown) and as data for a program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import tzinfo
from typing import Any, Final

from wooster.core.text import clean, counted, number
from wooster.memory.model import Origin
from wooster.memory.overview.markdown import plain
from wooster.memory.overview.model import (
    Audit,
    Counted,
    EpisodeCount,
    Exported,
    Finding,
    Group,
    GroupName,
    Stats,
)
from wooster.vectors.model import Coverage

_LISTED = 10
_RETRY = "`/memory retry` lets a model try again"
# What was said goes with a fact: nobody should mend a double fact and lose a conversation unawares.
_FORGETTING = (
    "*`forget` takes along the exchanges that a fact came from: it shows them, and asks first.*"
)
_ELSEWHERE: Final[dict[Origin, str]] = {
    "import": "taken in from elsewhere",
    "job": "of schedules",
}
_ABOUT: Final[dict[GroupName, tuple[str, str]]] = {
    "junk": ("Junk", "facts without content, and what is none"),
    "duplicates": ("Duplicates", "the same, known twice"),
    "contradictions": ("Contradictions", "two that can't both be so; whichever is wrong goes"),
    "without_source": ("Without a source", "no turn in which it was said, and not told by you"),
    "low_confidence": ("Low confidence", "inferred, and not said again"),
    "never_recalled": ("Never recalled", "older than 90 days; it may stay or go"),
}


# --- counts -----------------------------------------------------------------------------------


def stats_text(stats: Stats, zone: tzinfo | None) -> str:
    there = stats.counted
    return "\n".join(
        [
            _conversations(there),
            _episodes(there),
            _facts(there),
            f"- **open** {counted(there.contradictions, 'contradiction')}, "
            f"{counted(there.followups, 'follow-up')}",
            _embedding(stats),
            *_distilling(there, zone),
            f"- **forgotten** {counted(there.tombstones, 'statement')}, not to be learned again",
            f"- **database** {there.size_bytes / 1e6:.1f} MB, with all else that is stored",
        ]
    )


def _conversations(there: Counted) -> str:
    sessions = sum(there.sessions.values())
    line = f"- **conversations** {number(sessions)}, {counted(there.turns, 'turn')}"
    others = [
        f"{number(there.sessions[origin])} {what}"
        for origin, what in _ELSEWHERE.items()
        if there.sessions.get(origin)
    ]
    return f"{line} ({', '.join(others)})" if others else line


def _episodes(there: Counted) -> str:
    all_of, none = there.episodes, EpisodeCount()
    total = sum(each.all for each in all_of.values())
    by_rules = sum(each.by_rules for each in all_of.values())
    line = f"- **episodes** {number(total)}: {number(by_rules)} told by rules, "
    line += f"{number(total - by_rules)} by a model"
    months, years = all_of.get("month", none).all, all_of.get("year", none).all
    if months or years:
        line += f"; {counted(months, 'month')} and {counted(years, 'year')} among them"
    return line


def _facts(there: Counted) -> str:
    facts = there.facts
    line = f"- **facts** {number(facts.valid)} valid: {number(facts.explicit)} stated by you, "
    line += f"{number(facts.valid - facts.explicit)} inferred; {number(facts.past)} past"
    return f"{line}, {number(facts.ahead)} to come" if facts.ahead else line


def _embedding(stats: Stats) -> str:
    waiting = sum(each.waiting for each in stats.coverage.values())
    refused = sum(each.refused for each in stats.coverage.values())
    if not waiting and not refused:
        return "- **meaning** all of it is embedded"
    line = f"- **meaning** {counted(waiting, 'passage waits', 'passages wait')} to be embedded"
    if refused:
        line += f", {number(refused)} can't be"
    problem = next((each.problem for each in stats.coverage.values() if each.problem), "")
    return f"{line}; words find them. {plain(problem)}".rstrip()


def _distilling(there: Counted, zone: tzinfo | None) -> Iterator[str]:
    waiting = []
    if there.undistilled:
        waiting.append(counted(there.undistilled, "conversation isn't", "conversations aren't"))
        waiting[-1] += " summed up yet"
    if there.plain:
        stretches = counted(there.plain, "stretch is", "stretches are")
        waiting.append(f"{stretches} summed up by rules and waiting for a model")
    yield f"- **distilling** {'; '.join(waiting) or 'nothing waits'}"
    if not there.dead:
        return
    stuck = counted(there.dead, "stretch is", "stretches are")
    yield f"- **stuck** {stuck} left as rules told of them; {_RETRY}"
    for each in there.stuck[:_LISTED]:
        tried = counted(each.attempts, "attempt")
        turns = counted(each.turns, "turn")
        day = f"{each.began.astimezone(zone):%Y-%m-%d}"
        yield f"  - {day}, {turns}: {plain(each.problem)} ({tried})"
    yield from (f"  {more}" for more in _and_more(there.dead, len(there.stuck[:_LISTED])))


def _and_more(count: int, shown: int) -> Iterator[str]:
    if count > shown:
        yield f"- and {number(count - shown)} more"


def stats_data(stats: Stats) -> dict[str, Any]:
    there = stats.counted
    return {
        "sessions": sum(there.sessions.values()),
        "sessions_by_origin": dict(there.sessions),
        "turns": there.turns,
        "episodes": {kind: asdict(each) for kind, each in there.episodes.items()},
        "facts": asdict(there.facts),
        "contradictions": there.contradictions,
        "followups": there.followups,
        "embedding": {name: _coverage(each) for name, each in stats.coverage.items()},
        "distilling": {
            "undistilled": there.undistilled,
            "waiting": there.plain,
            "stuck": there.dead,
            "reasons": [
                {
                    "session_id": each.session_id,
                    "began": each.began.isoformat(),
                    "turns": each.turns,
                    "attempts": each.attempts,
                    "problem": each.problem,
                }
                for each in there.stuck
            ],
        },
        "tombstones": there.tombstones,
        "size_bytes": there.size_bytes,
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "passages": coverage.passages,
        "waiting": coverage.waiting,
        "refused": coverage.refused,
        "problem": coverage.problem,
    }


# --- what to look at --------------------------------------------------------------------------


def audit_text(audit: Audit) -> str:
    found = [group for group in audit.groups if group.count]
    head = "No fact is known yet."
    if audit.facts:
        head = f"{counted(audit.facts, 'fact')}, {audit.junk_share:.1%} of them junk."
    if not found:
        return f"{head} Nothing is to be looked at."
    return "\n\n".join([head, *map(_group, found), _FORGETTING])


def _group(group: Group) -> str:
    title, about = _ABOUT[group.name]
    shown = group.findings[:_LISTED]
    lines = [f"**{title}: {number(group.count)}** ({about})", ""]
    lines += [f"- {plain(each.what)} → {_todo(each)}" for each in shown]
    lines += _and_more(group.count, len(shown))
    return "\n".join(lines)


def _todo(finding: Finding) -> str:
    return " or ".join(f"`/{command}`" for command in finding.todo)


def audit_data(audit: Audit) -> dict[str, Any]:
    return {
        "facts": audit.facts,
        "junk_share": audit.junk_share,
        "counts": {group.name: group.count for group in audit.groups},
        "findings": {group.name: list(map(_finding, group.findings)) for group in audit.groups},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "todo": list(finding.todo),
        "facts": list(finding.facts),
        "episode": finding.episode,
    }


# --- what was written out ---------------------------------------------------------------------


def exported_text(exported: Exported) -> str:
    where = clean(os.fsencode(exported.folder).decode("utf-8", "replace")).replace("\n", "␤")
    ticks = "``" if "`" in where else "`"
    return (
        f"{counted(exported.sessions, 'conversation')} with {counted(exported.turns, 'turn')}, "
        f"{counted(exported.facts, 'fact')} and {counted(exported.episodes, 'episode')} are in "
        f"{ticks}{where}{ticks}; begin with `index.md`.\n\n"
        "**It is not encrypted**: whoever can read these files reads all of it. What you forget "
        "from now on stays in them, and in a folder of your library they are read as documents."
    )


def exported_data(exported: Exported) -> dict[str, Any]:
    return {
        "path": str(exported.folder),
        "facts": exported.facts,
        "episodes": exported.episodes,
        "sessions": exported.sessions,
        "turns": exported.turns,
    }
