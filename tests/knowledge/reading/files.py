"""Real files of every format, made by the libraries that people's programs use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

PARAGRAPH = (
    "The lighthouse keeper wrote down the weather every evening. In October the wind came from "
    "the north for eleven days, and no boat could land. "
)


def pdf(pages: Sequence[str], *, title: str = "", password: str = "") -> bytes:
    from fpdf import FPDF

    document = FPDF()
    document.set_font("Helvetica", size=11)
    if title:
        document.set_title(title)
    if password:
        document.set_encryption(owner_password="owner", user_password=password)
    for text in pages:
        document.add_page()
        if text:
            document.multi_cell(0, 6, text)
        else:
            document.rect(20, 20, 100, 50, style="F")
    return bytes(document.output())


def docx() -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    document.add_heading("The harbour", 1)
    document.add_paragraph(PARAGRAPH)
    document.add_heading("Boats", 2)
    document.add_paragraph("a trawler", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        (cell for row in table.rows for cell in row.cells),
        ("boat", "crew", "Aurora", "five"),
        strict=True,
    ):
        cell.text = words
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)


def epub(chapters: Sequence[str], more: Mapping[str, str] | None = None) -> bytes:
    items = "".join(
        f'<item id="c{n}" href="chapter%20{n}.xhtml"/>' for n in range(1, len(chapters) + 1)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(1, len(chapters) + 1))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Of boats</dc:title>'
        f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
    }
    for number, chapter in enumerate(chapters, 1):
        members[f"OEBPS/chapter {number}.xhtml"] = chapter
    return zipped({**members, **(more or {})})


def mail(subject: str, text: str, *, message_id: str = "") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Ann <ann@example.org>"
    message["To"] = "Bob <bob@example.org>"
    message["Date"] = "Mon, 05 Jan 2026 10:00:00 +0100"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(text)
    return message


def mbox(messages: Sequence[EmailMessage]) -> bytes:
    return b"".join(
        b"From ann@example.org Mon Jan  5 10:00:00 2026\n" + bytes(message) + b"\n"
        for message in messages
    )
