"""The sentences that are measured on: two public sets, and our own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# What a person wants of us, too: there an action is no false one.
_OUR_INTENTS = (
    "reminder reminder_update todo_list todo_list_update shopping_list "
    "shopping_list_update calendar calendar_update schedule_meeting meeting_schedule "
    "alarm calendar_query calendar_set calendar_remove lists_query lists_createoradd "
    "lists_remove alarm_query alarm_set alarm_remove weather weather_query"
)
_OURS = frozenset(_OUR_INTENTS.split())
DEVELOPMENT, HELD_OUT, TYPED = "development", "held_out", "typed"
PARTS = (DEVELOPMENT, HELD_OUT, TYPED)
"""Of our own: those that may be looked at, those that aren't since they were split (by a hash of
the text), and those that were written as people type, before the readings that they tested."""
AS_GOOD: dict[str, tuple[str, ...]] = {"goals_review": ("goals_show",)}
"""What answers as well: of one goal, its own page."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what it is of; "" for talk."""

    text: str
    intent: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Clinc150:
    """Larson et al. 2019, as far as it is public here: train and validation."""

    train: tuple[Sentence, ...]
    held_out: tuple[Sentence, ...]
    out_of_scope: tuple[Sentence, ...]
    name: str = "clinc150"

    def texts(self) -> list[str]:
        return [each.text for each in (*self.train, *self.held_out, *self.out_of_scope)]

    def of_others(self) -> list[str]:
        """Every sentence that asks for nothing that we do."""
        return _others((*self.train, *self.held_out, *self.out_of_scope))


@dataclass(frozen=True, slots=True)
class Hwu64:
    """Liu et al. 2019, one training fold: measured by folds of its own."""

    sentences: tuple[Sentence, ...]
    name: str = "hwu64"

    def texts(self) -> list[str]:
        return [each.text for each in self.sentences]

    def of_others(self) -> list[str]:
        return _others(self.sentences)


def _others(sentences: Sequence[Sentence]) -> list[str]:
    return list(dict.fromkeys(each.text for each in sentences if each.intent not in _OURS))


def read_clinc150(folder: Path) -> Clinc150:
    text = (folder / "clinc150" / "clinc150_dev.json").read_text("utf-8")
    parts = {
        name: tuple(Sentence(said, intent) for said, intent in rows)
        for name, rows in json.loads(text).items()
    }
    return Clinc150(parts["train"], parts["val"], (*parts["oos_val"], *parts["oos_train"]))


def read_hwu64(folder: Path) -> Hwu64:
    lines = (folder / "hwu64" / "train_fold1.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return Hwu64(tuple(Sentence(each["text"], each["intent"]) for each in rows))


def own() -> list[Sentence]:
    """Sentences of our own, written for this; none of them is an example of the product's."""
    folder = Path(__file__).parent / "data"
    found = []
    for file, part in (("sentences.jsonl", ""), ("sentences_typed.jsonl", TYPED)):
        for line in (folder / file).read_text("utf-8").splitlines():
            row = json.loads(line)
            found.append(Sentence(row["text"], row["action"], part or _half(row["text"])))
    return found


def _half(text: str) -> str:
    return HELD_OUT if sha256(text.encode()).digest()[-1] % 2 else DEVELOPMENT
