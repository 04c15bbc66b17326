"""The embedder's parts on tiny models: padding, pooling, end marks, and whose turn it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.test_mlx_lm_contract import find
from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.core.clock import ManualClock
from wooster.core.errors import ModelUnavailable
from wooster.servers.embed_model import EmbedModel, Pooling, check_fits, pooling_of
from wooster.servers.embedding import Embedded, Embedder, EmbeddingFailed, EmbedJob, batches
from wooster.servers.families import Family
from wooster.servers.health import Health
from wooster.servers.memory import Limit, Pressure
from wooster.servers.texts import InputTooLong, NothingToRead, TextReader, end_mark, longest_input

from .tiny import ROOMY

TEXTS = ["one", "two words", "three short words", "a much longer text of nine words in all"]
END = 1
TINY = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "vocab_size": 40,
    "max_position_embeddings": 64,
}


class FastTokenizer:
    """As much of a Hugging Face tokenizer as is used; `closes` says if it sets the end mark."""

    model_max_length = 1 << 40
    pad_token_id = 0

    def __init__(self, closes: bool = False) -> None:
        from tokenizers import Tokenizer, models, pre_tokenizers, processors

        words = sorted({word for text in TEXTS for word in text.split()})
        known = {"[PAD]": 0, "[END]": END, "[UNK]": 2, "a": 3}
        known |= {word: len(known) + at for at, word in enumerate(words) if word not in known}
        self.backend_tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
        self.backend_tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        if closes:
            self.backend_tokenizer.post_processor = processors.TemplateProcessing(
                single="$A [END]", special_tokens=[("[END]", END)]
            )


def network(architecture: str) -> Any:
    """A model of random weights, as mlx-embeddings builds it."""
    find("mlx.core", "random.seed")(7)
    module = f"mlx_embeddings.models.{architecture}"
    more: dict[str, Any] = {"model_type": architecture}
    if architecture == "qwen3":
        more |= {"num_key_value_heads": 2, "head_dim": 8}
    if architecture == "modernbert":
        more |= {"architectures": ["ModernBertModel"], "classifier_pooling": "mean"}
    if architecture == "xlm_roberta":
        more |= {"pad_token_id": 0}
    made = find(module, "Model")(find(module, "ModelArgs").from_dict({**TINY, **more}))
    made.eval()
    return made


def model(architecture: str = "bert", pooling: Pooling = "as the model does") -> EmbedModel:
    reader = TextReader(FastTokenizer(), 60, END if architecture == "qwen3" else None)
    return EmbedModel(reader, Family("none"), pooling, 0, network(architecture))


@pytest.mark.parametrize(
    ("architecture", "pooling"),
    [
        ("qwen3", "last"),
        ("qwen3", "as the model does"),
        ("bert", "mean"),
        ("bert", "first"),
        ("bert", "as the model does"),
        ("xlm_roberta", "mean"),
        ("modernbert", "as the model does"),
    ],
)
def test_padding_changes_no_vector(architecture: str, pooling: Pooling) -> None:
    """Alone and beside longer texts a text has the same vector, however its tokens are pooled."""
    tiny = model(architecture, pooling)
    tokens = tiny.reader.read(TEXTS, truncate=False)
    together = tiny.embed(tokens)
    for row, each in enumerate(tokens):
        assert float(tiny.embed([each])[0] @ together[row]) >= 0.9999


def test_qwen3_is_read_at_its_last_token() -> None:
    """Our pooling at the last token is that of mlx-embeddings' own model, also amid padding."""
    own, ours = model("qwen3"), model("qwen3", "last")
    tokens = own.reader.read(TEXTS, truncate=False)
    assert (own.embed(tokens) * ours.embed(tokens)).sum(axis=1) == pytest.approx([1.0] * 4)


@pytest.mark.parametrize("closes", [True, False])
def test_every_text_ends_with_the_mark_once(closes: bool) -> None:
    """Whether the tokenizer sets it or not, and also where a text is cut."""
    reader = TextReader(FastTokenizer(closes), 4, END)
    for tokens in reader.read(TEXTS, truncate=True):
        assert (tokens[-1], tokens.count(END)) == (END, 1)
        assert len(tokens) <= 4
    with pytest.raises(InputTooLong, match=r"Text 3 of the input has 10 tokens; .* takes 4"):
        reader.read(["one", "one", "one", TEXTS[3]], truncate=False)


def test_a_text_without_tokens_is_refused() -> None:
    """A vector of nothing would be no number."""
    with pytest.raises(NothingToRead, match="Text 1"):
        TextReader(FastTokenizer(), 8).read(["one", " "], truncate=False)


def write(folder: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content))


def test_a_models_files_tell_its_pooling_and_limits(tmp_path: Path) -> None:
    """Both forms of sentence-transformers' file are read; a Dense layer is left to the model."""
    assert pooling_of(tmp_path) == "as the model does"
    write(tmp_path, {"1_Pooling/config.json": {"pooling_mode_cls_token": True}})
    assert pooling_of(tmp_path) == "first"
    write(tmp_path, {"1_Pooling/config.json": {"pooling_mode": "lasttoken"}})
    assert pooling_of(tmp_path) == "last"
    write(tmp_path, {"1_Pooling/config.json": {"pooling_mode_max_tokens": True}})
    with pytest.raises(ValueError, match="max_tokens"):
        pooling_of(tmp_path)
    write(tmp_path, {"modules.json": [{"type": "sentence_transformers.models.Dense"}]})
    assert pooling_of(tmp_path) == "as the model does"
    write(tmp_path, {"config.json": {"max_position_embeddings": 512, "eos_token_id": 9}})
    assert (longest_input(tmp_path, FastTokenizer()), end_mark(tmp_path)) == (512, 9)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=200), st.integers(1, 64))
def test_batches_hold_every_text_once_and_never_too_many(lengths: list[int], size: int) -> None:
    """Up to `size` texts and 1000 tokens with padding, unless one text alone has more."""
    made = batches(lengths, size, tokens=1000)
    assert sorted(index for batch in made for index in batch) == list(range(len(lengths)))
    for batch in made:
        assert len(batch) <= size
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= 1000


def test_a_thousand_texts_are_sixteen_batches() -> None:
    """64 paragraphs at a time."""
    assert len(batches([256] * 1000, 64)) == 16


# --- whose turn it is ------------------------------------------------------------------------


class Bench:
    """An engine worked by hand, a turn at a time; `ended` are the jobs that have an answer."""

    def __init__(self, home: Path, clock: ManualClock, **settings: Any) -> None:
        given = load_settings(Paths(home)).embed.model_copy(update=settings)
        health = Health("wooster-embed-server", str(home), "tiny")
        self.engine = Embedder(health, models=home, cache=home, settings=given, clock=clock)
        self.engine.take(model())
        self.ended: dict[str, Embedded | EmbeddingFailed] = {}

    def submit(self, name: str, texts: int, *, background: bool = False) -> EmbedJob:
        def done(outcome: Embedded | EmbeddingFailed) -> None:
            self.ended[name] = outcome

        job = EmbedJob([[3, 4, 5]] * texts, done, background)
        self.engine.submit(job)
        return job

    def turn(self) -> None:
        self.engine._listen()
        if any(self.engine._lines):
            self.engine._turn()


@pytest.fixture
async def bench(tmp_path: Path, clock: ManualClock) -> Callable[..., Bench]:
    def made(**settings: Any) -> Bench:
        return Bench(tmp_path, clock, **settings)

    return made


def test_people_go_before_background_work(bench: Callable[..., Bench]) -> None:
    """Between two batches of background work a person's text is next, and the rest goes on."""
    at = bench(batch_size=2)
    at.submit("background", 6, background=True)
    at.turn()
    at.submit("person", 1)
    at.turn()
    assert list(at.ended) == ["person"]
    at.turn()
    at.turn()
    assert list(at.ended) == ["person", "background"]


def test_requests_of_one_kind_take_turns(bench: Callable[..., Bench]) -> None:
    """A client that sends a thousand texts as its own doesn't make the others wait for all."""
    at = bench(batch_size=2)
    at.submit("many", 6)
    at.submit("one", 1)
    at.turn()
    at.turn()
    assert list(at.ended) == ["one"]


def test_work_of_a_client_that_left_is_dropped(bench: Callable[..., Bench]) -> None:
    """Between two batches, without an answer."""
    at = bench(batch_size=2)
    job = at.submit("left", 4)
    at.turn()
    job.cancelled.set()
    at.turn()
    assert (at.engine.queued, at.ended) == (0, {})


def test_what_is_no_number_is_an_error(bench: Callable[..., Bench]) -> None:
    """A broken model's vectors are refused instead of being written as JSON's NaN."""
    at = bench()
    at.engine._model.network.embeddings.word_embeddings.weight *= float("nan")  # type: ignore[union-attr]
    at.submit("broken", 1)
    at.turn()
    failed = at.ended["broken"]
    assert isinstance(failed, EmbeddingFailed)
    assert "no number" in failed.reason


def test_after_the_end_everybody_is_told(bench: Callable[..., Bench]) -> None:
    """Those in line, those that were just submitted, and those that come later."""
    at = bench(batch_size=2)
    at.submit("begun", 4)
    at.turn()
    at.submit("waiting", 1)
    at.engine.abandon("The server is stopping.")
    at.submit("late", 1)
    assert set(at.ended) == {"begun", "waiting", "late"}
    assert all(isinstance(each, EmbeddingFailed) for each in at.ended.values())


def test_an_idle_model_leaves_memory_and_comes_back(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unloaded after the set time, still counts as ready, and answers the next request."""
    at = bench(idle_unload_minutes=1.0)
    at.engine._unload()
    assert at.engine.health.detail == "unloaded"
    assert at.engine._model is None
    monkeypatch.setattr("wooster.servers.embed_model.load", lambda *_, **__: model(), raising=True)
    at.submit("next", 1)
    at.turn()
    assert isinstance(at.ended["next"], Embedded)
    assert at.engine.health.loaded
    assert "wooster_embed_unloads_total 1" in at.engine.metrics()


def test_what_is_kept_for_reuse_is_given_up_where_memory_is_short(
    bench: Callable[..., Bench],
) -> None:
    """After each batch, as long as it is short; the answer comes all the same."""
    at = bench(batch_size=2)
    at.engine._pressure = Pressure(Limit(1, "the test"))
    at.submit("first", 4)
    at.turn()
    at.turn()
    assert isinstance(at.ended["first"], Embedded)
    assert 'wooster_embed_memory_relief_total{step="clear buffers"} 2' in at.engine.metrics()
    at.engine._pressure = Pressure(ROOMY)
    at.submit("second", 2)
    at.turn()
    assert 'wooster_embed_memory_relief_total{step="clear buffers"} 2' in at.engine.metrics()


def test_a_model_that_would_not_fit_is_refused_with_the_numbers(starter_home: Path) -> None:
    """Before its weights are read."""
    folder = starter_home / "models" / "all-minilm-l6-v2"
    check_fits("minilm", folder, Limit(4_000_000_000, "the setting"))
    with pytest.raises(ModelUnavailable, match=r"needs 1\.\d\d GB .*0\.05 GB \(the setting\)"):
        check_fits("minilm", folder, Limit(50_000_000, "the setting"))


def test_a_step_of_background_work_is_as_long_as_a_person_may_wait(
    bench: Callable[..., Bench], clock: ManualClock
) -> None:
    """On a slow machine it has few texts; a person's own request is never cut up for it."""
    at = bench()
    texts_at_once: list[int] = []
    embed = at.engine._loaded_model().embed

    class Slow:
        def embed(self, tokens: Any) -> Any:
            texts_at_once.append(len(tokens))
            clock.advance(sum(map(len, tokens)) / 400)  # 400 tokens a second
            return embed([each[:4] for each in tokens])

    at.engine._model = Slow()  # type: ignore[assignment]
    long = [[3, 4, 5] * 30] * 8  # 90 tokens each

    def steps(*, background: bool) -> list[int]:
        texts_at_once.clear()
        ended: list[object] = []
        at.engine.submit(EmbedJob(long, ended.append, background))
        while not ended:
            at.turn()
        return list(texts_at_once)

    assert steps(background=True) == [5, 3], "its speed isn't known yet"
    assert steps(background=True) == [1] * 8
    assert steps(background=False) == [8]


def test_a_step_that_took_long_once_makes_no_slow_machine(
    bench: Callable[..., Bench], clock: ManualClock
) -> None:
    """The machine slept meanwhile; short texts teach its speed too, though their steps are small
    for it."""
    at = bench()
    texts_at_once: list[int] = []
    embed = at.engine._loaded_model().embed
    tokens_a_second = 40.0

    class Uneven:
        def embed(self, tokens: Any) -> Any:
            texts_at_once.append(len(tokens))
            clock.advance(sum(map(len, tokens)) / tokens_a_second)
            return embed([each[:4] for each in tokens])

    at.engine._model = Uneven()  # type: ignore[assignment]
    for texts in ([[3, 4, 5, 6, 7] * 52], *[[[3, 4, 5, 6] * 5] * 8] * 6):
        ended: list[object] = []
        texts_at_once.clear()
        at.engine.submit(EmbedJob(texts, ended.append, True))
        while not ended:
            at.turn()
        tokens_a_second = 10_000.0
    assert texts_at_once == [8]
