"""Which models fit a machine, and which of them to take together: a pure function.

It knows the catalogue's numbers and a machine's memory, and nothing of what is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wooster.config.catalogue import Model
from wooster.config.footprint import Footprint, Machine

# With less context than this a conversation doesn't get far.
_CONTEXTS = (32768, 16384, 8192, 4096)
# A model of which no more works on each token answers as fast as a small one.
_NIMBLE_B = 4.0
_FAST_B = 8.0
# What a rank in each role counts for, beside that of the model that answers.
_FAST_COUNTS, _EMBED_COUNTS = 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Row:
    """A model on this machine, with the context that was asked for or as much as it has.

    `fits_context` is the longest context with which it fits, of those that a set may have; 0: none.
    """

    model: Model
    context: int
    footprint: Footprint
    fits_context: int

    @property
    def fits(self) -> bool:
        """With the whole of its context."""
        return self.fits_context == self.context


@dataclass(frozen=True, slots=True)
class ModelSet:
    """Models that fit together. None: the starter model of that role; `fast` may be `quality`."""

    context: int
    quality: Model | None
    fast: Model | None
    embed: Model | None
    peak_bytes: int


def table(
    models: Sequence[Model], machine: Machine, context_tokens: int, kv_bits: int
) -> list[Row]:
    """Every model of the catalogue, each by itself on the machine."""
    return [
        Row(
            model,
            min(context_tokens, model.context),
            model.footprint(context_tokens, machine, kv_bits),
            _fits_context(model, machine, context_tokens, kv_bits),
        )
        for model in models
    ]


def _fits_context(model: Model, machine: Machine, context_tokens: int, kv_bits: int) -> int:
    if model.engine != "wooster":
        return 0
    # What embeds takes the same memory whatever the context.
    steps = _contexts(context_tokens) if model.kind == "chat" else [context_tokens]
    fitting = (
        min(context, model.context)
        for context in steps
        if model.footprint(context, machine, kv_bits).peak_bytes <= machine.budget_bytes
    )
    return next(fitting, 0)


def _contexts(context_tokens: int) -> list[int]:
    """The context that was asked for, then the shorter ones that are tried."""
    return [context_tokens, *(each for each in _CONTEXTS if each < context_tokens)]


def best_set(
    models: Sequence[Model], machine: Machine, context_tokens: int, kv_bits: int
) -> ModelSet:
    """The best models that fit together: one for answers, one for quick tasks, one for search.

    All of them with a full context at once, and one of them reading a prompt. A shorter context
    is taken only where nothing fits with the longer one.
    """
    ours = [model for model in models if model.engine == "wooster"]
    for context in _contexts(context_tokens):
        found = list(_sets(ours, machine, context, kv_bits))
        if found:
            return max(found, key=_worth)
    return _without_answers(ours, machine, context_tokens)


def _sets(
    models: Sequence[Model], machine: Machine, context: int, kv_bits: int
) -> Iterator[ModelSet]:
    needs = {model.name: model.footprint(context, machine, kv_bits) for model in models}
    embeds = [None, *(model for model in models if model.kind == "embed")]
    for quality in (model for model in models if model.kind == "chat"):
        for fast in _seconds(quality, models):
            for embed in embeds:
                chosen = {each.name: each for each in (quality, fast, embed) if each is not None}
                peak = _together([needs[name] for name in chosen])
                if peak <= machine.budget_bytes:
                    yield ModelSet(context, quality, fast, embed, peak)


def _seconds(quality: Model, models: Sequence[Model]) -> list[Model]:
    """Who may do the quick tasks beside `quality`: itself, or a smaller one that doesn't think."""
    quick = [
        model
        for model in models
        if model.kind == "chat"
        and not model.reasoning
        and model.active_b <= _FAST_B
        and model.rank < quality.rank
    ]
    return [quality, *([] if _is_nimble(quality) else quick)]


def _without_answers(models: Sequence[Model], machine: Machine, context: int) -> ModelSet:
    """For a machine too small for any chat model of the catalogue."""
    fitting = [
        (model.rank, model, needs.peak_bytes)
        for model in models
        if model.kind == "embed"
        and (needs := model.footprint(context, machine)).peak_bytes <= machine.budget_bytes // 2
    ]
    if not fitting:
        return ModelSet(context, None, None, None, 0)
    _, embed, peak = max(fitting, key=lambda item: item[0])
    return ModelSet(context, None, None, embed, peak)


def _together(needs: Sequence[Footprint]) -> int:
    """All active, and the one with the largest headroom at its peak."""
    headroom = max(each.peak_bytes - each.active_bytes for each in needs)
    return sum(each.active_bytes for each in needs) + headroom


def _is_nimble(model: Model) -> bool:
    return model.active_b <= _NIMBLE_B and not model.reasoning


def _worth(chosen: ModelSet) -> tuple[float, int]:
    """The ranks of a set, weighed; of equal ones the smaller."""
    quality, fast, embed = chosen.quality, chosen.fast, chosen.embed
    assert quality is not None
    quick = fast.rank if fast is not None and (fast is not quality or _is_nimble(fast)) else 0
    searching = embed.rank if embed is not None else 0
    worth = quality.rank + _FAST_COUNTS * quick + _EMBED_COUNTS * searching
    return worth, -chosen.peak_bytes
