"""Word documents: mammoth makes HTML of them, which the HTML reader reads."""

from __future__ import annotations

import io
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.reading import archive, html
from wooster.knowledge.reading.chunks import cut


def read(data: bytes) -> ReadDocument:
    """Raises `UnreadableFile` for what isn't a Word document, or a damaged one."""
    if archive.Archive(data).unpacked_bytes(".xml", ".rels") > archive.MEMBER_BYTES:
        raise UnreadableFile("it unpacks to far more than a document holds")
    import mammoth

    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(_no_image)
        )
    except (
        *archive.DAMAGED,
        ExpatError,
        KeyError,
        ValueError,
        IndexError,
        AttributeError,
    ) as error:
        raise UnreadableFile("it is damaged, or no Word document") from error
    body = html.read_body(converted.value)
    return ReadDocument(
        "docx", body.title, body.text, cut(body.text, body.blocks), links=body.links
    )


def _no_image(image: object) -> Mapping[str, str]:
    """Images aren't read; mammoth would put each into the HTML as base64."""
    return {}
