"""What is relied upon of mlx-lm and mlx-embeddings, so that an update fails here and not a user."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import warnings
from typing import Any

import pytest


def find(module: str, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their own dependencies, at import
        found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


CALLS = [
    ("mlx_lm", "load", {"path_or_hf_repo", "lazy", "return_config"}),
    (
        "mlx_lm.generate",
        "BatchGenerator",
        {
            "model",
            "stop_tokens",
            "completion_batch_size",
            "prefill_batch_size",
            "prefill_step_size",
        },
    ),
    (
        "mlx_lm.generate",
        "BatchGenerator.insert_segments",
        {"segments", "max_tokens", "caches", "all_tokens", "samplers", "logits_processors"},
    ),
    ("mlx_lm.generate", "BatchGenerator.extract_cache", {"uids"}),
    (
        "mlx_lm.generate",
        "generate_step",
        {"prompt", "model", "max_tokens", "sampler", "logits_processors", "prompt_cache"},
    ),
    (
        "mlx_lm.generate",
        "speculative_generate_step",
        {
            "prompt",
            "model",
            "draft_model",
            "num_draft_tokens",
            "max_tokens",
            "sampler",
            "logits_processors",
            "prompt_cache",
        },
    ),
    (
        "mlx_lm.generate",
        "maybe_quantize_kv_cache",
        {"prompt_cache", "quantized_kv_start", "kv_group_size", "kv_bits"},
    ),
    ("mlx_lm.models.cache", "KVCache.to_quantized", {"group_size", "bits"}),
    ("mlx_lm.models.cache", "KVCache.keys_and_values", set()),
    ("mlx_lm.models.cache", "QuantizedKVCache.keys_and_values", set()),
    ("mlx_lm.generate", "BatchGenerator.next", set()),
    ("mlx_lm.generate", "BatchGenerator.remove", {"uids"}),
    ("mlx_lm.models.cache", "LRUPromptCache", {"max_size", "max_bytes"}),
    ("mlx_lm.models.cache", "LRUPromptCache.fetch_nearest_cache", {"model", "tokens"}),
    ("mlx_lm.models.cache", "LRUPromptCache.insert_cache", {"model", "tokens", "prompt_cache"}),
    ("mlx_lm.models.cache", "make_prompt_cache", {"model"}),
    ("mlx_lm.models.cache", "can_trim_prompt_cache", {"cache"}),
    ("mlx_lm.models.cache", "trim_prompt_cache", {"cache", "num_tokens"}),
    ("mlx_lm.sample_utils", "make_sampler", {"temp", "top_p"}),
    (
        "mlx_lm.sample_utils",
        "make_logits_processors",
        {"presence_penalty", "frequency_penalty", "repetition_penalty"},
    ),
    ("mlx_lm.utils", "dequantize_model", {"model"}),
    ("mlx_lm.utils", "hf_repo_to_path", {"hf_repo"}),
    ("mlx_lm.tokenizer_utils", "StreamingDetokenizer.add_token", {"token"}),
    ("mlx_lm.tokenizer_utils", "StreamingDetokenizer.finalize", set()),
    ("mlx_embeddings.utils", "load", {"path_or_hf_repo", "lazy"}),
    ("mlx_embeddings.utils", "get_model_path", {"path_or_hf_repo"}),
]


@pytest.mark.parametrize(("module", "name", "parameters"), CALLS)
def test_a_call_that_is_used_takes_what_it_is_given(
    module: str, name: str, parameters: set[str]
) -> None:
    """The name is there, and has the parameters that the servers pass."""
    assert parameters <= set(inspect.signature(find(module, name)).parameters)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("PromptProcessingBatch.Response", {"uid", "progress", "end_of_segment"}),
        (
            "GenerationBatch.Response",
            {"uid", "token", "logprobs", "finish_reason", "prompt_cache", "all_tokens"},
        ),
    ],
)
def test_a_response_has_the_fields_that_are_read(name: str, fields: set[str]) -> None:
    """What comes out of a step is told by these fields."""
    response = find("mlx_lm.generate", name)
    assert fields <= {field.name for field in dataclasses.fields(response)}


@pytest.mark.parametrize("name", ["apply_chat_template", "detokenizer", "eos_token_ids"])
def test_the_tokenizer_wrapper_has_what_is_used(name: str) -> None:
    """Prompts, pieces of text and the end marks come from mlx-lm's tokenizer wrapper."""
    assert hasattr(find("mlx_lm.tokenizer_utils", "TokenizerWrapper"), name)


def test_a_detokenizer_of_one_request_is_not_anothers() -> None:
    """Each access gives a detokenizer of its own, since requests are decoded side by side."""
    wrapper = find("mlx_lm.tokenizer_utils", "TokenizerWrapper")
    assert isinstance(inspect.getattr_static(wrapper, "detokenizer"), property)


def test_nucleus_sampling_can_be_applied_alone() -> None:
    """The seeded sampler uses mlx-lm's own cut of the distribution."""
    mx = find("mlx", "core")
    logprobs = mx.log(mx.array([[0.6, 0.3, 0.1]]))
    kept = find("mlx_lm.sample_utils", "apply_top_p")(logprobs, 0.5)
    assert mx.isinf(kept).tolist() == [[False, True, True]]


def test_a_cache_begins_with_its_keys_and_values() -> None:
    """Kept caches are tightened through `state`: keys and values first, whatever follows."""
    mx = find("mlx", "core")
    for cache in (
        find("mlx_lm.models.cache", "KVCache")(),
        find("mlx_lm.models.cache", "QuantizedKVCache")(group_size=64, bits=8),
    ):
        assert cache.empty()
        cache.update_and_fetch(mx.ones((1, 1, 3, 64)), mx.ones((1, 1, 3, 64)))
        keys, values, offset, *_ = cache.state
        assert (keys, values) == (cache.keys, cache.values)
        assert offset == cache.offset == 3
        assert cache.nbytes > 0
        assert cache.trim(1) == 1
        assert cache.offset == 2


def test_what_a_quantised_or_sliding_cache_can_not_do() -> None:
    """Quantised caches can't be merged into a batch, and windows can't be quantised: so there are
    turns, and a refusal at load. When that changes, `loaded` can do more."""
    quantised = find("mlx_lm.models.cache", "QuantizedKVCache")
    window = find("mlx_lm.models.cache", "RotatingKVCache")(max_size=8)
    assert not hasattr(quantised, "merge")
    with pytest.raises(NotImplementedError):
        window.to_quantized()
    assert window.max_size == 8


def test_the_store_of_prompts_can_cut_a_longer_one() -> None:
    """A stored conversation serves another one with the same beginning, as a copy cut to it."""
    mx = find("mlx", "core")
    cache = find("mlx_lm.models.cache", "KVCache")()
    cache.update_and_fetch(mx.ones((1, 1, 5, 4)), mx.ones((1, 1, 5, 4)))
    store = find("mlx_lm.models.cache", "LRUPromptCache")(max_size=2, max_bytes=1 << 20)
    store.insert_cache("model", [1, 2, 3, 4, 5], [cache])
    (found,), rest = store.fetch_nearest_cache("model", [1, 2, 3, 9, 9])
    assert (found.offset, rest) == (3, [9, 9])
    assert cache.offset == 5
    assert (len(store), store.nbytes) == (1, cache.nbytes)


def test_memory_is_told_by_mlx() -> None:
    """The numbers that limits are held against; a GPU's working set is told under this name."""
    mx = find("mlx", "core")
    assert mx.get_active_memory() >= 0
    assert mx.get_cache_memory() >= 0
    assert mx.get_peak_memory() >= 0
    info = mx.device_info()
    assert mx.default_device() == mx.Device(mx.cpu) or "max_recommended_working_set_size" in info


@pytest.mark.parametrize(
    "name", ["BPEStreamingDetokenizer", "SPMStreamingDetokenizer", "TokenizerWrapper"]
)
def test_the_kinds_of_tokenizers_are_told_apart(name: str) -> None:
    """Bytes of tokens are worked out by the kind of detokenizer that mlx-lm chose."""
    assert isinstance(find("mlx_lm.tokenizer_utils", name), type)
