"""Conversations with questions about them, read from LoCoMo's and LongMemEval's layouts.

LoCoMo (Maharana et al., arXiv 2402.17753): sessions of dated turns of two people, and questions
with the ids of the turns that answer them. LongMemEval (Wu et al., arXiv 2410.10813): a person and
an assistant, and the sessions that answer. It knows nothing of recalling.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wooster.memory.model import ASSISTANT, ME

CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
# A person with an assistant, however their roles are called.
_ROLES = {"user": ME, "human": ME, "me": ME, "assistant": ASSISTANT, "ai": ASSISTANT}
_LOCOMO_DATES = ("%I:%M %p on %d %B, %Y", "%I:%M %p on %d %B %Y")
_LONGMEMEVAL_DATES = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn as the set has it; `id` is unique in its chat."""

    id: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    at: datetime
    turns: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; the ids of the turns, or else of the sessions, that answer it."""

    text: str
    category: str
    now: datetime
    turns: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chat:
    """Sessions, the oldest first, and what is asked about them."""

    id: str
    sessions: tuple[Session, ...]
    questions: tuple[Asked, ...]
    names: tuple[str, ...] = ()
    left_out: int = field(default=0)
    """Questions without a known turn or session that answers them."""


def read(path: Path, layout: str, audit: Path | None) -> list[Chat]:
    """The chats of a file. Raises `SystemExit` where it isn't of that layout."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        entries = held if isinstance(held, list) else [held]
        if layout == "longmemeval":
            return [_longmemeval(number, entry) for number, entry in enumerate(entries)]
        corrections = _corrections(audit) if audit else {}
        return [_locomo(number, entry, corrections) for number, entry in enumerate(entries)]
    except (OSError, json.JSONDecodeError) as error:
        raise SystemExit(f"{path} can't be read: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SystemExit(f"{path} is not of the {layout} layout: {error!r}") from error


def together(chats: Sequence[Chat]) -> Chat:
    """All chats in one, as one person's store would hold them."""
    sessions = sorted(
        (
            Session(
                f"{chat.id}/{each.id}",
                each.at,
                tuple(Spoken(f"{chat.id}/{t.id}", t.speaker, t.text) for t in each.turns),
            )
            for chat in chats
            for each in chat.sessions
        ),
        key=lambda each: each.at,
    )
    questions = tuple(
        Asked(
            asked.text,
            asked.category,
            asked.now,
            frozenset(f"{chat.id}/{each}" for each in asked.turns),
            frozenset(f"{chat.id}/{each}" for each in asked.sessions),
        )
        for chat in chats
        for asked in chat.questions
    )
    return Chat("all", tuple(sessions), questions, tuple(n for c in chats for n in c.names))


# --- LoCoMo -----------------------------------------------------------------------------------


def _locomo(number: int, entry: Mapping[str, Any], corrections: Mapping[str, Any]) -> Chat:
    told = entry["conversation"]
    keys = sorted(int(match[1]) for key in told if (match := re.fullmatch(r"session_(\d+)", key)))
    sessions = [
        Session(
            f"S{key}",
            _date(told[f"session_{key}_date_time"], _LOCOMO_DATES),
            tuple(map(_spoken, told[f"session_{key}"])),
        )
        for key in keys
        if told[f"session_{key}"]
    ]
    sessions.sort(key=lambda each: each.at)
    of = {turn.id: session.id for session in sessions for turn in session.turns}
    end = sessions[-1].at
    questions: list[Asked] = []
    for each in entry["qa"]:
        cited = corrections.get(_labelled(each["question"], each.get("evidence") or ()))
        turns = frozenset(_ids(cited or each.get("evidence") or ()) & of.keys())
        if turns:
            category = each.get("category")
            name = CATEGORIES.get(category, str(category)) if category is not None else "all"
            now = _iso(each["date"]) if each.get("date") else end
            answering = frozenset(of[turn] for turn in turns)
            questions.append(Asked(each["question"], name, now, turns, answering))
    names = tuple(dict.fromkeys(turn.speaker for each in sessions for turn in each.turns))
    left_out = len(entry["qa"]) - len(questions)
    chat_id = str(entry.get("sample_id", number))
    return Chat(chat_id, tuple(sessions), tuple(questions), names, left_out)


def _spoken(turn: Mapping[str, Any]) -> Spoken:
    """A picture is told by its caption, as in LoCoMo's own code."""
    caption = turn.get("blip_caption")
    text = f"{turn['text']} [image: {caption}]" if caption else turn["text"]
    return Spoken(turn["dia_id"], _ROLES.get(turn["speaker"].lower(), turn["speaker"]), text)


def _corrections(path: Path) -> dict[str, list[str]]:
    """The right citations of questions whose citations are known to be wrong."""
    found: dict[str, list[str]] = {}
    for each in json.loads(path.read_text(encoding="utf-8")):
        if each.get("correct_evidence") and each.get("cited_evidence"):
            key = _labelled(each["question"], each["cited_evidence"])
            found[key] = each["correct_evidence"]
    return found


def _labelled(question: str, evidence: Iterable[str]) -> str:
    """A question with its label: the same words may be asked of another conversation."""
    return f"{question}|{sorted(_ids(evidence))}"


def _ids(evidence: Iterable[str]) -> set[str]:
    """`D8:6; D9:17` and `D30:05` stand there as well."""
    found = (each for text in evidence for each in re.findall(r"D\d+:\d+", text))
    return {re.sub(r":0+(?=\d)", ":", each) for each in found}


# --- LongMemEval ------------------------------------------------------------------------------


def _longmemeval(number: int, entry: Mapping[str, Any]) -> Chat:
    dates = [_date(each, _LONGMEMEVAL_DATES) for each in entry["haystack_dates"]]
    held = zip(entry["haystack_session_ids"], dates, entry["haystack_sessions"], strict=True)
    sessions = sorted(
        (
            Session(str(name), at, tuple(_messages(str(name), messages)))
            for name, at, messages in held
        ),
        key=lambda each: each.at,
    )
    there = {each.id for each in sessions}
    ending = entry.get("question_date")
    asked = entry.get("questions") or [entry]
    answering = {
        f"{name}:{place}"
        for name, messages in zip(
            entry["haystack_session_ids"], entry["haystack_sessions"], strict=True
        )
        for place, message in enumerate(messages)
        if message.get("has_answer")
    }
    questions = tuple(
        Asked(
            each["question"],
            str(each.get("question_type") or entry.get("question_type") or "all"),
            _asked_at(each.get("question_date") or ending, sessions[-1].at),
            frozenset(answering) if "questions" not in entry else frozenset(),
            frozenset(map(str, each["answer_session_ids"])) & there,
        )
        for each in asked
    )
    known = tuple(each for each in questions if each.sessions)
    name = str(entry.get("id") or entry.get("question_id") or number)
    return Chat(name, tuple(sessions), known, (), len(questions) - len(known))


def _messages(session: str, messages: Iterable[Mapping[str, Any]]) -> Iterator[Spoken]:
    for place, each in enumerate(messages):
        speaker = _ROLES.get(each["role"].lower(), each["role"])
        yield Spoken(f"{session}:{place}", speaker, each["content"])


def _asked_at(told: str | None, otherwise: datetime) -> datetime:
    return _date(told, _LONGMEMEVAL_DATES) if told else otherwise


def _date(told: str, layouts: Iterable[str]) -> datetime:
    bare = re.sub(r"\s*\(\w+\)", "", told).strip()
    for layout in layouts:
        try:
            return datetime.strptime(bare, layout).replace(tzinfo=UTC)
        except ValueError:
            continue
    return _iso(bare)


def _iso(told: str) -> datetime:
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise SystemExit(f"{told!r} is no date that is known here") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
