"""A chat model in memory, checked: that it fits, that its draft model speaks the same tokens, and
in which of the two ways it is decoded.

It knows mlx-lm's loaders and the settings; it knows nothing of requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wooster.config.settings import ChatServer
from wooster.core.errors import ModelUnavailable
from wooster.servers.batch import Batched
from wooster.servers.decoding import Decoder
from wooster.servers.memory import Limit, Need, check_fits, weights_bytes
from wooster.servers.sampling import Sampling, recommended
from wooster.servers.singles import Means, Singles
from wooster.servers.weights import find_model, fit_precision, model_file, on_cpu, refuse_code

PREFILL_TOKENS_CPU = 128  # a chunk takes about a second on two slow cores
PREFILL_TOKENS_GPU = 512
_GROUPS = (64, 32, 128)  # that mlx can quantise in; 64 is mlx-lm's own choice


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that can answer. `mode` says how it is decoded, `trims` whether its caches can be cut
    back to fewer tokens, `trained_for` how many tokens it was made to read."""

    tokenizer: Any
    decoder: Decoder
    mode: str
    trims: bool
    trained_for: int | None
    recommended: Sampling


class Loader:
    """Loads by the settings of `[chat]` or `[fast]`. On the engine's thread."""

    def __init__(self, settings: ChatServer, models: Path, limit: Limit, section: str) -> None:
        self._settings = settings
        self._section = section
        self._models = models
        self._limit = limit

    def load(self, name: str, path: str, tell: Callable[[str], None]) -> Loaded:
        """The model in `path`. Raises `ModelUnavailable` for one that can't be served so."""
        tell("importing mlx-lm")
        import mlx_lm

        folder, settings = folder_of(path), self._settings
        draft_path = ""
        if settings.draft_model:
            draft_path = find_model(settings.draft_model, self._models).path
        folders = [folder, *([folder_of(draft_path)] if draft_path else [])]
        for each in folders:
            refuse_code(name, each)
        self._check_memory(name, folders)
        tell("reading the weights")
        model, tokenizer, config = mlx_lm.load(path, lazy=True, return_config=True)
        draft = None
        if draft_path:
            draft, draft_tokenizer = mlx_lm.load(draft_path, lazy=True)
            check_same_tokens(tokenizer, draft_tokenizer, settings.draft_model)
            draft = fit_precision(draft)
        decoder, mode = self._decoder(fit_precision(model), draft, tokenizer, config)
        trims = _always_trims(model)
        return Loaded(tokenizer, decoder, mode, trims, _trained_for(config), recommended(folder))

    def _check_memory(self, name: str, folders: list[Path]) -> None:
        try:
            need = Need.of(folders, self._settings.kv_bits, widened=on_cpu())
        except ValueError:
            # An unusual model whose config doesn't tell its cache's size. Its weights still count.
            widened = on_cpu()
            need = Need(sum(weights_bytes(folder, widened=widened) for folder in folders), 0)
        context = min([self._settings.context_length, *map(_context_of, folders[:1])])
        check_fits(name, need, context, self._limit, section=self._section)

    def _decoder(
        self, model: Any, draft: Any, tokenizer: Any, config: dict[str, Any]
    ) -> tuple[Decoder, str]:
        """The way to decode, and its name: in a batch unless something asks for turns."""
        from mlx_lm.models.cache import make_prompt_cache

        settings = self._settings
        prefill = PREFILL_TOKENS_CPU if on_cpu() else PREFILL_TOKENS_GPU
        ends = frozenset(tokenizer.eos_token_ids)
        cache = make_prompt_cache(model)
        reasons = []
        if settings.kv_bits:
            reasons.append(f"KV cache of {settings.kv_bits} bits")
        if draft is not None:
            check_can_draft(model, draft)
            reasons.append(f"drafts of {settings.draft_tokens} tokens by {settings.draft_model}")
        if not all(hasattr(layer, "merge") for layer in cache):
            reasons.append(f"models of type {config.get('model_type')!r} can't be batched")
        if not reasons:
            # Background work that can't be put aside doesn't take a person's place: twice as many.
            size = 2 * settings.parallel
            batched = Batched(model, end_tokens=sorted(ends), size=size, prefill_tokens=prefill)
            return batched, "batched"
        group = 64
        if settings.kv_bits:
            group = quantised_group(model, config, settings.kv_bits)
        means = Means(model, draft, settings.draft_tokens, settings.kv_bits, group, ends, prefill)
        return Singles(means), f"in turns: {', '.join(reasons)}"


def folder_of(path: str) -> Path:
    """Where the files of a folder or hub id are on this disk."""
    from mlx_lm.utils import hf_repo_to_path

    folder = Path(path)
    return folder if folder.is_dir() else Path(hf_repo_to_path(path))


def check_same_tokens(tokenizer: Any, draft: Any, draft_name: str) -> None:
    """Raises `ModelUnavailable` for a draft model whose tokens mean something else."""
    if tokenizer.get_vocab() != draft.get_vocab():
        raise ModelUnavailable(
            f"The draft model {draft_name!r} has another vocabulary than the model: "
            f"{len(draft.get_vocab())} tokens, not the same {len(tokenizer.get_vocab())}.",
            hint="Set `draft_model` to a small model of the same family, or to nothing.",
        )


def check_can_draft(model: Any, draft: Any) -> None:
    """Raises `ModelUnavailable` for models from whose caches a wrong draft can't be taken back."""
    from mlx_lm.models.cache import make_prompt_cache

    for each in (model, draft):
        if not _always_trims(each) or len(make_prompt_cache(each)) != len(each.layers):
            raise ModelUnavailable(
                "This model can't be used with a draft: what it has read can't be taken back.",
                hint="Set `draft_model` to nothing.",
            )


def quantised_group(model: Any, config: dict[str, Any], bits: int) -> int:
    """Numbers that share a scale in a quantised cache. Raises `ModelUnavailable` if it can't be."""
    from mlx_lm.models.cache import make_prompt_cache

    try:
        caches = [layer for layer in make_prompt_cache(model) if hasattr(layer, "to_quantized")]
        for layer in caches:
            layer.to_quantized(group_size=64, bits=bits)
    except NotImplementedError:
        caches = []
    width = _head_dim(config)
    group = next((size for size in _GROUPS if width % size == 0), None)
    if not caches or group is None:
        raise ModelUnavailable(
            f"The KV cache of this model ({config.get('model_type')}, heads of {width}) can't be "
            f"quantised.",
            hint="Set `kv_bits = 0`.",
        )
    return group


def _head_dim(config: dict[str, Any]) -> int:
    text = config.get("text_config") or config
    width = text.get("head_dim") or text["hidden_size"] // text["num_attention_heads"]
    return int(width)


def _always_trims(model: Any) -> bool:
    """Whether a cache of this model can be cut back at any length: a window, once full, can't."""
    from mlx_lm.models.cache import can_trim_prompt_cache, make_prompt_cache

    cache = make_prompt_cache(model)
    layers = [part for layer in cache for part in getattr(layer, "caches", [layer])]
    windows = any(hasattr(layer, "max_size") or hasattr(layer, "chunk_size") for layer in layers)
    return can_trim_prompt_cache(cache) and not windows


def _trained_for(config: dict[str, Any]) -> int | None:
    text = config.get("text_config") or config
    return text.get("max_position_embeddings") or config.get("max_position_embeddings")


def _context_of(folder: Path) -> int:
    told = _trained_for(model_file(folder, "config.json") or {})
    return told or 1 << 30
