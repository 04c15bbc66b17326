"""Tool calls are found in an answer's text and told as they come, however it arrives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pieces import cut, places
from wooster.servers.tool_calls import (
    Call,
    CallArguments,
    CallBegan,
    CallForm,
    CallReader,
    Said,
    Told,
    as_call,
    read_json,
)

HERMES = CallForm("<tool_call>", "</tool_call>", read_json, is_json=True)
NAMES = frozenset({"weather", "add"})


def read_pairs(text: str) -> list[Call]:
    """A form that isn't JSON: `name key=value`, several separated by `;`."""
    calls = []
    for each in text.split(";"):
        name, *pairs = each.split()
        calls.append(as_call({"name": name, "arguments": dict(p.split("=") for p in pairs)}))
    return calls


PAIRS = CallForm("[CALLS]", "", read_pairs, is_json=False)


def read(
    pieces: list[str], form: CallForm = HERMES, at_most: int | None = None
) -> tuple[str, list[tuple[str, str]]]:
    """The words, and each call's name and arguments."""
    reader = CallReader(form, NAMES, "x", at_most=at_most)
    told = [each for piece in pieces for each in reader.feed(piece)] + reader.finish()
    assert reader.calls == sum(isinstance(each, CallBegan) for each in told)
    return joined(told)


def joined(told: list[Told]) -> tuple[str, list[tuple[str, str]]]:
    words = ""
    calls: list[tuple[str, str]] = []
    for each in told:
        match each:
            case Said(text):
                words += text
            case CallBegan(index, identity, name):
                assert index == len(calls)
                assert identity
                calls.append((name, ""))
            case CallArguments(index, text):
                assert index == len(calls) - 1
                calls[index] = (calls[index][0], calls[index][1] + text)
    return words, calls


def hermes(name: str, arguments: Any) -> str:
    told = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{told}\n</tool_call>"


def test_words_and_then_a_call() -> None:
    """What is said before a call is words, without the line ends before the mark."""
    words, calls = read([f"Let me look.\n\n{hermes('weather', {'city': 'Bern'})}\n"])
    assert words == "Let me look."
    assert calls == [("weather", '{"city": "Bern"}')]


def test_several_calls() -> None:
    """Each call has an index and an id of its own."""
    text = hermes("weather", {"city": "Bern"}) + "\n" + hermes("add", {"a": [1, {"b": 2}]})
    assert read([text]) == ("", [("weather", '{"city": "Bern"}'), ("add", '{"a": [1, {"b": 2}]}')])


def test_arguments_are_told_piece_by_piece() -> None:
    """A person can watch long arguments being written."""
    reader = CallReader(HERMES, NAMES, "x")
    assert reader.feed('<tool_call>\n{"name": "weather", "argum') == []
    assert reader.feed('ents": {"ci') == [
        CallBegan(0, "call_x0", "weather"),
        CallArguments(0, '{"ci'),
    ]
    assert reader.feed('ty": "B') == [CallArguments(0, 'ty": "B')]
    assert reader.feed('ern"}}\n</tool') == [CallArguments(0, 'ern"}')]
    assert reader.feed("_call>") == []
    assert reader.finish() == []


def test_an_end_mark_inside_an_argument_ends_nothing() -> None:
    """A call whose text argument mentions the mark is still one call."""
    arguments = {"city": 'a </tool_call> "quoted" \\ } ü'}
    ((name, told),) = read([hermes("weather", arguments)])[1]
    assert (name, json.loads(told)) == ("weather", arguments)


def test_keys_in_another_order_are_read_at_the_end() -> None:
    """A call that can't be told as it comes is told whole."""
    text = '<tool_call>{"arguments": {"city": "Bern"}, "name": "weather"}</tool_call>'
    assert read([text]) == ("", [("weather", '{"city": "Bern"}')])


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>nonsense</tool_call>",
        "<tool_call>" + "[" * 100_000 + "</tool_call>",
        hermes("launch", {}),
        '<tool_call>{"name": "add", "arguments": [1]}</tool_call>',
        '<tool_call>{"name": "add", "argum',
        "a <tool_cal",
    ],
)
def test_what_is_no_call_is_said(text: str) -> None:
    """A call that can't be read, of an unknown tool, or that never was one is shown as it is."""
    assert read([text]) == (text, [])


def test_a_call_that_was_cut_off_keeps_what_came() -> None:
    """The client is told by the finish reason; the arguments are as far as they were written."""
    assert read(['<tool_call>{"name": "add", "arguments": {"a": 1'])[1] == [("add", '{"a": 1')]


def test_at_most_one_call() -> None:
    """Where parallel calls weren't wanted, the first one counts."""
    text = hermes("weather", {}) + hermes("add", {"a": 1})
    assert read([text], at_most=1) == ("", [("weather", "{}")])


def test_a_form_without_an_end_mark() -> None:
    """Everything after the mark is calls, read when the answer is over."""
    words, calls = read(list("Well. [CALLS]weather city=Bern;add a=1"), PAIRS)
    assert words == "Well."
    assert calls == [("weather", '{"city": "Bern"}'), ("add", '{"a": "1"}')]


def test_a_model_gives_its_own_ids() -> None:
    """An id that is part of the model's form comes back to it as it was."""
    form = CallForm("<a>", "</a>", lambda text: [Call("add", text, "functions.add:0")], False)
    began = CallReader(form, NAMES, "x").feed("<a>{}</a>")[0]
    assert began == CallBegan(0, "functions.add:0", "add")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
said = st.sampled_from(["", "Well.", "a < b", "<tool", "{", "\n\n", "</tool_call>"])
calls = st.tuples(st.sampled_from(["weather", "add", "launch"]), st.dictionaries(said, values))
answers = st.lists(said | calls.map(lambda call: hermes(*call)), max_size=4).map("".join)


@given(answers, places)
def test_the_pieces_make_no_difference(text: str, at: list[int]) -> None:
    """Marks and JSON split anywhere give the same words and the same calls."""
    assert read(cut(text, at)) == read([text])


@given(st.lists(calls.filter(lambda call: call[0] != "launch"), min_size=1, max_size=3), places)
def test_arguments_come_as_they_were_written(
    made: list[tuple[str, dict[str, Any]]], at: list[int]
) -> None:
    """Name and arguments of every call are what the model wrote, byte for byte."""
    text = "\n".join(hermes(name, arguments) for name, arguments in made)
    _, told = read(cut(text, at))
    assert told == [(name, json.dumps(each, ensure_ascii=False)) for name, each in made]


PARSERS: list[tuple[str, str, dict[str, Any]]] = [
    ("json_tools", '{"name": "weather", "arguments": {"city": "Bern"}}', {"city": "Bern"}),
    (
        "qwen3_coder",
        "\n<function=weather>\n<parameter=city>\nBern\n</parameter>\n</function>\n",
        {"city": "Bern"},
    ),
    ("glm47", "weather<arg_key>city</arg_key><arg_value>Bern</arg_value>", {"city": "Bern"}),
    ("mistral", 'weather[ARGS]{"city": "Bern"}', {"city": "Bern"}),
    ("pythonic", '[weather(city="Bern")]', {"city": "Bern"}),
    (
        "kimi_k2",
        '<|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>{"city": "Bern"}'
        "<|tool_call_end|>",
        {"city": "Bern"},
    ),
]


@pytest.fixture
def form_of() -> Callable[[str], CallForm]:
    """The form of a parser of mlx-lm, as a model's tokenizer has it."""
    import importlib
    import warnings
    from types import SimpleNamespace

    from wooster.servers.dialect import dialect_of

    def find(name: str) -> CallForm:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(f"mlx_lm.tool_parsers.{name}")
        tokenizer = SimpleNamespace(
            chat_template="",
            has_thinking=False,
            has_tool_calling=True,
            tool_parser=module.parse_tool_call,
            tool_call_start=module.tool_call_start,
            tool_call_end=module.tool_call_end,
        )
        form = dialect_of(tokenizer).native
        assert form is not None
        return form

    return find


@pytest.mark.parametrize(("parser", "text", "arguments"), PARSERS)
def test_mlx_lms_parsers_are_understood(
    form_of: Callable[[str], CallForm], parser: str, text: str, arguments: dict[str, Any]
) -> None:
    """Calls in the forms of other model families are read by mlx-lm's parser for them."""
    form = form_of(parser)
    words, told = read(list(f"Well. {form.start}{text}{form.end}"), form)
    assert words == "Well."
    assert [(name, json.loads(each)) for name, each in told] == [("weather", arguments)]


@pytest.mark.parametrize("parser", [name for name, _, _ in PARSERS] + ["longcat", "kimi_k3"])
@pytest.mark.parametrize("text", ["", "nonsense <", "[[[", "weather["])
def test_a_call_that_no_parser_reads_is_said(
    form_of: Callable[[str], CallForm], parser: str, text: str
) -> None:
    """A parser's failure over broken text never ends an answer: the text is shown."""
    form = form_of(parser)
    marked = f"{form.start}{text}{form.end}"
    assert read([marked], form) == (marked, [])
