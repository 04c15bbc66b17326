"""Which reader a file is for: by its name, and by its first bytes where the name says nothing, or
another thing than they do.

It reads no files: it is given their bytes. Every parser is imported when a file needs it.
"""

from __future__ import annotations

from datetime import tzinfo
from pathlib import PurePath

from wooster.knowledge.model import Format, ReadDocument, UnreadableFile
from wooster.knowledge.reading.decoding import decode, decode_markup

_SUFFIXES: dict[Format, str] = {
    "markdown": ".md .markdown .mdown .mkd .mkdn",
    "text": ".txt .text .rst .org .adoc .asciidoc .tex",
    "pdf": ".pdf",
    "html": ".html .htm .xhtml",
    "docx": ".docx",
    "epub": ".epub",
    "csv": ".csv .tsv .tab",
    "mail": ".eml",
    "mbox": ".mbox",
}
_BY_SUFFIX: dict[str, Format] = {
    suffix: format_ for format_, suffixes in _SUFFIXES.items() for suffix in suffixes.split()
}
SUFFIXES = frozenset(_BY_SUFFIX)

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SNIFFED_BYTES = 1024
_EMPTY_ZIP = b"PK\x05\x06"


def is_readable(path: PurePath) -> bool:
    """Whether there is a reader for files of such a name."""
    return path.suffix.lower() in SUFFIXES


def format_of(path: PurePath, data: bytes) -> Format:
    """What a file is. Raises `UnreadableFile` for what there is no reader for."""
    named = _BY_SUFFIX.get(path.suffix.lower())
    found = _sniffed(data)
    if found in ("pdf", "docx", "epub"):
        return found
    if named in ("docx", "epub"):
        # A page that says that the download failed is the most frequent of these.
        if found == "html":
            return found
        kind = "Word document (.docx)" if named == "docx" else "EPUB book"
        raise UnreadableFile(f"it is no {kind}: it doesn't begin as one")
    if named == "pdf":
        return found if found == "html" else named
    if named == "mail" and found == "mbox":
        return found
    return named or found or "text"


def read(path: PurePath, data: bytes, zone: tzinfo | None = None) -> list[ReadDocument]:
    """The documents in a file; more than one in an mbox only.

    `zone` is that of dates that name none, the machine's when it is None. Raises `UnreadableFile`;
    whatever else a parser may raise on a damaged file ends the child that this runs in, and
    becomes `UnreadableFile` outside.
    """
    format_ = format_of(path, data)
    if format_ == "mbox":
        from wooster.knowledge.reading import mail

        return list(mail.read_mailbox(data, zone))
    return [_read_one(format_, data, zone)]


def _read_one(format_: Format, data: bytes, zone: tzinfo | None) -> ReadDocument:
    # The imports stand where they are needed: a folder of notes loads no PDF library.
    if format_ == "markdown":
        from wooster.knowledge.reading import markdown

        return markdown.read(decode(data), zone)
    if format_ == "html":
        from wooster.knowledge.reading import html

        return html.read(decode_markup(data))
    if format_ == "csv":
        from wooster.knowledge.reading import table

        return table.read(decode(data))
    if format_ == "mail":
        from wooster.knowledge.reading import mail

        return mail.read(data, zone)
    if format_ in ("pdf", "docx", "epub"):
        return _read_binary(format_, data)
    from wooster.knowledge.reading import plain

    return plain.read(decode(data))


def _read_binary(format_: Format, data: bytes) -> ReadDocument:
    if format_ == "pdf":
        from wooster.knowledge.reading import pdf

        return pdf.read(data)
    if format_ == "docx":
        from wooster.knowledge.reading import docx

        return docx.read(data)
    from wooster.knowledge.reading import epub

    return epub.read(data)


def _sniffed(data: bytes) -> Format | None:
    """What the first bytes say; None where they say nothing."""
    begin = data[:_SNIFFED_BYTES]
    if begin.startswith(_OLE):
        raise UnreadableFile("it is an old Office file, or an encrypted one")
    if begin.startswith((_ZIP, _EMPTY_ZIP)):
        return _in_zip(data)
    if begin.startswith(b"%PDF-"):
        return "pdf"
    words = begin.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if words.startswith((b"<!doctype html", b"<html")):
        return "html"
    if begin.startswith(b"From "):
        from wooster.knowledge.reading import mail

        return "mbox" if mail.is_mailbox(data) else None
    return None


def _in_zip(data: bytes) -> Format:
    from wooster.knowledge.reading.archive import Archive

    archive = Archive(data)
    if "META-INF/container.xml" in archive:
        return "epub"
    if any(name.startswith("word/") for name in archive.names):
        return "docx"
    raise UnreadableFile("it is a zip file, and neither a Word document nor a book")
