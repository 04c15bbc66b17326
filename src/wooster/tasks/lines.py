"""The grammar of a task's line: what it says, and the line that says it.

    - [ ] @ctx +project words due:2026-01-31 every:2-weeks (Captured: …) (Completed: …) (id: …)
    - [ ] 2026-01-10 09:30:00 words
    - [ ] words - Waiting For: WHO (Delegated/Requested: 2026-01-10, Captured: …)
    - [ ] words - Waiting For: WHO (Logged: 2026-01-10, Captured: …)
    - [ ] @Waiting WHO re: words (Logged: 2026-01-10)

`*` and `+` bullets, numbers and `[]` are read, too. A project is one word, or the name of a project
that there is; what isn't a tag is words, parentheses too, and stays where it stands. Pure: it knows
no files and no today.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from wooster.core import caches
from wooster.core.patterns import Pattern
from wooster.tasks.model import Task, Waiting, WaitingForm

BOX = Pattern(
    r"(?P<lead>[ \t]*(?:[-*+][ \t]*|\d{1,9}[.)][ \t]+)\[)(?P<box>[ xX]?)\](?=[ \t]|$)(?P<rest>.*)"
)
BULLET = Pattern(r"[ \t]*[-*+][ \t]+(?!\[[^\]]?\])(?P<rest>\S.*)")
"""A list's item without a box: in an inbox it is one to process."""

_DUE = Pattern(r"(?<!\S)due:[ \t]*(\d{4}-\d{2}-\d{2})(?!\S)", re.IGNORECASE)
_EVERY = Pattern(r"(?<!\S)(?:every|rec):(\S+)", re.IGNORECASE)
_ID = Pattern(r"(?<!\S)\(id:[ \t]*([^\s()]+)[ \t]*\)(?!\S)")
_CAPTURED = Pattern(r"(?<!\S)\(Captured:[ \t]*([^()]*?)[ \t]*\)(?!\S)")
_COMPLETED = Pattern(r"(?<!\S)\(Completed:[ \t]*([^()]*?)[ \t]*\)(?!\S)")
_SINCE = Pattern(
    r"(?<!\S)\((?P<how>Delegated/Requested|Logged):[ \t]*(?P<since>[^(),]*?)[ \t]*"
    r"(?:,[ \t]*Captured:[ \t]*(?P<captured>[^()]*?)[ \t]*)?\)(?!\S)"
)
_CONTEXT = Pattern(r"(?<!\S)@\w+(?:[-./]\w+)*")
_PROJECT = Pattern(r"(?<!\S)\+(?=[\w-]*[^\W\d_])\w[\w-]*")
_AFTER_TAG = Pattern(r"(?=\s|$)")
_INSIDE = Pattern(r"(?=[.,;:!?)\]}\"']+(?:\s|$))")
_STAMP = Pattern(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})(?:[ \t]+|$)")
_FOR_WHOM = Pattern(r"(?P<text>.*\S|) ?- Waiting For:[ \t]+(?P<who>\S.*)")
_ABOUT = Pattern(r"@Waiting[ \t]+(?:(?P<who>\S.*?|)[ \t]*(?<!\S)re:[ \t]+)?(?P<text>.*)")
_NOT_IN_SLUG = Pattern(r"[\W_]+")
_FORMS: dict[WaitingForm, str] = {"delegated": "Delegated/Requested", "logged": "Logged"}


@dataclass(frozen=True, slots=True)
class _Tag:
    start: int
    end: int
    kind: str
    value: str
    is_clean: bool = True  # nothing touches its end


@caches.kept(1 << 12)
def slug(name: str) -> str:
    """A project's name as its folder has it, and by which names are compared: "US Trip" and
    "us-trip" are one."""
    return _NOT_IN_SLUG.sub("-", name.casefold()).strip("-")


def parse(line: str, projects: Collection[str] = ()) -> Task | None:
    """What `line` says; None where it has no box. `projects` are names that may have blanks."""
    found = BOX.fullmatch(line.rstrip("\r\n"))
    if found is None:
        return None
    return read(found["rest"], projects, is_done=found["box"] in ("x", "X"))


def read(words: str, projects: Collection[str] = (), *, is_done: bool = False) -> Task:
    """What stands behind a box, or is said without one."""
    told: dict[str, str] = {}
    rest = words.strip()
    for kind, pattern in (
        ("id", _ID),
        ("completed", _COMPLETED),
        ("captured", _CAPTURED),
        ("every", _EVERY),
    ):
        rest, told[kind] = _taken(rest, pattern)
    rest, due = _taken_due(rest)
    rest, since = _taken_since(rest)
    rest, stamp = _taken_stamp(rest)
    rest, contexts, project = _taken_tags(rest, projects)
    if not stamp:
        rest, stamp = _taken_stamp(rest)
    rest, waiting = _taken_waiting(rest, since)
    return Task(
        rest,
        is_done,
        contexts,
        project,
        due,
        stamp=stamp,
        waiting=waiting,
        **told,
    )


def format_line(task: Task, lead: str = "- [") -> str:
    """The line that says `task`, without a line end; `lead` is what stands before its mark."""
    return f"{lead}{'x' if task.is_done else ' '}] {_body(task)}".rstrip()


def _body(task: Task) -> str:
    waiting = task.waiting
    text = task.text
    if waiting and waiting.form == "context":
        about = f"{waiting.who} re: " if waiting.who else "" if " re: " not in text else "re: "
        text = f"@Waiting {about}{text}"
    elif waiting:
        text = f"{text} - Waiting For: {waiting.who}"
    inside = list(_tags(task.text, ()))
    contexts = [e for e in task.contexts if e not in {tag.value for tag in inside}]
    project = next((tag.value for tag in inside if tag.kind == "project"), "")
    parts = [
        task.stamp,
        *contexts,
        _sign(task.project) if task.project and task.project != project else "",
        text,
        f"due:{task.due.isoformat()}" if task.due else "",
        f"every:{task.every}" if task.every else "",
        _since(waiting) if waiting else "",
        f"(Captured: {task.captured})" if task.captured else "",
        f"(Completed: {task.completed})" if task.completed else "",
        f"(id: {task.id})" if task.id else "",
    ]
    return " ".join(part for part in parts if part)


def _sign(project: str) -> str:
    """One word, whatever the project is called."""
    return f"+{slug(project) if ' ' in project else project}"


def _since(waiting: Waiting) -> str:
    if not waiting.since:
        return ""
    captured = f", Captured: {waiting.captured}" if waiting.captured else ""
    return f"({_FORMS.get(waiting.form, 'Logged')}: {waiting.since}{captured})"


def merged(old: Task, new: Task) -> Task:
    """`old` with all that `new` says, and with its own where `new` says nothing."""
    waiting = new.waiting or old.waiting
    return replace(
        old,
        text=new.text or old.text,
        contexts=new.contexts or old.contexts,
        project=new.project or old.project,
        due=new.due or old.due,
        every=new.every or old.every,
        waiting=waiting,
    )


# --- taking tags out of words -----------------------------------------------------------------


def _cut(text: str, start: int, end: int) -> str:
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return f"{before} {after}" if before and after else before or after


def _taken(text: str, pattern: Pattern) -> tuple[str, str]:
    """Without the last that `pattern` finds, and its value: such tags stand at the end, and an
    earlier one is words."""
    last = _last(text, pattern)
    return (_cut(text, *last.span()), last[1]) if last else (text, "")


def _last(text: str, pattern: Pattern) -> re.Match[str] | None:
    for found in reversed(list(pattern.finditer(text))):
        if not _is_nested(text, *found.span()):
            return found
    return None


def _is_nested(text: str, start: int, end: int) -> bool:
    """Whether a parenthesis is open around it: all of that is words."""
    return _open(text[:start], "(", ")") > 0 and _open(text[end:][::-1], ")", "(") > 0


def _open(text: str, opening: str, closing: str) -> int:
    depth = 0
    for character in text:
        if character == opening:
            depth += 1
        elif character == closing and depth:
            depth -= 1
    return depth


def is_stamp(text: str) -> bool:
    """Whether it is read as the stamp of a line of the inbox."""
    return _STAMP.fullmatch(text) is not None


def _taken_stamp(text: str) -> tuple[str, str]:
    found = _STAMP.match(text)
    return (text[found.end() :], found[1]) if found else (text, "")


def _taken_due(text: str) -> tuple[str, date | None]:
    for found in reversed(list(_DUE.finditer(text))):
        try:
            return _cut(text, *found.span()), date.fromisoformat(found[1])
        except ValueError:
            continue  # the 31st of February is words
    return text, None


def _taken_since(text: str) -> tuple[str, re.Match[str] | None]:
    last = _last(text, _SINCE)
    return (_cut(text, *last.span()), last) if last else (text, None)


def _taken_waiting(text: str, since: re.Match[str] | None) -> tuple[str, Waiting | None]:
    day, captured = (since["since"], since["captured"] or "") if since else ("", "")
    if found := _ABOUT.fullmatch(text):
        who = (found["who"] or "").strip()
        return found["text"].strip(), Waiting(who, "context", day, captured)
    if found := _FOR_WHOM.fullmatch(text):
        form: WaitingForm = "logged" if since and since["how"] == "Logged" else "delegated"
        return found["text"].strip(), Waiting(found["who"].strip(), form, day, captured)
    if since is None:
        return text, None
    return f"{text} {since[0]}".strip(), None


def _tags(text: str, projects: Collection[str]) -> Iterator[_Tag]:
    for found in sorted(
        [*_CONTEXT.finditer(text), *_PROJECT.finditer(text)], key=lambda match: match.start()
    ):
        end, word = found.end(), found[0]
        if word.startswith("@"):
            kind, value = "context", word
            if word == "@Waiting":
                continue
        else:
            kind, value = "project", word[1:]
            if longer := _known(text[found.start() + 1 :], projects):
                end, value = found.start() + 1 + len(longer), longer
        if _AFTER_TAG.match(text, end):
            yield _Tag(found.start(), end, kind, value)
        elif _INSIDE.match(text, end):
            yield _Tag(found.start(), end, kind, value, is_clean=False)


def _known(text: str, projects: Collection[str]) -> str:
    """The longest name with blanks of a project that `text` begins with; "" for none."""
    best, folded = "", text.casefold() if projects else ""
    for name in projects:
        if folded.startswith(name.casefold()) and " " in name and len(name) > len(best):
            whole = not text[len(name) :] or not text[len(name)].isalnum()
            best = text[: len(name)] if whole else best
    return best


def _taken_tags(text: str, projects: Collection[str]) -> tuple[str, tuple[str, ...], str]:
    """Without the contexts and the project before and behind the words, and all of them."""
    found = list(_tags(text, projects))
    project = next((tag for tag in found if tag.kind == "project"), None)
    wanted = [
        tag for tag in found if tag.kind == "context" or (project and tag.value == project.value)
    ]
    outer: list[_Tag] = []
    begin = 0
    for tag in wanted:
        if not tag.is_clean or text[begin : tag.start].strip():
            break
        outer.append(tag)
        begin = tag.end
    end = len(text)
    for tag in reversed(wanted[len(outer) :]):
        if not tag.is_clean or text[tag.end : end].strip():
            break
        outer.append(tag)
        end = tag.start
    inner = [tag.value for tag in wanted if tag.kind == "context" and tag not in outer]
    contexts = [tag.value for tag in sorted(outer, key=lambda e: e.start) if tag.kind == "context"]
    contexts = [*(each for each in contexts if each not in inner), *inner]
    return text[begin:end].strip(), tuple(dict.fromkeys(contexts)), project.value if project else ""


def retagged(line: str, old: str, new: str, projects: Collection[str] = ()) -> str:
    """The line with the tags of project `old` as those of `new`; all else as it stands."""
    for tag in reversed(list(_tags(line, projects))):
        if tag.kind == "project" and slug(tag.value) == slug(old):
            line = f"{line[: tag.start]}+{slug(new)}{line[tag.end :]}"
    return line


def ticked(line: str, done: Task) -> str:
    """A task's line that says that it is done; what stands in it stays as it stands."""
    found = BOX.fullmatch(line)
    assert found is not None
    rest = found["rest"].rstrip()
    told = f"(Completed: {done.completed})"
    if last := _last(rest, _ID):
        rest = f"{rest[: last.start()]}{told} {rest[last.start() :]}"
    else:
        rest = f"{rest} {told}"
    return f"{found['lead']}x]{rest}"


def lead(line: str) -> str:
    """What stands before a task's mark: its indent and bullet. Of a plain bullet it gets a box."""
    if found := BOX.fullmatch(line):
        return found["lead"]
    found = BULLET.fullmatch(line)
    return f"{line[: found.start('rest')]}[" if found else "- ["
