"""What each family of embedding models was trained to see before a text.

It knows the families by a model's name and by its files; it knows nothing of tokens or of HTTP. The
words themselves stand in `prompts/embed-*.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wooster.config.resources import prompt
from wooster.core.errors import UsageError
from wooster.servers.embed_request import InputType
from wooster.servers.weights import model_file

_TEXT = "{text}"
_TASK = "{task}"
_INSTRUCT = re.compile(r"Instruct: (?P<task>[^\n]+)(?P<rest>\nQuery: ?)")

# By the last part of a model's name; the first match counts.
_NAMES = (
    (re.compile(r"qwen3-embedding"), "qwen3"),
    (re.compile(r"(^|-)e5-.*instruct"), "e5-instruct"),
    (re.compile(r"(^|-)e5-"), "e5"),
    (re.compile(r"nomic-embed-text|modernbert-embed"), "nomic"),
    (re.compile(r"bge-(small|base|large)-en"), "bge"),
    (re.compile(r"bge-(small|base|large)-zh"), "bge-zh"),
    (re.compile(r"bge-m3|minilm"), "none"),
)


class NoInstruction(UsageError):
    code = "unsupported_value"


@dataclass(frozen=True, slots=True)
class Family:
    """What goes before a query and before a document; `task` is named in place of `{task}`."""

    name: str
    query: str = ""
    document: str = ""
    task: str = ""

    def prefix(self, kind: InputType, instruction: str | None = None) -> str:
        """What goes before a text. Raises `NoInstruction` where an instruction has no place."""
        if instruction is not None and not (self.task and kind == "query"):
            raise NoInstruction(
                '`instruction` is for queries (`input_type`: "query") to models that were '
                f"trained with one; this is a {kind}, and the model's prompts are {self.name!r}."
            )
        template = self.query if kind == "query" else self.document
        return template.replace(_TASK, instruction or self.task)


def family_of(model: str, folder: Path, setting: str) -> Family:
    """The family that `setting` names, or else the name of `model`, or else its files."""
    if setting:
        return _shipped(setting)
    name = model.rstrip("/").rpartition("/")[2].lower()
    for pattern, family in _NAMES:
        if pattern.search(name):
            return _shipped(family)
    return _told_by(folder) or _shipped("none")


def _shipped(name: str) -> Family:
    def before(part: str) -> str:
        return prompt(f"embed-{name}-{part}").removesuffix(_TEXT)

    match name:
        case "qwen3" | "e5-instruct":  # a document is embedded as it is
            return Family(name, query=before("query"), task=prompt("embed-task"))
        case "e5" | "nomic":
            return Family(name, query=before("query"), document=before("document"))
        case "bge" | "bge-zh":
            return Family(name, query=before("query"))
        case _:
            return Family("none")


def _told_by(folder: Path) -> Family | None:
    """What the model's makers wrote down for sentence-transformers, or its architecture tells."""
    prompts = _told_in(folder, "config_sentence_transformers.json").get("prompts")
    if isinstance(prompts, dict) and isinstance(query := prompts.get("query"), str) and query:
        document = str(prompts.get("document") or prompts.get("passage") or "")
        if instruct := _INSTRUCT.fullmatch(query):
            query = f"Instruct: {_TASK}{instruct['rest']}"
            return Family("the model's own", query, document, instruct["task"])
        return Family("the model's own", query, document)
    kind = _told_in(folder, "config.json").get("model_type")
    return _shipped("qwen3") if kind == "qwen3" else None


def _told_in(folder: Path, name: str) -> dict[str, Any]:
    told = model_file(folder, name)
    return told if isinstance(told, dict) else {}
