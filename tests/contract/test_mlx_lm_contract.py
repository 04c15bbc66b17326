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
        "BatchGenerator.insert",
        {"prompts", "max_tokens", "caches", "all_tokens", "samplers", "logits_processors"},
    ),
    ("mlx_lm.generate", "BatchGenerator.next", set()),
    ("mlx_lm.generate", "BatchGenerator.remove", {"uids", "return_prompt_caches"}),
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
        ("PromptProcessingBatch.Response", {"uid", "progress"}),
        (
            "GenerationBatch.Response",
            {"uid", "token", "finish_reason", "prompt_cache", "all_tokens"},
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
