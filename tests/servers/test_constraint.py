"""Answers held to schemas, with random logits in place of a model: the worst model there is."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wooster.servers.constraint import Constraint, Grammar, Grammars, ToolSpec, UnsupportedSchema

from .harness import Server

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["red", "blue"]}, "minItems": 2},
    },
    "required": ["name", "tags"],
}
TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "children"],
        }
    },
}
SAMPLE: dict[str, Any] = {
    "any object": {"type": "object"},
    "a person": PERSON,
    "a tree": TREE,
    "dates": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "at": {"type": "string", "format": "date-time"},
        },
        "required": ["day", "at"],
    },
    "one of two kinds": {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "kind": {"const": "a"},
                    "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                },
                "required": ["kind", "share"],
            },
            {
                "type": "object",
                "properties": {
                    "kind": {"const": "b"},
                    "weeks": {"type": "array", "items": {"type": "integer", "multipleOf": 7}},
                },
                "required": ["kind", "weeks"],
            },
        ]
    },
    "a pattern": {
        "type": "array",
        "items": {"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"},
        "minItems": 2,
    },
    "a long string": {"type": "string", "minLength": 50},
    "a map": {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 1},
    "a type or null": {"type": ["null", "string"]},
    "exclusive branches": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    "a large optional part": {
        "type": "object",
        "properties": {
            "big": {
                "type": "object",
                "properties": {f"field{n}": {"type": "string"} for n in range(8)},
                "required": [f"field{n}" for n in range(8)],
            }
        },
    },
    "addresses": {
        "type": "object",
        "properties": {
            "a": {"type": "string", "format": "ipv4"},
            "b": {"type": "string", "format": "ipv6"},
        },
        "required": ["a", "b"],
    },
}


@pytest.fixture(scope="module")
def tokenizer(starter_home: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlx_lm.tokenizer_utils import load

        return load(starter_home / "models" / "smollm2-135m-instruct")


@pytest.fixture(scope="module")
def grammars(tokenizer: Any) -> Grammars:
    return Grammars(tokenizer)


def answer(tokenizer: Any, grammar: Grammar, limit: int, seed: int = 0) -> tuple[str, Constraint]:
    """What random logits say under the grammar, in at most `limit` tokens."""
    import mlx.core as mx
    import numpy as np

    random = np.random.default_rng(seed)
    constraint, prompt, said = grammar.begin(limit), [1, 2, 3], list[int]()
    for _ in range(limit):
        logits = random.normal(size=(1, 49_152 + 64)).astype(np.float32)  # padded, as some are
        narrowed = np.array(constraint(mx.array(prompt + said), mx.array(logits)))[0]
        token = int(narrowed.argmax())
        assert np.isfinite(narrowed[token])
        said.append(token)
        if token in tokenizer.eos_token_ids:
            said.pop()
            break
    constraint(mx.array([*prompt, *said, 2]), mx.array(logits))  # as the engine does at the end
    return tokenizer.decode(said), constraint


@pytest.mark.slow
@pytest.mark.parametrize("limit", [48, 90])
@pytest.mark.parametrize("name", SAMPLE)
def test_an_answer_validates_also_when_tokens_are_few(
    grammars: Grammars, tokenizer: Any, name: str, limit: int
) -> None:
    """Whatever the logits are, the answer parses, validates and is complete within its tokens."""
    text, constraint = answer(tokenizer, grammars.json_schema(SAMPLE[name]), limit)
    jsonschema.Draft202012Validator(
        SAMPLE[name], format_checker=jsonschema.FormatChecker()
    ).validate(json.loads(text))
    assert constraint.complete
    assert constraint.problem is None


@pytest.mark.slow
def test_what_cannot_end_in_time_says_so(grammars: Grammars, tokenizer: Any) -> None:
    """With fewer tokens than the shortest answer needs, the answer isn't called complete."""
    _, constraint = answer(tokenizer, grammars.json_schema(PERSON), 5)
    assert not constraint.complete
    assert constraint.problem is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"properties": {"a": {"not": {}}}}, "$.properties.a.not"),
        ({"type": "array", "uniqueItems": True}, "$.uniqueItems"),
        ({"if": {}, "then": {}}, "$.if"),
        ({"type": "string", "format": "phone"}, "$.format"),
        ({"properties": {"a": {"type": "string", "pattern": "(?=a)"}}}, "$.properties.a.pattern"),
        ({"type": "number", "multipleOf": 0.01}, "$.multipleOf"),
        ({"type": "integer", "maximum": 2**60}, "$.maximum"),
        ({"type": "array", "maxItems": 10**9}, "$.maxItems"),
        ({"type": "object", "minProperties": 2}, "$.minProperties"),
        (
            {"type": "array", "minItems": 2000, "items": {"type": "array", "minItems": 100}},
            "$",
        ),
        ({"type": "string", "minLength": 50_000}, "$"),
        ({"type": "thing"}, "$.type"),
        ({"properties": 3}, "$.properties"),
        ({"anyOf": []}, "$.anyOf"),
        ({"$ref": "#/$defs/none"}, "$.$ref"),
        ({"$ref": "https://example.org/schema"}, "$.$ref"),
        ({"$ref": "#"}, "$.$ref"),
        (
            {
                "$ref": "#/$defs/a",
                "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
            },
            "$.$ref",
        ),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "$"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "$.oneOf"),
        (False, "$"),
        ({"const": "x" * 600_000}, "$"),
    ],
)
def test_an_unsupported_schema_is_refused_with_its_place(
    grammars: Grammars, schema: Any, place: str
) -> None:
    """What can't be held is refused before anything is generated, and says where it stands."""
    with pytest.raises(UnsupportedSchema) as refused:
        grammars.json_schema(schema)
    assert refused.value.message.startswith(f"{place}: ")
    assert refused.value.http_status == 400


@pytest.mark.slow
def test_a_tool_call_has_valid_arguments(grammars: Grammars, tokenizer: Any) -> None:
    """With calls required, there is nothing but calls, each of a tool with valid arguments."""
    tools = [ToolSpec("note", PERSON), ToolSpec("stop", {})]
    marks = ("<tool_call>", "</tool_call>")
    text, constraint = answer(tokenizer, grammars.tool_calls(tools, marks, True), 80)
    assert constraint.complete
    for call in text.strip().removeprefix(marks[0]).removesuffix(marks[1]).split(marks[1]):
        told = json.loads(call.strip().removeprefix(marks[0]))
        if told["name"] == "note":
            jsonschema.validate(told["arguments"], PERSON)
        else:
            assert told == {"name": "stop", "arguments": told["arguments"]}


@pytest.mark.slow
def test_text_is_free_until_a_call_begins(grammars: Grammars, tokenizer: Any) -> None:
    """In `auto`, any text may come; from the start mark on only a call of a tool."""
    grammar = grammars.tool_calls(
        [ToolSpec("note", PERSON)], ("<tool_call>", "</tool_call>"), False
    )
    constraint = grammar.begin(100)
    for token in tokenizer.encode("Well, <tools> then: "):
        constraint.advance(token)
    assert constraint.problem is None
    assert not constraint.complete  # more text may come
    for token in tokenizer.encode('<tool_call>\n{"name": "'):
        constraint.advance(token)
    assert constraint.problem is None
    assert not constraint.complete
    constraint.advance(tokenizer.encode("other")[0])
    assert constraint.problem is not None


@pytest.mark.slow
def test_text_that_is_cut_off_isnt_ended(grammars: Grammars, tokenizer: Any) -> None:
    """Free text beside tools may go on to its last token: nobody puts an end mark there."""
    tools = [ToolSpec("note", PERSON)]
    grammar = grammars.tool_calls(tools, ("<tool_call>", "</tool_call>"), False)
    text, constraint = answer(tokenizer, grammar, 12)
    assert len(text) > 0
    assert not constraint.complete


@pytest.fixture(scope="module")
def marked(starter_home: Path) -> Any:
    """The starter's tokenizer with tool marks that are special tokens, as Qwen's are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlx_lm.tokenizer_utils import load

        tokenizer = load(starter_home / "models" / "smollm2-135m-instruct")
    marks = ["<tool_call>", "</tool_call>"]
    tokenizer._tokenizer.add_special_tokens({"additional_special_tokens": marks})
    return tokenizer


@pytest.mark.slow
@pytest.mark.parametrize("required", [True, False])
def test_marks_may_be_special_tokens(marked: Any, required: bool) -> None:
    """A call begins and ends with the marks' own tokens, and is held between them."""
    grammar = Grammars(marked).tool_calls(
        [ToolSpec("stop", {})], ("<tool_call>", "</tool_call>"), required
    )
    start, end = marked.convert_tokens_to_ids(["<tool_call>", "</tool_call>"])
    constraint = grammar.begin(100)
    if not required:
        for token in marked.encode("Well then.\n"):
            constraint.advance(token)
    call = marked.encode('\n{"name": "stop", "arguments": {}}\n', add_special_tokens=False)
    for token in [start, *call, end]:
        constraint.advance(token)
    assert constraint.problem is None
    other = grammar.begin(100)
    for token in [start, *marked.encode('\n{"name": "go"', add_special_tokens=False)]:
        other.advance(token)
    assert other.problem is not None


@pytest.mark.slow
def test_logits_of_sixteen_bits_stay_so(grammars: Grammars) -> None:
    """What is allowed keeps its value and type."""
    import mlx.core as mx

    logits = mx.ones((1, 49_152), mx.bfloat16)
    narrowed = grammars.json_schema(PERSON).begin(60)(mx.array([1, 2, 3]), logits)
    assert narrowed.dtype == mx.bfloat16
    assert float(narrowed.max()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SAMPLE)[:6])
def test_a_schema_is_held_by_the_server(chat: Server, name: str) -> None:
    """The real model, asked over HTTP, answers within its tokens with what validates."""
    form = {"name": "answer", "schema": SAMPLE[name]}
    told = chat.chat(
        "Invent an example.",
        max_tokens=48,
        response_format={"type": "json_schema", "json_schema": form},
    )
    jsonschema.validate(json.loads(told["choices"][0]["message"]["content"]), SAMPLE[name])
    assert told["choices"][0]["finish_reason"] == "stop"


@pytest.mark.slow
def test_a_compiled_schema_is_kept(grammars: Grammars) -> None:
    """The same schema again costs nothing."""
    assert grammars.json_schema(PERSON) is grammars.json_schema(dict(PERSON))
