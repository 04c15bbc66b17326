"""Texts to tokens, whole or cut, and never in silence.

It knows tokenizers and the longest input of a model; it knows nothing of vectors or of HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wooster.core.errors import UsageError
from wooster.servers.weights import model_file


class InputTooLong(UsageError):
    code = "context_length_exceeded"


class NothingToRead(UsageError):
    code = "invalid_value"


class TextReader:
    """Reads from any thread: each of its two tokenizers is set once and never changed again.

    `closing` is a token that the model needs at the end of every text.
    """

    def __init__(self, tokenizer: Any, limit: int, closing: int | None = None) -> None:
        from tokenizers import Tokenizer

        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ValueError("it has no tokenizer.json")
        self.limit = limit
        self._whole = Tokenizer.from_str(backend.to_str())
        self._whole.no_padding()
        self._whole.no_truncation()
        probe = self._whole.encode("a").ids
        self._closing = [closing] if closing is not None and probe[-1:] != [closing] else []
        # A cut keeps the marks that the tokenizer puts around a text, so the tokenizer cuts.
        self._cutting = Tokenizer.from_str(self._whole.to_str())
        self._cutting.enable_truncation(limit - len(self._closing))

    def read(self, texts: Sequence[str], *, truncate: bool) -> list[list[int]]:
        """The tokens of each text. Raises `InputTooLong` for the first too long one, or cuts it."""
        tokenizer = self._cutting if truncate else self._whole
        tokens = [each.ids + self._closing for each in tokenizer.encode_batch(list(texts))]
        for index, ids in enumerate(tokens):
            if len(ids) > self.limit:
                raise InputTooLong(
                    f"Text {index} of the input has {len(ids)} tokens; this model takes "
                    f"{self.limit}. Shorten it, or ask for a cut with `truncate`: true."
                )
            if not ids:
                raise NothingToRead(f"Text {index} of the input has nothing that the model reads.")
        return tokens


def longest_input(folder: Path, tokenizer: Any) -> int:
    """Tokens that the model was trained to read at once; more fit, but mean less."""
    limits = [tokenizer.model_max_length]
    for name, key in (
        ("config.json", "max_position_embeddings"),
        ("sentence_bert_config.json", "max_seq_length"),
    ):
        limits.append((model_file(folder, name) or {}).get(key))
    return int(min(limit for limit in limits if limit))


def end_mark(folder: Path) -> int | None:
    """The token that ends a text, as config.json has it."""
    found = (model_file(folder, "config.json") or {}).get("eos_token_id")
    return found if isinstance(found, int) else None
