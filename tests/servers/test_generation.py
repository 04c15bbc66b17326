"""The engine, on very small models: who is worked on, what is kept, and that nothing changes what
an answer says. Real mlx-lm code; the test takes the steps itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wooster.config.paths import Paths
from wooster.core.errors import ModelUnavailable
from wooster.servers.jobs import Failed, Finished, Text
from wooster.servers.sampling import Sampling

from .tiny import LLAMA, WINDOWED, Bench, chat_settings, make_model, prompt_of

Benches = Callable[..., Bench]

MODES: list[dict[str, Any]] = [
    {},
    {"kv_bits": 8},
    {"draft_model": "llama", "draft_tokens": 3},
    {"draft_model": "llama", "draft_tokens": 2, "kv_bits": 8},
]
IDS = ["batched", "kv8", "draft", "draft-kv8"]


@pytest.fixture(scope="session")
def tiny(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small models."""
    folder = tmp_path_factory.mktemp("tiny")
    starter = starter_home / "models" / "smollm2-135m-instruct"
    make_model(folder / "llama", LLAMA, starter)
    make_model(folder / "windowed", WINDOWED, starter)
    make_model(folder / "narrow", {**LLAMA, "hidden_size": 96}, starter)
    return folder


@pytest.fixture
def bench(tiny: Path, paths: Paths) -> Benches:
    """Makes an engine for one of the small models, with changed settings."""

    def make(model: str = "llama", prefix_bytes: int = 1 << 28, **changed: Any) -> Bench:
        return Bench(tiny / model, chat_settings(paths, **changed), prefix_bytes=prefix_bytes)

    return make


# --- a person before the background ------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_a_person_interrupts_background_work_which_then_goes_on(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """While a person's job is read and decoded, a background answer makes no token; afterwards it
    ends with the very words that it has undisturbed."""
    undisturbed = bench(**mode).answer(prompt_of(1, 150), 20)
    engine = bench(**mode)
    background = engine.ask(prompt_of(1, 150), 20, background=True)
    while background.pieces < 6:
        engine.step()
    told = len(background.events)
    person = engine.ask(prompt_of(2, 300), 8)
    engine.until_done(person)
    assert len(background.events) == told
    assert not background.end
    engine.until_done(background)
    assert background.text == undisturbed.text
    assert background.end == Finished("length", 20, 0)
    assert engine.tally.holds == 1


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
def test_a_long_background_prompt_does_not_delay_a_person(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """A half-read background prompt is put aside, and read on from where it was."""
    engine = bench(**mode)
    background = engine.ask(prompt_of(3, 1000), 4, background=True)
    while not background.progress or background.progress[-1] < 256:
        engine.step()
    read = background.progress[-1]
    person = engine.ask(prompt_of(4, 40), 4)
    engine.until_done(person)
    assert background.progress[-1] == read
    engine.until_done(background)
    # Nothing was read twice: progress goes on in the same steps.
    assert background.progress == sorted(set(background.progress))


def test_a_seeded_answer_is_the_same_with_and_without_a_pause(bench: Benches) -> None:
    """The random state of a background answer survives being put aside."""
    sampling = Sampling(temperature=0.9, top_p=0.95, seed=42, repetition_penalty=1.1)
    undisturbed = bench().answer(prompt_of(1, 30), 20, sampling=sampling)
    engine = bench()
    background = engine.ask(prompt_of(1, 30), 20, sampling=sampling, background=True)
    while background.pieces < 5:
        engine.step()
    engine.until_done(engine.ask(prompt_of(2, 30), 3))
    engine.until_done(background)
    assert background.text == undisturbed.text


def test_waiting_people_go_before_waiting_background_work(bench: Benches) -> None:
    """With all places taken, the person who came last is still before the background."""
    engine = bench(parallel=1)
    first = engine.ask(prompt_of(1, 20), 6)
    engine.step()
    background = engine.ask(prompt_of(2, 20), 6, background=True)
    second = engine.ask(prompt_of(3, 20), 6)
    engine.until_done(second)
    assert first.end
    assert background.events == []
    engine.until_done(background)


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
def test_an_answer_whose_client_left_is_gone_after_a_step(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """Its place is free and what it had read is kept, whether it was being read or written."""
    engine = bench(**mode)
    written = engine.ask(prompt_of(1, 20), 50)
    while not written.pieces:
        engine.step()
    read = engine.ask(prompt_of(2, 1000), 50)
    engine.step()
    assert len(engine.desk.answers) == 2
    written.job.cancelled.set()
    read.job.cancelled.set()
    engine.step()
    assert engine.desk.answers == {}
    assert len(engine.prefixes) == 2


def test_a_held_answer_that_is_cancelled_leaves(bench: Benches) -> None:
    """A client that goes away while its work is put aside is forgotten, its reading kept."""
    engine = bench()
    background = engine.ask(prompt_of(1, 200), 50, background=True)
    while background.pieces < 3:
        engine.step()
    person = engine.ask(prompt_of(2, 20), 10)
    engine.step()
    background.job.cancelled.set()
    engine.until_done(person)
    assert engine.desk.answers == {}
    assert engine.answer(prompt_of(1, 200), 1).end == Finished("length", 1, 199)


def test_what_can_not_be_put_aside_goes_on_beside_a_person(bench: Benches) -> None:
    """A full sliding window can't be taken back, so the two decode side by side, both rightly."""
    undisturbed = bench("windowed").answer(prompt_of(1, 150), 20)
    alone = bench("windowed").answer(prompt_of(2, 150), 8)
    engine = bench("windowed", parallel=1)
    background = engine.ask(prompt_of(1, 150), 20, background=True)
    while background.pieces < 6:
        engine.step()
    person = engine.ask(prompt_of(2, 150), 8)
    engine.until_done(person, background)
    assert (background.text, person.text) == (undisturbed.text, alone.text)


# --- what is decoded --------------------------------------------------------------------------


def test_probabilities_are_of_the_tokens_that_were_taken(bench: Benches) -> None:
    """Greedy decoding takes the likeliest, and the bytes of all tokens are the text's bytes."""
    engine = bench()
    asked = engine.answer(prompt_of(5, 20), 15, top_logprobs=3)
    sampled = [each for event in asked.events if isinstance(event, Text) for each in event.sampled]
    assert len(sampled) == 15
    for each in sampled:
        assert each.top[0] == each.taken
        assert [top.logprob for top in each.top] == sorted(
            (top.logprob for top in each.top), reverse=True
        )
        assert each.taken.logprob < 0
    told = b"".join(each.taken.token for each in sampled).decode(errors="replace")
    assert told.strip() == asked.text.strip()
    none = engine.answer(prompt_of(5, 20), 15)
    assert all(not event.sampled for event in none.events if isinstance(event, Text))


@pytest.mark.parametrize("text", ["Zürich — 日本語", "👩‍👩‍👧 🎉", "  a\n\n\tb<|im_end|>"])
def test_the_bytes_of_half_characters_are_exact(bench: Benches, text: str) -> None:
    """Tokens that are part of a character have the bytes of that part."""
    from wooster.servers.token_bytes import TokenBytes

    tokenizer = bench().loaded.tokenizer
    tokens = tokenizer.encode(text, add_special_tokens=False)
    assert b"".join(map(TokenBytes(tokenizer), tokens)) == text.encode()


def test_a_stop_string_takes_its_own_tokens_with_it(bench: Benches) -> None:
    """Neither text nor probabilities tell what belongs to the stop string."""
    engine = bench()
    free = engine.answer(prompt_of(6, 20), 12, top_logprobs=0)
    sampled = [each for event in free.events if isinstance(event, Text) for each in event.sampled]
    stop = sampled[6].taken.token.decode(errors="replace")
    before = free.text.index(stop)
    asked = engine.answer(prompt_of(6, 20), 12, top_logprobs=0, stops=(stop,))
    assert asked.text == free.text[:before]
    assert isinstance(asked.end, Finished)
    assert asked.end.reason == "stop"
    told = [
        e.taken.token for event in asked.events if isinstance(event, Text) for e in event.sampled
    ]
    assert b"".join(told).decode(errors="replace").strip() == asked.text.strip()


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
def test_a_constraint_sees_the_prompt_and_the_answer_in_order(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """In every mode a constraint hears all tokens, each once, and has the last word."""
    import mlx.core as mx

    seen: list[list[int]] = []
    wanted = prompt_of(9, 30)

    def only(tokens: Any, logits: Any) -> Any:
        seen.append(tokens.tolist())
        mask = mx.full(logits.shape, -mx.inf)
        mask[..., wanted[len(seen) - 1]] = 0
        return logits + mask

    engine = bench(**mode)
    prompt = prompt_of(8, 140)
    asked = engine.answer(prompt, 10, constraint=only)
    assert asked.end == Finished("length", 10, 0)
    for count, tokens in enumerate(seen[:10]):
        assert tokens == prompt + wanted[:count]


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
def test_an_answer_in_a_grammar_survives_being_put_aside(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """A constrained background answer that was interrupted is the one that it would have been."""
    from wooster.servers.constraint import Grammars

    engine = bench(**mode)
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 6, "maxItems": 9}
    grammar = Grammars(engine.loaded.tokenizer).json_schema(schema)
    prompt = prompt_of(1, 60)
    undisturbed = engine.answer(prompt, 60, constraint=grammar.begin(60))
    background = engine.ask(prompt, 60, constraint=grammar.begin(60), background=True)
    while background.pieces < 4:
        engine.step()
    engine.until_done(engine.ask(prompt_of(2, 30), 4))
    engine.until_done(background)
    assert background.text == undisturbed.text
    assert 6 <= len(json.loads(background.text)) <= 9


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
def test_a_constraint_that_fails_ends_its_own_answer_only(
    bench: Benches, mode: dict[str, Any]
) -> None:
    """What a request's own rules raise, or report as a problem, is that request's failure."""

    def broken(tokens: Any, logits: Any) -> Any:
        if tokens.size > 23:
            raise ValueError("no way on")
        return logits

    class Stuck:
        problem: str | None = None

        def __call__(self, tokens: Any, logits: Any) -> Any:
            self.problem = "the grammar is stuck" if tokens.size > 25 else None
            return logits

    alone = bench(**mode).answer(prompt_of(2, 20), 12)
    engine = bench(**mode)
    raising = engine.ask(prompt_of(1, 20), 12, constraint=broken)
    good = engine.ask(prompt_of(2, 20), 12)
    stuck = engine.ask(prompt_of(3, 20), 12, constraint=Stuck())
    engine.until_done(raising, good, stuck)
    assert raising.end == Failed("ValueError: no way on")
    assert stuck.end == Failed("the grammar is stuck")
    assert good.text == alone.text
    assert raising.pieces > 0


@pytest.mark.parametrize("mode", MODES[:2], ids=IDS[:2])
def test_a_model_that_fails_ends_the_answers_under_way_and_no_more(
    bench: Benches, mode: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception of the model is told to its answers; a held one and the next are all right."""
    from mlx_lm.models.llama import Model

    alone = bench(**mode).answer(prompt_of(1, 20), 12)
    engine = bench(**mode)
    background = engine.ask(prompt_of(1, 20), 12, background=True)
    while background.pieces < 3:
        engine.step()
    person = engine.ask(prompt_of(2, 20), 12)
    engine.step()
    with monkeypatch.context() as patched:

        def no_memory(*_: Any, **__: Any) -> Any:
            raise RuntimeError("out of memory")

        patched.setattr(Model, "__call__", no_memory)
        engine.step()
    assert person.end == Failed("RuntimeError: out of memory")
    engine.until_done(background)
    assert background.text == alone.text
    assert isinstance(engine.answer(prompt_of(2, 20), 12).end, Finished)


# --- quantised caches and drafts --------------------------------------------------------------


def test_a_draft_model_changes_the_speed_and_not_the_words(bench: Benches) -> None:
    """The model as its own draft: the same greedy answer, nearly all of it drafted."""
    plain = bench().answer(prompt_of(1, 60), 40)
    engine = bench(draft_model="llama", draft_tokens=3)
    drafted = engine.answer(prompt_of(1, 60), 40)
    assert drafted.text == plain.text
    assert engine.loaded.decoder.drafted_tokens == 30  # type: ignore[attr-defined]
    assert "drafts of 3 tokens by llama" in engine.loaded.mode


def test_a_quantised_cache_is_smaller(bench: Benches) -> None:
    """8 bits take about a third of what float32 does, 4 bits a fifth, for the same tokens."""
    sizes = {}
    for bits in (0, 8, 4):
        engine = bench(kv_bits=bits)
        assert isinstance(engine.answer(prompt_of(1, 250), 4).end, Finished)
        sizes[bits] = engine.prefixes.size_bytes
    assert sizes[4] < sizes[8] < sizes[0] / 3


def test_answers_in_turns_are_the_answers_alone(bench: Benches) -> None:
    """Sequences that take turns don't touch each other."""
    alone = [bench(kv_bits=8).answer(prompt_of(n, 50 * n), 8).text for n in (1, 2, 3)]
    engine = bench(kv_bits=8)
    asked = [engine.ask(prompt_of(n, 50 * n), 8) for n in (1, 2, 3)]
    engine.until_done(*asked)
    assert [each.text for each in asked] == alone


@pytest.mark.parametrize("mode", MODES, ids=IDS)
def test_a_second_turn_reads_only_what_is_new(bench: Benches, mode: dict[str, Any]) -> None:
    """What was read and said is known in every mode, and the answer is as if it had been read."""
    engine = bench(**mode)
    first = engine.answer(prompt_of(1, 120), 9, top_logprobs=0)
    said = [e for event in first.events if isinstance(event, Text) for e in event.sampled]
    assert len(said) == 9
    again = engine.answer(prompt_of(1, 120) + prompt_of(2, 10), 5)
    assert isinstance(again.end, Finished)
    assert again.end.cached_tokens == 120
    assert again.text == bench(**mode).answer(prompt_of(1, 120) + prompt_of(2, 10), 5).text


@pytest.mark.parametrize(
    ("model", "changed", "told"),
    [
        ("windowed", {"kv_bits": 8}, "kv_bits = 0"),
        ("narrow", {"kv_bits": 4}, "heads of 48"),
        ("windowed", {"draft_model": "llama"}, "can't be taken back"),
        ("llama", {"draft_model": "other"}, "other"),
    ],
)
def test_what_a_model_can_not_do_is_said_when_it_loads(
    bench: Benches, model: str, changed: dict[str, Any], told: str
) -> None:
    """A setting that this model has no use for is an error with a hint, not a surprise."""
    with pytest.raises(ModelUnavailable) as raised:
        bench(model, **changed)
    assert told in str(raised.value)


def test_a_draft_model_with_other_tokens_is_refused(tiny: Path, bench: Benches) -> None:
    """A draft's tokens must mean what the model's mean."""
    other = tiny / "foreign"
    other.mkdir()
    for file in (tiny / "llama").iterdir():
        (other / file.name).symlink_to(file.resolve())
    (other / "tokenizer.json").unlink()
    told = json.loads((tiny / "llama" / "tokenizer.json").read_text("utf-8"))
    token = next(iter(told["model"]["vocab"]))
    told["model"]["vocab"][token + "!"] = told["model"]["vocab"].pop(token)
    told["added_tokens"] = [each for each in told["added_tokens"] if each["content"] != token]
    (other / "tokenizer.json").write_text(json.dumps(told))
    with pytest.raises(ModelUnavailable, match="another vocabulary"):
        bench(draft_model="foreign")


# --- what is remembered -----------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES[:3], ids=IDS[:3])
@pytest.mark.parametrize("model", ["llama", "windowed"])
def test_conversations_share_the_beginning_that_they_have_in_common(
    bench: Benches, model: str, mode: dict[str, Any]
) -> None:
    """A third conversation with the same system prompt doesn't read it, whatever the model's
    caches can do, and after many other conversations it still doesn't."""
    if model == "windowed" and mode:
        pytest.skip("refused at load, as another test shows")
    system = prompt_of(1, 200)
    engine = bench(model, prefix_bytes=1 << 21, **mode)
    fresh = bench(model, **mode).answer(system + prompt_of(4, 30), 6)
    for other in (2, 3):
        engine.answer(system + prompt_of(other, 30), 6)
    third = engine.answer(system + prompt_of(4, 30), 6)
    assert isinstance(third.end, Finished)
    assert third.end.cached_tokens == 200
    assert third.text == fresh.text
    for other in range(10, 50):
        engine.answer(prompt_of(other, 100), 1)
    assert engine.prefixes.size_bytes <= 1 << 21
    late = engine.answer(system + prompt_of(5, 30), 6)
    assert isinstance(late.end, Finished)
    assert late.end.cached_tokens == 200


def test_short_first_messages_show_a_shared_beginning_too(bench: Benches) -> None:
    """Conversations that differ in a word before the template's tail: two are enough to tell."""
    engine = bench()
    system, tail = prompt_of(1, 100), prompt_of(2, 5)
    for word in (7, 8, 9):
        engine.answer([*system, word, *tail], 2)
    assert engine.prefixes.shared == 1
    for turn in (3, 4, 5):
        system += prompt_of(turn, 40)
        engine.answer([*system, *prompt_of(turn + 10, 5)], 2)
    assert engine.prefixes.shared == 1


def test_turns_of_one_conversation_are_not_taken_for_a_shared_beginning(bench: Benches) -> None:
    """A conversation that grows shares its beginning with nobody but itself."""
    engine = bench()
    prompt = prompt_of(1, 100)
    for turn in range(2, 6):
        engine.answer(prompt, 4)
        prompt = prompt + prompt_of(turn, 40)
    assert len(engine.prefixes) == 4
    assert engine.prefixes.shared == 0


def test_a_model_with_windows_reuses_its_own_last_turn(bench: Benches) -> None:
    """Where a cache can't be cut, it is copied at the end of the message: a changed template tail
    costs no new reading of the conversation."""
    engine = bench("windowed")
    turn = prompt_of(1, 300)
    engine.answer(turn, 6)
    following = turn[:-5] + prompt_of(2, 60)
    again = engine.answer(following, 6)
    assert isinstance(again.end, Finished)
    assert again.end.cached_tokens == 288
    assert again.text == bench("windowed").answer(following, 6).text


def test_nothing_is_kept_of_what_was_read_before_it_is_let_go(bench: Benches) -> None:
    """Of what is done, nor of an answer that is under way, which goes on undisturbed; what is asked
    afterwards is kept as always."""
    undisturbed = bench().answer(prompt_of(1, 60), 12)
    engine = bench()
    engine.answer(prompt_of(2, 60))
    under_way = engine.ask(prompt_of(1, 60), 12)
    while under_way.pieces < 3:
        engine.step()
    assert len(engine.prefixes) == 1
    engine.desk.let_go()
    assert len(engine.prefixes) == 0 and not engine.prefixes._recent
    engine.until_done(under_way)
    assert under_way.text == undisturbed.text
    assert len(engine.prefixes) == 0
    engine.answer(prompt_of(1, 60))
    assert len(engine.prefixes) == 1
