"""E-mail: one message (.eml), or a mailbox of thousands (mbox), by the standard library's parser.

A message's text is its header as people read it, its text, and the names of what is attached. One
that is malformed gives what can be read of it: no message costs a mailbox.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime

from wooster.core.text import clean, clip
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.reading import dates, html
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.decoding import decode
from wooster.knowledge.reading.structure import Block, Body, joined, paragraphs

# A message begins with "From ", somebody, and a time: "From here on …" is a sentence.
_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\d\d?:\d\d[^\n]*\r?\n")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
# What the standard library's parser raises for headers and parts that break the rules.
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError, AssertionError)
_SHOWN = ("Subject", "From", "To", "Cc", "Date")
_LETTERS = 1000


def read(data: bytes, zone: tzinfo | None = None) -> ReadDocument:
    """One message. Raises `UnreadableFile` where there is no header at all."""
    message = _parsed(data)
    if not any(name in message for name in (*_SHOWN, "Received", "Message-ID")):
        raise UnreadableFile("it is no e-mail: it has no header")
    body = _body(message)
    return ReadDocument(
        format="mail",
        title=body.title,
        text=body.text,
        chunks=cut(body.text, body.blocks),
        date=_date(message, zone),
    )


def read_mailbox(data: bytes, zone: tzinfo | None = None) -> Iterator[ReadDocument]:
    """Its messages in their order. `part` is the message's own id, or a hash of it."""
    seen = Counter[str]()
    for raw in _messages(data):
        message = _parsed(raw)
        body = _body(message)
        part = _header(message, "Message-ID") or hashlib.sha256(raw).hexdigest()[:32]
        seen[part] += 1
        yield ReadDocument(
            format="mbox",
            title=body.title,
            text=body.text,
            chunks=cut(body.text, body.blocks),
            part=part if seen[part] == 1 else f"{part} {seen[part]}",
            date=_date(message, zone),
        )


def is_mailbox(data: bytes) -> bool:
    """Whether it begins as one does."""
    return _FROM.match(data) is not None


def _messages(data: bytes) -> Iterator[bytes]:
    starts = [(found.start(), found.end()) for found in _FROM.finditer(data)]
    if not starts and data.strip():
        raise UnreadableFile("it is no mailbox: it doesn't begin with a message")
    for at, (_, start) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else len(data)
        yield _ESCAPED_FROM.sub(rb"\1", data[start:end])


def _parsed(data: bytes) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    return message


# --- what a message says -----------------------------------------------------------------------


def _body(message: EmailMessage) -> Body:
    header = "\n".join(f"{name}: {value}" for name in _SHOWN if (value := _header(message, name)))
    bodies = [
        Body(header, (Block(0, len(header), leads=True, is_lines=True),) if header else ()),
        _content(message),
    ]
    if names := _attachments(message):
        text = "Attachments: " + ", ".join(names)
        bodies.append(Body(text, (Block(0, len(text)),)))
    whole = joined(bodies)
    return Body(whole.text, whole.blocks, _header(message, "Subject"))


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message.get(name, ""))
    except _MALFORMED:
        value = next(
            (str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), ""
        )
    return clip(clean(value), _LETTERS)


def _date(message: EmailMessage, zone: tzinfo | None) -> datetime | None:
    try:
        return dates.aware(parsedate_to_datetime(_header(message, "Date")), zone)
    except (*_MALFORMED, OverflowError, OSError):
        return None


def _content(message: EmailMessage) -> Body:
    """The plain text, or else the HTML, that the message is; of several, the first with words."""
    for kind in ("plain", "html"):
        try:
            part = message.get_body((kind,))
        except _MALFORMED:
            part = None
        if part is None:
            continue
        text = clean(_text(part))
        if kind == "html":
            body = html.read_body(text)
        else:
            body = Body(text.strip(), tuple(paragraphs(text.strip())))
        if body.text.strip():
            return body
    return Body("", ())


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except _MALFORMED:
        pass  # an encoding that nobody knows, or that it isn't in
    try:
        raw = part.get_payload(decode=True)
        return decode(raw) if isinstance(raw, bytes) else ""
    except (*_MALFORMED, UnreadableFile):
        return ""


def _attachments(message: EmailMessage) -> list[str]:
    try:
        names = [part.get_filename() for part in message.iter_attachments()]
    except _MALFORMED:
        return []
    return [clip(clean(name), _LETTERS) for name in names if name]
