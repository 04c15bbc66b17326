"""PDF: the text that is in it, page by page, by PDFium.

It reads no pictures: a scanned page has no text, and a file with nothing else is said to be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wooster.core.text import clean, clip
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.structure import Body, joined, paragraphs

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
# What PDFium puts where a word was divided at a line's end.
_DIVIDED = re.compile("[\ufffe\x02\xad]\\s*")
# What programs write into the title when nobody gave one.
_NO_TITLE = re.compile(
    r"untitled|unknown|microsoft (word|powerpoint|excel) - |[\W\d_]*$"
    r"|.*\.(docx?|dvi|html?|indd|odt|pdf|pptx?|ps|qxd|rtf|tex|txt|xlsx?)$",
    re.IGNORECASE,
)
_TITLE_LETTERS = 300


def read(data: bytes) -> ReadDocument:
    """Raises `UnreadableFile` for one that is encrypted, damaged or without text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise UnreadableFile("it is encrypted: it opens with a password only") from error
        raise UnreadableFile("it is damaged, or no PDF") from error
    try:
        body = joined(_pages(document), are_pages=True)
        title = _title(document)
    finally:
        document.close()
    if not body.text:
        raise UnreadableFile("it has no text, only pictures: a scanned one")
    return ReadDocument("pdf", title, body.text, cut(body.text, body.blocks))


def _pages(document: PdfDocument) -> Iterator[Body]:
    """Each page's text; that of a damaged page is empty."""
    import pypdfium2

    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            yield Body("", ())
            continue
        try:
            yield _text(page.get_textpage().get_text_bounded())
        except pypdfium2.PdfiumError:
            yield Body("", ())
        finally:
            page.close()


def _text(written: str) -> Body:
    text = clean(_DIVIDED.sub("", written)).strip()
    return Body(text, tuple(paragraphs(text)))


def _title(document: PdfDocument) -> str:
    title = clip(clean(document.get_metadata_value("Title")), _TITLE_LETTERS)
    return "" if _NO_TITLE.match(title) else title
