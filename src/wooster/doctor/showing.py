"""A report as a person reads it, and as a program does."""

from __future__ import annotations

import re
from typing import Any

from wooster.core.text import counted, escaped
from wooster.doctor.model import Finding, Report
from wooster.wire.requests import ActionResult

_COMMAND = re.compile(r"`([^`]+)`")


def result(report: Report) -> ActionResult:
    """What is wrong first, then what is good to know, then how everything stands."""
    wrong, notes = report.findings("wrong"), report.findings("note")
    parts = []
    if report.mended:
        parts.append("Done:\n\n" + "\n".join(f"- {escaped(each)}" for each in report.mended))
    for found, title in ((wrong, _wrong(len(wrong))), (notes, "Good to know:" if notes else "")):
        if title:
            parts.append("\n\n".join([title, *(_shown(*each) for each in found)]))
    if not report.mended and any(each.fix for _, each in (*wrong, *notes)):
        parts.append(_OFFER)
    lines = [f"- **{each.name}** {escaped(each.seen.told)}" for each in report.looked]
    parts.append("How everything stands:\n\n" + "\n".join(lines))
    return ActionResult("\n\n".join(parts), _data(report), exit_code=report.exit_code)


_OFFER = "`wooster doctor --fix` does what is marked so, after copying the database."


def _wrong(count: int) -> str:
    if not count:
        return "Nothing is wrong."
    return f"{counted(count, 'thing is', 'things are')} wrong:"


def _shown(name: str, finding: Finding) -> str:
    mend = _marked(finding.mend)
    if finding.fix is not None:
        mend = f"`wooster doctor --fix`, or: {mend}"
    return "\n".join(
        [
            f"- **{name}** {escaped(finding.what)}",
            f"  - why it matters: {escaped(finding.why)}",
            f"  - what mends it: {mend}",
            *(f"  - `{line}`" for line in finding.mend.split("\n")[1:]),
        ]
    )


def _marked(text: str) -> str:
    """Its first line, whose commands stay as they are; nothing else is taken for a mark. Those
    after it are commands for a shell."""
    parts = _COMMAND.split(text.split("\n")[0])
    return "".join(f"`{each}`" if n % 2 else escaped(each) for n, each in enumerate(parts))


def commands(finding: Finding) -> list[str]:
    """What mends it, for a shell, one after the other."""
    if finding.commands is not None:
        return list(finding.commands)
    return _commands(finding.mend)


def _commands(text: str) -> list[str]:
    first, *shell = text.split("\n")
    return [*_COMMAND.findall(first), *shell]


def _data(report: Report) -> dict[str, Any]:
    return {
        "wrong": len(report.findings("wrong")),
        "mended": list(report.mended),
        "checks": [{"name": each.name, "told": each.seen.told} for each in report.looked],
        "findings": [
            {
                "check": each.name,
                "level": finding.level,
                "what": finding.what,
                "why": finding.why,
                "mend": finding.mend,
                "commands": commands(finding),
                "can_fix": finding.fix is not None,
            }
            for each in report.looked
            for finding in each.seen.findings
        ],
    }
