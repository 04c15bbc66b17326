"""Very small chat models with random weights and the starter's tokenizer: real mlx-lm code and real
caches, a thousand tokens a second. And a way to drive the engine step by step, without threads."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wooster.config.loading import load_settings
from wooster.config.paths import Paths
from wooster.config.settings import ChatServer
from wooster.servers.admission import Line
from wooster.servers.decoding import Processor
from wooster.servers.desk import Desk
from wooster.servers.jobs import Event, Failed, Finished, Job, Progress, Text
from wooster.servers.loaded import Loader
from wooster.servers.memory import Limit
from wooster.servers.metrics import Tally
from wooster.servers.prefixes import Prefixes
from wooster.servers.sampling import Sampling

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 4096,
    "vocab_size": 49152,
    "tie_word_embeddings": False,
}
# Every other layer sees a window of 64 tokens: its cache can't be cut back once it is full.
WINDOWED = {**LLAMA, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 64}
ROOMY = Limit(8_000_000_000, "the test")


def make_model(folder: Path, config: dict[str, Any], starter: Path) -> Path:
    """A model of this config in `folder`, the same weights each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of mlx-lm's dependencies, at import
        import mlx.core as mx
        from mlx.utils import tree_flatten
        from mlx_lm.models import llama

    folder.mkdir(parents=True)
    mx.random.seed(7)
    model = llama.Model(llama.ModelArgs.from_dict(config))
    weights = {name: 3 * array for name, array in tree_flatten(model.parameters())}
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).symlink_to(starter / name)
    return folder


def chat_settings(paths: Paths, **changed: Any) -> ChatServer:
    """The shipped `[chat]`, changed."""
    return load_settings(paths).chat.model_copy(update=changed)


@dataclass
class Asked:
    """A job and the events that it has told so far."""

    job: Job
    events: list[Event] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def end(self) -> Finished | Failed | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Finished | Failed) else None

    @property
    def pieces(self) -> int:
        return sum(isinstance(event, Text) for event in self.events)

    @property
    def progress(self) -> list[int]:
        return [event.processed for event in self.events if isinstance(event, Progress)]


class Bench:
    """A loaded model, its line and its desk, taken on step by step by the test."""

    def __init__(self, model: Path, settings: ChatServer, *, prefix_bytes: int = 1 << 28) -> None:
        self.loaded = Loader(settings, model.parent, ROOMY, "chat").load(
            model.name, str(model), lambda _: None
        )
        self.tally = Tally()
        self.prefixes = Prefixes(prefix_bytes, trims=self.loaded.trims)
        self.desk = Desk(self.loaded, self.prefixes, self.tally)
        self.line = Line(settings.parallel)

    def ask(
        self,
        prompt: list[int],
        max_tokens: int = 12,
        *,
        sampling: Sampling | None = None,
        stops: tuple[str, ...] = (),
        constraint: Processor | None = None,
        top_logprobs: int | None = None,
        background: bool = False,
    ) -> Asked:
        events: list[Event] = []
        job = Job(
            prompt,
            max_tokens,
            sampling or Sampling(),
            stops,
            events.append,
            constraint,
            top_logprobs,
            background,
        )
        self.line.add(job)
        return Asked(job, events)

    def step(self) -> None:
        self.desk.follow(self.line.plan(self.desk.answers))
        self.desk.step()

    def until_done(self, *asked: Asked) -> None:
        for _ in range(5000):
            if all(each.end for each in asked):
                return
            self.step()
        raise AssertionError("the engine makes no progress")

    def answer(self, prompt: list[int], max_tokens: int = 12, **more: Any) -> Asked:
        asked = self.ask(prompt, max_tokens, **more)
        self.until_done(asked)
        return asked


def prompt_of(seed: int, length: int) -> list[int]:
    """Tokens that look like nothing else."""
    return [(seed * 7919 + at * 104729) % 40000 + 1000 for at in range(length)]
