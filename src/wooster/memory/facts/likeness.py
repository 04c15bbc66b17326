"""When two subjects, values or statements are the same: their folded forms are equal. Pure.

Case, accents, punctuation and an article in front say nothing; every other word does.
"""

from __future__ import annotations

import unicodedata

from wooster.core import caches
from wooster.core.patterns import Pattern

_ARTICLES = (
    "the a an my our your der die das den dem ein eine einen einem el la los las un una unos unas "
    "le les une mein meine meinen meinem mi mis"
)
_LEADING = Pattern(rf"(?:(?:{'|'.join(_ARTICLES.split())})\s+)+(?=\S)")
_MARKS = Pattern(r"[^\w+#]+|_+")


@caches.kept(4096)
def folded(text: str) -> str:
    """The form in which texts are compared; "" only where there is nothing to compare.

    >>> folded("The São Paulo, ")
    'sao paulo'
    """
    bare = text.casefold()
    if not bare.isascii():
        apart = unicodedata.normalize("NFKD", bare)
        bare = "".join(c for c in apart if not unicodedata.combining(c))
    words = _LEADING.sub("", _MARKS.sub(" ", bare).strip(), count=1)
    return words or " ".join(text.split())
