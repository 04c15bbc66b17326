"""Turns a llama-architecture GGUF file into a folder that `mlx_lm.load` opens as it is.

It knows llama.cpp's names, row order and tokenizer metadata. It doesn't know where the file came
from or where the folder goes to live (`starter` does).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GROUP_SIZE = 32  # weights that share one scale, in every 4- and 8-bit GGUF layout that MLX reads

_TENSORS = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_PRE_TOKENIZERS: dict[str, list[dict[str, Any]]] = {
    # "2024" is four tokens to these models: every digit stands alone.
    "smollm": [{"type": "Digits", "individual_digits": True}],
    "gpt-2": [],
}
_BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
_CONTROL, _USER_DEFINED = 3, 4  # llama.cpp's token types for tokens that aren't ordinary text


class UnsupportedGguf(ValueError):
    """The file is of a kind that this conversion doesn't cover; says which."""


def convert(source: Path, target: Path) -> None:
    """Write `config.json`, the tokenizer and `model.safetensors` for `source` into `target`.

    Quantised tensors stay quantised, bit for bit. Raises `UnsupportedGguf`.
    """
    import mlx.core as mx

    loaded: Any = mx.load(str(source), return_metadata=True)
    tensors, metadata = loaded
    if (architecture := metadata.get("general.architecture")) != "llama":
        raise UnsupportedGguf(f"the GGUF architecture is {architecture!r}, only 'llama' is read")
    renamed = _rename_tensors(tensors, metadata)
    mx.save_safetensors(str(target / "model.safetensors"), renamed, metadata={"format": "mlx"})
    for name, content in (
        ("config.json", _config(renamed, metadata)),
        ("tokenizer.json", _tokenizer(metadata)),
        ("tokenizer_config.json", _tokenizer_config(metadata)),
    ):
        (target / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _rename_tensors(tensors: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors under mlx-lm's names, query and key rows back in their original order."""
    heads = {
        "attn_q": _number(metadata, "llama.attention.head_count"),
        "attn_k": _number(metadata, "llama.attention.head_count_kv"),
    }
    renamed = {}
    for name, tensor in tensors.items():
        block, layer, rest = name.startswith("blk."), "", name
        if block:
            _, layer, rest = name.split(".", 2)
        stem, part = rest.rsplit(".", 1)
        if stem not in _TENSORS:
            raise UnsupportedGguf(f"the GGUF file has an unknown tensor {name!r}")
        if stem in heads:
            tensor = unpermute_rows(tensor, heads[stem])
        prefix = f"model.layers.{layer}." if block else ""
        renamed[f"{prefix}{_TENSORS[stem]}.{part}"] = tensor
    return renamed


def unpermute_rows(tensor: Any, heads: int) -> Any:
    """Undo llama.cpp's interleaving of the two rotary halves of each head.

    Only rows move, so packed weights, scales and biases are all treated alike.
    """
    rows, *rest = tensor.shape
    halves = tensor.reshape(heads, rows // heads // 2, 2, *rest)
    return halves.swapaxes(1, 2).reshape(rows, *rest)


def _number(metadata: Mapping[str, Any], key: str) -> Any:
    if key not in metadata:
        raise UnsupportedGguf(f"the GGUF file lacks the metadata {key!r}")
    return metadata[key].item()


def _config(tensors: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": _number(metadata, "llama.embedding_length"),
        "intermediate_size": _number(metadata, "llama.feed_forward_length"),
        "num_hidden_layers": _number(metadata, "llama.block_count"),
        "num_attention_heads": _number(metadata, "llama.attention.head_count"),
        "num_key_value_heads": _number(metadata, "llama.attention.head_count_kv"),
        "max_position_embeddings": _number(metadata, "llama.context_length"),
        "rms_norm_eps": _number(metadata, "llama.attention.layer_norm_rms_epsilon"),
        "rope_theta": _number(metadata, "llama.rope.freq_base"),
        "vocab_size": len(metadata["tokenizer.ggml.tokens"]),
        "tie_word_embeddings": "lm_head.weight" not in tensors,
        "bos_token_id": _number(metadata, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": _number(metadata, "tokenizer.ggml.eos_token_id"),
    }
    quantised = [name.removesuffix(".scales") for name in tensors if name.endswith(".scales")]
    if quantised:
        config["quantization"] = {"group_size": GROUP_SIZE, "bits": 4}
    for name in quantised:
        columns = tensors[f"{name}.scales"].shape[-1] * GROUP_SIZE
        bits = tensors[f"{name}.weight"].shape[-1] * 32 // columns
        if bits != 4:  # GGUF files keep embeddings and outputs at a higher precision
            config["quantization"][name] = {"group_size": GROUP_SIZE, "bits": bits}
    return config


def _tokenizer(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A byte-level BPE in the JSON form of the `tokenizers` library."""
    model, pre = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    if model != "gpt2" or pre not in _PRE_TOKENIZERS:
        raise UnsupportedGguf(f"the GGUF tokenizer is {model!r}/{pre!r}, which isn't read here")
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    kinds = metadata["tokenizer.ggml.token_type"].tolist()
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": i, "content": token, **flags, "special": kind == _CONTROL}
        for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind in (_CONTROL, _USER_DEFINED)
    ]
    return {
        "version": "1.0",
        "added_tokens": added,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [*_PRE_TOKENIZERS[pre], {**_BYTE_LEVEL, "use_regex": True}],
        },
        "decoder": {**_BYTE_LEVEL, "use_regex": True},
        "model": {
            "type": "BPE",
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in metadata["tokenizer.ggml.merges"]],
        },
    }


def _tokenizer_config(metadata: Mapping[str, Any]) -> dict[str, Any]:
    tokens = metadata["tokenizer.ggml.tokens"]
    names = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
    special = {
        f"{short}_token": tokens[metadata[key].item()]
        for short, long in names.items()
        if (key := f"tokenizer.ggml.{long}_token_id") in metadata
    }
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": _number(metadata, "llama.context_length"),
        "clean_up_tokenization_spaces": False,
        **special,
    }
    if template := metadata.get("tokenizer.chat_template"):
        config["chat_template"] = template
    return config
