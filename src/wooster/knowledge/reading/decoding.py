"""Bytes as text: by the mark at their begin, as UTF-8, or as what Windows wrote before that.

It refuses data that is no text at all, and changes no character of what is.
"""

from __future__ import annotations

import codecs
import re

from wooster.knowledge.model import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
# Names that pages declare. Python knows more that no page means, and some are slow.
_ENCODINGS = re.compile(
    r"iso-?8859|windows-|cp\d|koi8|shift_jis|sjis|euc-|gb|big5|iso-2022|mac|latin", re.IGNORECASE
)
_DECLARED_BYTES = 2048
_SAMPLE_BYTES = 1 << 16
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1b"})
_CONTROLS_SHARE = 0.01


def decode(data: bytes) -> str:
    """The text that `data` is. Raises `UnreadableFile` when it is none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (
                _unmarked(data[3:]) if encoding == "utf-8" else _wide(data[len(mark) :], encoding)
            )
    return _unmarked(data)


def decode_markup(data: bytes) -> str:
    """HTML or XML: as `decode`, but what the page says of its encoding counts."""
    declared = _DECLARED.search(data[:_DECLARED_BYTES])
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        encoding = declared[1].decode("ascii", "replace")
        if _ENCODINGS.match(encoding) and encoding.lower() not in ("iso-8859-1", "latin1"):
            try:
                return data.decode(encoding)
            except (LookupError, UnicodeDecodeError):
                pass  # declared wrongly, as often
    return decode(data)


def _wide(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise UnreadableFile(f"it is no text, though it is marked as {encoding}")
    return text


def _unmarked(data: bytes) -> str:
    zero = data.find(b"\0")
    if zero >= 0:
        raise UnreadableFile(f"it is no text: there is a zero byte at {zero}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    sample = data[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _CONTROLS_SHARE * len(sample) and controls > 1:
        raise UnreadableFile("it is no text: it is full of control characters")
    if text or not data:
        return text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
