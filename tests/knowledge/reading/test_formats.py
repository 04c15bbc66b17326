"""Every other format, from files that real programs write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.knowledge.reading import files
from wooster.knowledge.model import Link, ReadDocument, UnreadableFile
from wooster.knowledge.reading import archive, formats


def read(name: str, data: bytes) -> ReadDocument:
    (document,) = formats.read(Path(name), data)
    return document


def why_not(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        formats.read(Path(name), data)
    return str(caught.value)


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        "Größe — 東京".encode(),
        "Größe — 東京".encode("utf-8-sig"),
        "\ufeffGröße — 東京".encode("utf-16-le"),
        "\ufeffGröße — 東京".encode("utf-16-be"),
        "\ufeffGröße — 東京".encode("utf-32-le"),
    ],
)
def test_text_is_read_in_every_unicode(data: bytes) -> None:
    """Its mark is no part of it."""
    assert read("a.txt", data).text == "Größe — 東京"


def test_old_text_is_read_as_windows_wrote_it() -> None:
    """And a byte that Windows has no letter for spoils nothing."""
    assert read("a.txt", "Größe “so”".encode("cp1252")).text == "Größe “so”"
    assert read("a.txt", b"Gr\xf6\xdfe \x81").text == "Größe \x81"


def test_what_is_no_text_is_named_as_such() -> None:
    """A picture that is called a note, with a zero byte or without."""
    assert why_not("a.md", b"GIF89a\0\0") == "it is no text: there is a zero byte at 6"
    assert "control characters" in why_not("a.txt", bytes(range(1, 256)) * 4)
    assert "marked as utf-16" in why_not("a.txt", b"\xff\xfea\0\0\0b\0")


@pytest.mark.parametrize("suffix", sorted({".md", ".txt", ".html", ".csv", ".tsv"}))
def test_an_empty_file_is_an_empty_document(suffix: str) -> None:
    """Which is no problem that a person should be told of."""
    document = read(f"a{suffix}", b"")
    assert (document.text, document.chunks, document.title) == ("", (), "")


# --- which format ------------------------------------------------------------------------------


def test_bytes_say_more_than_a_name_that_lies() -> None:
    """A PDF without a suffix, a book that is called a note, a download that is an error page."""
    pdf = files.pdf(["Words."])
    page = b"<!DOCTYPE html><title>404</title><p>Not found."
    assert read("scan", pdf).format == "pdf"
    assert read("a.txt", pdf).format == "pdf"
    assert read("book", files.epub(["<p>x</p>"])).format == "epub"
    assert read("letter", files.docx()).format == "docx"
    assert read("a.docx", page).format == read("a.pdf", page).format == "html"
    assert read("NOTES", b"# A").format == "text"
    assert read("A.MD", b"# A").format == "markdown"


def test_a_file_that_is_something_else_is_named_as_what_it_is_not() -> None:
    """With what a person can do something with."""
    assert why_not("a.docx", b"words") == "it is no Word document (.docx): it doesn't begin as one"
    assert why_not("a.epub", b"") == "it is no EPUB book: it doesn't begin as one"
    assert "old Office file" in why_not("a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99)
    assert "zip file" in why_not("a.epub", files.zipped({"x": "y"}))
    assert "damaged" in why_not("a.docx", files.docx()[:2000])


def test_which_names_are_read() -> None:
    """By suffix, in any case."""
    assert formats.is_readable(Path("a/b.Md"))
    assert not formats.is_readable(Path("a/b.png"))
    assert not formats.is_readable(Path("a/md"))


# --- HTML --------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html><head><title> Of  boats </title><style>x{}</style></head><body>
<nav><a href="other.html">Menu</a></nav><header>Site</header>
<h1>Boats <b>of</b>
the <i>north</i></h1><p>One<br>two &amp; <a href="sails.html#jib">sails</a>.</p>
<ul><li>mast<li>keel<ul><li>fin</ul></ul>
<table><thead><tr><th>name<th>size</thead><tr><td>Aurora<td><p>12 m</p></table>
<pre>
  code
    more
</pre><script>no()</script><p hidden>not this</p><!-- nor this --><footer>imprint</footer></body>"""


def test_a_page_is_what_a_person_reads_of_it() -> None:
    """Headings, paragraphs, lists, tables and code; no menus, scripts or comments."""
    document = read("a.html", PAGE.encode())
    assert document.title == "Of boats"
    assert document.text == (
        "Boats of the north\n\nOne\ntwo & sails.\n\n- mast\n- keel\n- fin\n\n"
        "name | size\nAurora | 12 m\n\n  code\n    more"
    )
    assert document.links == (Link("sails.html", "jib", 3),)
    assert [chunk.headings for chunk in document.chunks] == [("Boats of the north",)]


def test_a_page_may_say_what_it_is_encoded_in() -> None:
    """In a meta element, or wrongly."""
    meta = "<meta charset='{}'><p>Größe 東京</p>"
    assert read("a.html", meta.format("gb18030").encode("gb18030")).text == "Größe 東京"
    assert read("a.html", meta.format("iso-2022-jp").encode()).text == "Größe 東京"
    assert read("a.html", meta.format("rot13").encode()).text == "Größe 東京"


def test_tables_that_are_there_for_the_looks_are_no_tables() -> None:
    """As in mails of old: their paragraphs stay paragraphs."""
    page = "<table><tr><td><h2>Offer</h2><p>One</p><p>Two</p></td><td>aside</td></tr></table>"
    assert read("a.html", page.encode()).text == "Offer\n\nOne\n\nTwo\n\naside"


def test_blocks_within_blocks_stay_one() -> None:
    """An item's paragraph is its text, lines of code that are elements keep their indentation."""
    items = "<ul><li>\n<p>One</p><p>more</p><li><div>Two</div></ul>"
    code = "<pre><div>a</div><div>  b</div></pre>"
    assert read("a.html", (items + code).encode()).text == "- One\n\nmore\n\n- Two\n\na\n  b"


def test_the_main_part_of_a_page_is_enough() -> None:
    """Where it says which that is."""
    assert read("a.html", b"<div>Ads</div><main><p>News</p></main>").text == "News"
    assert read("a.html", b"<main></main><p>News</p>").text == "News"


def test_a_page_nested_a_thousand_deep_is_read() -> None:
    """Without recursion."""
    assert read("a.html", b"<div>" * 3000 + b"deep").text == "deep"


# --- PDF ---------------------------------------------------------------------------------------


def test_a_pdf_has_pages_and_its_own_title() -> None:
    """A chunk knows the page that it is on."""
    document = read("a.pdf", files.pdf([files.PARAGRAPH * 9, files.PARAGRAPH * 9], title="Weather"))
    assert document.title == "Weather"
    assert {chunk.page for chunk in document.chunks} == {1, 2}
    assert "lighthouse keeper" in document.chunks[0].text


@pytest.mark.parametrize(
    "title", ["", "Microsoft Word - draft3.docx", "untitled", "thesis.tex", "12"]
)
def test_a_title_that_a_program_made_up_is_none(title: str) -> None:
    """The caller shows the file's name instead."""
    assert read("a.pdf", files.pdf(["Words."], title=title)).title == ""


def test_a_pdf_that_cannot_be_read_says_why() -> None:
    """Encrypted, scanned, damaged."""
    assert why_not("a.pdf", files.pdf(["x"], password="y")) == (
        "it is encrypted: it opens with a password only"
    )
    assert why_not("a.pdf", files.pdf(["", ""])) == ("it has no text, only pictures: a scanned one")
    assert why_not("a.pdf", b"%PDF-1.4\nnothing") == "it is damaged, or no PDF"


def test_a_pdf_page_without_text_costs_the_others_nothing() -> None:
    """And page numbers count it."""
    document = read("a.pdf", files.pdf(["First.", "", "Third."]))
    assert document.text == "First.\n\nThird."
    assert read("b.pdf", files.pdf(["", files.PARAGRAPH * 4])).chunks[0].page == 2


# --- DOCX and EPUB -----------------------------------------------------------------------------


def test_a_word_document_keeps_its_structure() -> None:
    """Headings, lists and tables."""
    document = read("a.docx", files.docx())
    assert document.title == "The harbour"
    assert document.chunks[0].headings == ("The harbour",)
    assert "- a trawler" in document.text
    assert "boat | crew\nAurora | five" in document.text


def test_a_book_is_its_chapters_in_reading_order() -> None:
    """With their numbers and headings, and the title of the whole."""
    chapter = "<html><head><title/></head><body><h1>{}</h1><p>{}</p></body></html>"
    book = files.epub([chapter.format(name, files.PARAGRAPH * 8) for name in ("Wind", "Water")])
    document = read("a.epub", book)
    assert document.title == "Of boats"
    assert [(chunk.page, chunk.headings) for chunk in document.chunks] == [
        (1, ("Wind",)),
        (2, ("Water",)),
    ]


def test_a_book_that_cannot_be_read_says_why() -> None:
    """Copy-protected, without chapters, without a package, with a broken one."""
    protected = (
        '<encryption xmlns:e="e"><e:CipherReference URI="OEBPS/chapter%201.xhtml"/></encryption>'
    )
    book = files.epub(["<p>x</p>"], {"META-INF/encryption.xml": protected})
    assert why_not("a.epub", book) == "it is copy-protected"
    assert "none of its chapters" in why_not("a.epub", files.epub([]))
    bare = files.zipped({"META-INF/container.xml": files.CONTAINER})
    assert why_not("a.epub", bare) == "it is damaged: 'OEBPS/book.opf' isn't in it"
    broken = files.zipped({"META-INF/container.xml": "<a"})
    assert why_not("a.epub", broken) == "it is damaged: 'META-INF/container.xml' isn't XML"


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a member of gigabytes, nor entities that grow."""
    monkeypatch.setattr(archive, "MEMBER_BYTES", 1000)
    assert "unpacks to" in why_not("a.epub", files.epub(["<p>" + "x" * 2000]))
    assert "unpacks to" in why_not("a.docx", files.zipped({"word/document.xml": " " * 2000}))
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(12)
    )
    bomb = f"<!DOCTYPE a [{entities}]><a>&e11;</a>"
    monkeypatch.setattr(archive, "MEMBER_BYTES", 100_000)
    assert "isn't XML" in why_not("a.epub", files.zipped({"META-INF/container.xml": bomb}))


# --- CSV ---------------------------------------------------------------------------------------


def test_a_table_is_the_file_itself_under_its_columns_names() -> None:
    """Cut between rows, also where a cell holds a line's end."""
    rows = "".join(f'Boat {n};"long\nand blue";{n}\r\n' for n in range(200))
    document = read("a.csv", f"name;looks;length\r\n{rows}".encode())
    assert len(document.chunks) > 2
    assert {chunk.headings for chunk in document.chunks} == {("name | looks | length",)}
    assert all(chunk.text.startswith("Boat ") for chunk in document.chunks[1:])
    assert document.chunks[0].text.startswith("name;looks;length\r\nBoat 0;")


@pytest.mark.parametrize(
    "text", ["1,2\n3,4\n", "a,a\nb,c\n", "one\ntwo\n", 'a,"open\nb,c\n', ",\n,\n"]
)
def test_a_table_without_names_has_no_heading(text: str) -> None:
    """Numbers, the same twice, a single column, an open quotation mark, nothing at all."""
    document = read("a.csv", text.encode())
    assert "".join(chunk.text for chunk in document.chunks).split() == text.split()
    assert [chunk.headings for chunk in document.chunks] == [()] * len(document.chunks)


# --- mail --------------------------------------------------------------------------------------


def test_a_mail_is_its_header_text_and_attachments_names() -> None:
    """As a person sees it."""
    message = files.mail("Hafen — fünf", "The boat is late.\n\nAnn\n")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    document = read("a.eml", bytes(message))
    assert document.title == "Hafen — fünf"
    assert document.date == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert document.text == (
        "Subject: Hafen — fünf\nFrom: Ann <ann@example.org>\nTo: Bob <bob@example.org>\n"
        "Date: Mon, 05 Jan 2026 10:00:00 +0100\n\nThe boat is late.\n\nAnn\n\nAttachments: bill.pdf"
    )


def test_a_mail_in_html_only_is_read_as_a_page() -> None:
    """And one with both is read as it was typed."""
    message = files.mail("Hi", "")
    message.set_content("<p>Only <b>this</b></p><script>x</script>", subtype="html")
    assert read("a.eml", bytes(message)).text.endswith("\n\nOnly this")
    both = files.mail("Hi", "typed")
    both.add_alternative("<p>shown</p>", subtype="html")
    assert read("a.eml", bytes(both)).text.endswith("\n\ntyped")


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?q?broken=\nFrom: @@@<<\nDate: yesterday\nTo: <\n",
        b"Subject: x\nContent-Type: text/plain; charset=klingon\n",
        b"Subject: x\nContent-Type: multipart/mixed\n",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=\n",
        b"Subject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n",
        b"Subject: \xff\xfe\nContent-Type: ;;;\nDate: Mon, 99 Foo 99999 10:00\n",
    ],
)
def test_a_malformed_mail_gives_what_can_be_read(header: bytes) -> None:
    """Headers and parts that break every rule."""
    assert read("a.eml", header + b"\nWords.\n").text.startswith("Subject: ")


def test_what_has_no_header_is_no_mail() -> None:
    """A text that is called one."""
    assert why_not("a.eml", b"just words\n\nmore\n") == "it is no e-mail: it has no header"


def test_a_mailbox_has_a_document_for_each_message() -> None:
    """With ids that stay when others come and go, also where two are the same or none is given."""
    first = files.mail(
        "One", "Hello\n\nFrom here on it is a sentence.\n>From the sea\n", message_id="<1@x>"
    )
    second = files.mail("Two", "No id.\n")
    third = files.mail("Three", "The same id as one.\n", message_id="<1@x>")
    documents = formats.read(Path("a.mbox"), files.mbox([first, second, third]))
    assert [document.title for document in documents] == ["One", "Two", "Three"]
    assert "From here on it is a sentence.\nFrom the sea" in documents[0].text
    assert documents[0].part == "<1@x>"
    assert len({document.part for document in documents}) == 3
    fewer = formats.read(Path("a.mbox"), files.mbox([second]))
    assert fewer[0] == documents[1]
    assert formats.read(Path("a.mbox"), b"") == []
    assert "no mailbox" in why_not("a.mbox", b"words")
