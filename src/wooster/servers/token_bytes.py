"""What each token of a vocabulary stands for in bytes, where text can't say it: half a character.

It knows how the two common kinds of tokenizers write bytes; it knows nothing of requests.
"""

from __future__ import annotations

from typing import Any


class TokenBytes:
    """The bytes of any token; exact for byte-level and SentencePiece vocabularies.

    Of another kind (no model in the catalogue has one) a token's text on its own is taken.
    """

    def __init__(self, tokenizer: Any) -> None:
        from mlx_lm.tokenizer_utils import BPEStreamingDetokenizer, SPMStreamingDetokenizer

        self._tokenizer = tokenizer
        self._added = {
            number: str(token.content) for number, token in tokenizer.added_tokens_decoder.items()
        }
        self._bytes_of = self._by_text
        if isinstance(tokenizer.detokenizer, BPEStreamingDetokenizer):
            self._bytes_of = self._of_byte_level
        elif isinstance(tokenizer.detokenizer, SPMStreamingDetokenizer):
            self._bytes_of = self._of_sentencepiece
        self._alphabet = _byte_alphabet()

    def __call__(self, token: int) -> bytes:
        if (added := self._added.get(token)) is not None:
            return added.encode()
        return self._bytes_of(token)

    def _of_byte_level(self, token: int) -> bytes:
        name: str = self._tokenizer.convert_ids_to_tokens(token) or ""
        return b"".join(self._alphabet.get(letter, letter.encode()) for letter in name)

    def _of_sentencepiece(self, token: int) -> bytes:
        name: str = self._tokenizer.convert_ids_to_tokens(token) or ""
        if len(name) == 6 and name.startswith("<0x"):
            return bytes.fromhex(name[3:5])
        return name.replace("\u2581", " ").encode()

    def _by_text(self, token: int) -> bytes:
        return str(self._tokenizer.decode([token])).encode()


def _byte_alphabet() -> dict[str, bytes]:
    """The letters that byte-level vocabularies write bytes with (Radford et al. 2019, section 2.2;
    the table is that of GPT-2's encoder): printable Latin-1 as it is, the rest from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in printable]
    letters = {chr(byte): bytes([byte]) for byte in printable}
    letters |= {chr(0x100 + place): bytes([byte]) for place, byte in enumerate(others)}
    return letters
