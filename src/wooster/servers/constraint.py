"""Constrained decoding: grammars from JSON schemas and tools, and what they leave of the logits.

It knows llguidance and token numbers; it knows nothing of HTTP, OpenAI's shapes or batches.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wooster.servers.closing import CANDIDATES, Closing, Planner, Scan, Vocabulary
from wooster.servers.schema import Definitions, Document, text_of
from wooster.servers.sizes import Sizes
from wooster.servers.unsupported import Node, Schema, UnsupportedSchema, refuse

__all__ = ["Constraint", "Grammar", "Grammars", "ToolSpec", "UnsupportedSchema"]

KEPT = 64  # compiled grammars
LARGEST_BYTES = 512 * 1024  # of a request's schemas together
MOST_PLACES = 20_000  # schemas within them
BLAMED = 300  # places that are tried to find what llguidance refuses
SEVERAL = 2  # brackets that one token opens
# Tokens that any value of one part takes at least: planning its end is work for each of them, and
# no model here answers so long.
LARGEST_VALUE = 32_768

# One space after a colon and a comma, as most JSON is written on one line, and no other blanks: a
# small model writes blanks until its tokens are spent. Without \u escapes, which would let a key
# come twice in two spellings.
STYLE: dict[str, Any] = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "json_allowed_escapes": 'nrbtf\\"',
}


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that a model may call: its name and the schema of its arguments."""

    name: str
    parameters: dict[str, Any] | bool


class Constraint:
    """Narrows the next token of one request; the engine calls it with tokens and logits.

    `complete`: what has been generated is valid and over, with or without an end mark. `problem`:
    the grammar failed while it ran; the answer was ended and must be told as failed.
    """

    def __init__(self, matcher: Any, vocabulary: Vocabulary, closing: Closing, limit: int) -> None:
        self.problem: str | None = None
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._closing = closing
        self._left = limit
        self._scan = Scan()
        self._seen: int | None = None
        self._ended = False

    @property
    def complete(self) -> bool:
        if self.problem is not None:
            return False
        return self._ended or bool(self._matcher.is_accepting() and self._matcher.is_stopped())

    def __call__(self, tokens: Any, logits: Any) -> Any:
        if self._seen is not None:  # the first call comes at the end of the prompt
            for token in tokens[self._seen :].tolist():
                self.advance(token)
        self._seen = int(tokens.size)
        if self._left <= 0:
            return logits  # beyond the last token: nothing of this is read
        return self._narrowed(logits)

    def advance(self, token: int) -> None:
        """The answer went on with `token`."""
        self._left -= 1
        # The engine works one token ahead: what comes after the last is nobody's.
        if self._left < 0 or self._ended or self.problem is not None:
            return
        if token in self._vocabulary.ends and self._matcher.is_accepting():
            self._ended = True
            return
        if not self._matcher.consume_token(token):
            self.problem = self._matcher.get_error() or f"token {token} doesn't fit the grammar"
            return
        piece = self._vocabulary.pieces[token]
        self._scan = Scan() if self._matcher.is_accepting() else self._scan.after(piece)
        self._closing.step(token)

    def _narrowed(self, logits: Any) -> Any:
        import mlx.core as mx

        allowed = self._allowed(logits)
        return mx.where(mx.array(allowed), logits, mx.array(-math.inf, logits.dtype))

    def _allowed(self, logits: Any) -> Any:
        """A boolean for each of the logits, which may be more than the tokenizer has tokens."""
        import mlx.core as mx
        import numpy as np

        # The model computes while the grammar does.
        mx.async_eval(logits)  # type: ignore[no-untyped-call]

        width = logits.shape[-1]
        allowed = np.zeros(width, dtype=bool)
        if not self._ended and self.problem is None:
            bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
            told = np.unpackbits(bits, bitorder="little")[: min(width, self._vocabulary.size)]
            allowed[: told.size] = told
            if self._matcher.is_error():
                self.problem = self._matcher.get_error()
            elif not allowed.any():
                self.problem = "the grammar allows no further token and no end"
        if self._ended or self.problem is not None:
            allowed[:] = False
            allowed[self._vocabulary.ends] = True
            return allowed
        likeliest = _likeliest(logits, allowed)
        chosen = self._closing.choices(self._matcher, self._scan, self._left, likeliest)
        if chosen is not None:
            allowed[:] = False
            allowed[chosen] = True
        return allowed


def _likeliest(logits: Any, allowed: Any) -> Callable[[], list[int]]:
    """Gives, when called, the allowed tokens with the highest logits."""

    def order() -> list[int]:
        import mlx.core as mx
        import numpy as np

        told = np.array(logits.astype(mx.float32)).reshape(-1)
        told = np.where(allowed, told, -np.inf)
        few = min(CANDIDATES, told.size - 1)
        top = np.argpartition(told, -few)[-few:]
        top = top[np.argsort(-told[top])]
        return [int(each) for each in top if allowed[each]]

    return order


class Grammar:
    """A compiled grammar, from which each request has a constraint of its own."""

    def __init__(self, matcher: Any, planner: Planner, vocabulary: Vocabulary, growth: int) -> None:
        self._matcher = matcher
        self._planner = planner
        self._vocabulary = vocabulary
        self._growth = growth

    def begin(self, max_tokens: int) -> Constraint:
        """A fresh constraint for one request that may have `max_tokens` tokens."""
        closing = Closing(self._planner, self._vocabulary, self._growth)
        return Constraint(self._matcher.deep_copy(), self._vocabulary, closing, max_tokens)


class Grammars:
    """What one loaded model's answers can be held to. May be asked from any thread.

    Making one reads the whole vocabulary (a second for a large one), and compiling may take as
    long: neither belongs on an event loop.
    """

    def __init__(self, tokenizer: Any) -> None:
        from llguidance.hf import from_tokenizer

        inner = getattr(tokenizer, "_tokenizer", tokenizer)
        ends = sorted(getattr(tokenizer, "eos_token_ids", None) or [inner.eos_token_id])
        self._tokenizer = from_tokenizer(inner, eos_token=ends)
        self._ids: Callable[[str], int | None] = inner.convert_tokens_to_ids
        self._vocabulary = Vocabulary(self._tokenizer)
        self._planner = Planner(self._vocabulary)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Grammar] = OrderedDict()

    def json_object(self) -> Grammar:
        """Any JSON object."""
        return self.json_schema({"type": "object"})

    def json_schema(self, schema: dict[str, Any] | bool) -> Grammar:
        """What is valid for `schema`. Raises `UnsupportedSchema`."""
        return self._known(_key("schema", schema), lambda: self._from_schema(schema))

    def tool_calls(
        self, tools: Sequence[ToolSpec], marks: tuple[str, str], required: bool
    ) -> Grammar:
        """Calls between `marks`: nothing but calls, or free text in which calls may come.

        Raises `UnsupportedSchema`, with the tool's name in the place.
        """
        told = [[tool.name, tool.parameters] for tool in tools]
        key = _key("tools", [told, list(marks), required])
        return self._known(key, lambda: self._from_tools(tools, marks, required))

    def _known(self, key: str, compiled: Callable[[], Grammar]) -> Grammar:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        grammar = compiled()
        with self._lock:
            self._kept[key] = grammar
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return grammar

    def _from_schema(self, schema: Schema) -> Grammar:
        definitions = Definitions()
        root = Document(schema, definitions).rewritten()
        growth = self._check(root, [], definitions)
        text = _grammar(_with_definitions(root, definitions))
        return self._compiled(text, growth, definitions)

    def _from_tools(
        self, tools: Sequence[ToolSpec], marks: tuple[str, str], required: bool
    ) -> Grammar:
        if not tools:
            raise UnsupportedSchema("tools: there is no tool to call")
        definitions = Definitions()
        calls: Node = {"anyOf": [_call(tool, definitions) for tool in tools]}
        # Any number of calls may be begun, where a schema's own value is begun once.
        growth = self._check(calls, calls["anyOf"], definitions) + sum(
            len(mark) + 2 for mark in marks
        )
        body = json.dumps({**_with_definitions(calls, definitions), "x-guidance": STYLE})
        lark = self._lark(body, marks, required)
        return self._compiled(lark, growth, definitions)

    def _lark(self, body: str, marks: tuple[str, str], required: bool) -> str:
        start, end = (self._mark(mark) for mark in marks)
        call = f'"\\n" %json {body} "\\n" {end}\n'
        if required:
            return f'start: call ("\\n" call)*\ncall: {start} {call}'
        text = "start: call* rest\nrest: TEXT\nTEXT: /(.|\\n)*/\n"
        if start.startswith("<"):  # a token that text can't contain
            return text + f"call: TEXT {start} {call}"
        return text + f"opening[lazy]: TEXT {start}\ncall: opening {call}"

    def _mark(self, mark: str) -> str:
        token = self._ids(mark)
        special = isinstance(token, int) and self._tokenizer.is_special_token(token)
        if special and self._vocabulary.pieces[token or 0] == mark.encode():
            return f"<[{token}]>"
        return json.dumps(mark)

    def _check(self, root: Schema, begun: list[Schema], definitions: Definitions) -> int:
        """Refuse what has no end or is ambiguous. Returns how many tokens one token may add to an
        answer; `begun` are parts, besides those within `root`, that one may begin."""
        if len(definitions.places) > MOST_PLACES:
            raise refuse("$", f"has more than {MOST_PLACES} parts")
        sizes = Sizes(definitions.named, lambda text: len(self._vocabulary.tokens(text.encode())))
        if not math.isfinite(sizes.least(root)):
            raise refuse("$", "no value is finite: each would have to contain another of its kind")
        for path, one_of in definitions.disjoint:
            if error := self._error(_with_definitions(one_of, definitions)):
                raise refuse(path, "the branches must exclude each other", _plain(error))
        within = [node for _, node in definitions.places if node is not root]
        nodes = [*begun, *within, *definitions.named.values()]
        largest = sizes.largest([root, *nodes])
        if largest > LARGEST_VALUE:
            raise refuse(
                "$", f"asks for a value of {largest} tokens or more, {LARGEST_VALUE} are taken"
            )
        return SEVERAL * sizes.largest(nodes) + 8

    def _compiled(self, grammar: str, growth: int, definitions: Definitions) -> Grammar:
        matcher = self._matcher(grammar)
        if matcher.is_error():
            raise self._blame(matcher.get_error(), definitions)
        if not any(matcher.deep_copy().compute_bitmask()):
            raise refuse("$", "no value is valid", "Does each part allow one?")
        return Grammar(matcher, self._planner, self._vocabulary, growth)

    def _matcher(self, grammar: str) -> Any:
        from llguidance import LLMatcher

        return LLMatcher(self._tokenizer, grammar, log_level=0)

    def _error(self, schema: Schema) -> str:
        return str(self._matcher(_grammar(schema)).get_error())

    def _blame(self, error: str, definitions: Definitions) -> UnsupportedSchema:
        """Name the smallest part, and in it the keyword, that llguidance refuses."""
        deepest = sorted(definitions.places, key=lambda place: -place[0].count("."))
        for path, node in deepest[:BLAMED]:
            told = self._error(_with_definitions(node, definitions))
            if not told:
                continue
            parts = {} if isinstance(node, bool) else node
            for key in parts:
                rest = {name: part for name, part in parts.items() if name != key}
                if not self._error(_with_definitions(rest, definitions)):
                    return refuse(f"{path}.{key}", _plain(told))
            return refuse(path, _plain(told))
        return refuse("$", _plain(error))


def _plain(error: str) -> str:
    """llguidance's message without what it says of its own inside."""
    lines = [line.strip() for line in error.splitlines() if line.strip(" ^")]
    return " ".join(lines)[:300]


def _key(kind: str, schema: Any) -> str:
    try:
        text = f"{kind} {text_of(schema)}".encode("utf-8", "surrogatepass")
    except RecursionError:
        raise refuse("$", "is nested too deeply") from None
    if len(text) > LARGEST_BYTES:
        raise refuse("$", f"the schemas have {len(text)} bytes, at most {LARGEST_BYTES} are taken")
    return hashlib.sha256(text).hexdigest()


def _with_definitions(schema: Schema, definitions: Definitions) -> Node:
    whole: Node = {"allOf": [schema]} if isinstance(schema, bool) else dict(schema)
    return {**whole, "$defs": definitions.named} if definitions.named else whole


def _grammar(schema: Schema) -> str:
    from llguidance import LLMatcher

    return str(LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=STYLE))


def _call(tool: ToolSpec, definitions: Definitions) -> Node:
    """The JSON of one call: the tool's name, then its arguments."""
    place = f"{tool.name}.parameters"
    given = tool.parameters if isinstance(tool.parameters, dict) else {}
    if given.get("type", "object") != "object":
        raise refuse(f"{place}.type", f"arguments are an object, not {given['type']!r:.60}")
    arguments = Document({"type": "object", **given}, definitions, place).rewritten()
    return {
        "type": "object",
        "properties": {"name": {"const": tool.name}, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }
