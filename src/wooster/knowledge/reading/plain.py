"""Plain text: paragraphs between blank lines, and no guess at what might be a heading."""

from __future__ import annotations

from wooster.knowledge.model import ReadDocument
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.structure import paragraphs


def read(text: str) -> ReadDocument:
    return ReadDocument("text", "", text, cut(text, paragraphs(text)))
