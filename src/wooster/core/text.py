"""Text as people type it: cleaning, clipping, and the form in which it is searched.

Pure functions over strings. It knows nothing of SQL beyond the quoting of a full-text query, and
nothing of terminals or models.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping

Says = Callable[[str], bool]
"""Whether a text says something that is looked for."""

# C0 and C1 control characters and DEL, without tab and newline, and the bidirectional overrides:
# they move cursors, recolour terminals or disguise text, and no message needs them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# Characters of scripts that are written without spaces. SQLite's unicode61 tokenizer makes one
# token of a whole run of them, so that a word inside a sentence could never be found.
_UNSPACED = (
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff"
    "\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff])"
)


_SHOWN = 80

# What Markdown could read as a mark of its own.
_MARKDOWN = re.compile(r"([\\`*_#<>\[\]|~])")


def clean(text: str) -> str:
    """`text` with normal line ends and without control characters or lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text)


def clip(text: str, limit: int) -> str:
    """The first `limit` characters of `text` on one line, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip() + "…"


def search_form(text: str) -> str:
    """`text` as it goes into a full-text index: compatibility-normalised, unspaced scripts split.

    >>> search_form("東京 tower")
    ' 東  京  tower'
    """
    return re.sub(_UNSPACED, r" \1 ", unicodedata.normalize("NFKC", text))


def match_query(words: str) -> str:
    """An FTS5 query that finds texts with all of `words`; empty when there is no word in it.

    Each run of letters, digits and marks becomes a quoted phrase, so that no byte of the input is
    ever read as query syntax. Characters of unspaced scripts that touch stay a phrase, in their
    order. The last word also matches as a prefix, as people expect while they type.
    """
    phrases = ['"' + " ".join(run) + '"' for run in match_phrases(words)]
    return " ".join(phrases) + "*" if phrases else ""


def match_phrases(words: str) -> list[list[str]]:
    """The runs of letters, digits and marks in `words`, each as the tokens that an index has.

    That is the run itself; one of an unspaced script is several tokens that must stay together.
    """
    letters = "".join(c if _in_word(c) else " " for c in unicodedata.normalize("NFKC", words))
    return [search_form(run).split() for run in letters.split()]


def _in_word(character: str) -> bool:
    """Letters, digits, and the marks on them: a mark must not cut its word in two."""
    return unicodedata.category(character)[0] in "LNM"


def rough_tokens(text: str) -> int:
    """About how many tokens a model makes of `text`, erring high.

    Measured with SmolLM2's vocabulary, among the least favourable of today's: a digit is a token,
    other ASCII is 4 characters a token in English, and Chinese, Hindi or emoji are up to 0.7
    tokens a byte of UTF-8.
    """
    size_bytes = len(text.encode("utf-8", "replace"))
    digits = sum(map(text.count, "0123456789"))
    beyond = size_bytes - len(text.encode("ascii", "ignore"))
    return digits + math.ceil((size_bytes - digits - beyond) / 3) + math.ceil(beyond * 0.75) + 1


def fill(template: str, values: Mapping[str, str]) -> str:
    """A prompt with its variables; what stands in a value is never taken for another variable."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def number(value: int) -> str:
    """`12 345`."""
    return f"{value:,}".replace(",", " ")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(rate: float) -> str:
    """Whole percents; only what is whole is shown as 100 %, only nothing as 0 %."""
    rounded = round(rate * 100)
    if 0 < rate < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded} %"


def ascii_asked(words: str) -> tuple[str, bool]:
    """`words` without `--ascii` at their end, and whether it stood there: what is drawn is then
    drawn with plain signs."""
    rest = words.strip()
    if rest == "--ascii" or rest.endswith(" --ascii"):
        return rest.removesuffix("--ascii").rstrip(), True
    return rest, False


def plain(text: str) -> str:
    """A name inside Markdown, as text: clean, on one line, clipped, nothing of it a mark."""
    return escaped(clip(clean(text), _SHOWN))


def escaped(text: str) -> str:
    """Text that is quoted inside Markdown: nothing of it is taken for a mark."""
    return _MARKDOWN.sub(r"\\\1", text)
