"""A library of one's own documents: real daemon, real embedding server, real files.

A folder of five hundred mixed files is read and changed under a search that never stops; then the
embedding model changes under it.
"""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
from fpdf import FPDF

from tests.e2e.conftest import ANSWER_S, Home
from tests.e2e.test_models import own_models, wooster
from tests.process import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SUBJECTS = ("harbour", "beehive", "orchard", "violin", "glacier", "bakery", "lantern", "compass")
READ_S = 240
FROM = "From ana@example.org Mon Jan  5 10:00:00 2026"


def said(number: int) -> str:
    """A text of its own for each number."""
    return f"Note {number} is about the {SUBJECTS[number % len(SUBJECTS)]} and marker{number}x."


def fill(folder: Path) -> None:
    """Five hundred and twenty-five files of ten kinds, with one broken PDF among them."""
    folder.mkdir(parents=True)
    for number in range(300):
        text = f"---\ntags: [t{number % 7}]\n---\n# Title {number}\n\n{said(number)}\n"
        target = folder / f"area{number % 10}"
        target.mkdir(exist_ok=True)
        (target / f"note {number}.md").write_text(text)
    for number in range(300, 400):
        (folder / f"plain{number}.txt").write_text(said(number))
    for number in range(400, 460):
        (folder / f"page{number}.html").write_text(f"<h1>Page</h1><p>{said(number)}</p>")
    for number in range(460, 480):
        (folder / f"table{number}.csv").write_text(f"name,what\nrow,{said(number)}\n")
    for number in range(480, 495):
        mail = f"Subject: Mail {number}\nFrom: ana@example.org\n\n{said(number)}\n"
        (folder / f"mail{number}.eml").write_text(mail)
    for number in range(495, 510):
        pdf = FPDF()
        pdf.add_page()
        pdf.set_font("Helvetica")
        pdf.cell(text=said(number))
        pdf.output(str(folder / f"paper{number}.pdf"))
    for number in range(510, 519):
        document = docx.Document()
        document.add_paragraph(said(number))
        document.save(str(folder / f"letter{number}.docx"))
    (folder / "box.mbox").write_text(
        "".join(f"{FROM}\nSubject: Box {n}\n\n{said(n)}\n\n" for n in range(519, 523))
    )
    _write_book(folder / "book523.epub", said(523))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing that is one\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "empty.md").write_text("")


def _write_book(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="c.opf"/></rootfiles></container>',
        )
        book.writestr(
            "c.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
        )
        book.writestr("a.xhtml", f"<html><body><p>{text}</p></body></html>")


class Searcher:
    """Searches without a pause; an answer that is an error is kept."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._search)
        self.answers: list[dict[str, Any]] = []
        self.errors: list[BaseException] = []

    def _search(self) -> None:
        number = 0
        while not self._enough.is_set():
            number += 1
            words = f"{SUBJECTS[number % len(SUBJECTS)]} note"
            try:
                self.answers.append(self._home.daemon.client.act("search", words=words).data)
            except BaseException as error:  # noqa: BLE001 - told by the test
                self.errors.append(error)
                return

    @contextmanager
    def searching(self) -> Iterator[Searcher]:
        self._thread.start()
        try:
            yield self
        finally:
            self._enough.set()
            self._thread.join()
        assert self.errors == []
        assert self.answers


def library(home: Home) -> dict[str, Any]:
    return home.daemon.client.act("library_status").data


def settled(home: Home) -> Callable[[], bool]:
    """Whether all is read and embedded."""

    def look() -> bool:
        data = library(home)
        return not data["reading"] and data["passages"] > 0 and not data["waiting"]

    return look


def first(home: Home, words: str) -> dict[str, Any]:
    """The best passage for `words`."""
    found = home.daemon.client.act("search", words=words).data["found"]
    assert found, f"nothing found for {words!r}"
    best: dict[str, Any] = found[0]
    return best


def test_a_folder_changes_under_a_search_that_never_errs(home: Home, tmp_path: Path) -> None:
    """Every kind of file is found; edits, renames, deletions and a broken file end as they should;
    after a kill -9 nothing is read or embedded again."""
    folder = tmp_path / "papers"
    fill(folder)
    home.settings["WOOSTER_CHAT__START"] = "false"
    home.daemon.start()
    home.wait_ready("embed")
    with Searcher(home).searching():
        added = wooster(home, "library", "add", str(folder))
        assert added.returncode == 0, added.stderr
        wait_for("everything to be read and embedded", settled(home), READ_S)
        for number in (0, 299, 300, 420, 465, 485, 500, 512, 521, 523):
            assert f"marker{number}x" in first(home, f"marker{number}x")["text"]

        (folder / "area1" / "note 1.md").write_text("# Title 1\n\nNow about a submarine.\n")
        (folder / "area2" / "note 2.md").rename(folder / "renamed note.md")
        (folder / "area3").rename(folder / "moved")
        (folder / "plain300.txt").unlink()
        (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nstill nothing\n")
        for what, seen in (
            ("the edit", lambda: "submarine" in first(home, "submarine")["text"]),
            ("the rename", lambda: "renamed note" in first(home, "marker2x")["path"]),
            ("the moved folder", lambda: "/moved/note 3.md" in first(home, "marker3x")["path"]),
            ("the deletion", lambda: "marker300x" not in first(home, "marker300x")["text"]),
            ("the end of the old text", lambda: "marker1x" not in first(home, "marker1x")["text"]),
        ):
            wait_for(what, seen, READ_S)
        wait_for("the changes to be embedded", settled(home), READ_S)
    problems = home.daemon.client.act("library_problems").data["problems"]
    assert [Path(each["path"]).name for each in problems] == ["broken.pdf"]
    assert home.daemon.client.act("verify").data["findings"] == []

    assert home.daemon.process is not None
    home.daemon.process.kill()
    home.daemon.process.communicate()
    embedded = embedded_texts(home)
    home.daemon.start()
    wait_for("the second start's comparison", settled(home), READ_S)
    assert embedded_texts(home) == embedded, "a second load embeds nothing"
    home.wait_ready("embed")
    assert first(home, "marker299x")["cosine"] is not None


def embedded_texts(home: Home) -> float:
    """How many texts the embed server has embedded so far, questions among them."""
    url = f"http://127.0.0.1:{home.settings['WOOSTER_EMBED__PORT']}/metrics"
    told = httpx.get(url, trust_env=False).text
    return next(
        float(line.split()[-1])
        for line in told.splitlines()
        if "texts_total " in line and line[0] != "#"
    )


def test_the_embedding_model_changes_under_a_search(home: Home, tmp_path: Path) -> None:
    """The old vectors are searched until the new ones are complete, and afterwards every vector is
    of the new model."""
    own_models(home)
    second = home.paths.models / "second-embedder"
    second.mkdir()
    for file in (home.paths.models / "all-minilm-l6-v2").iterdir():
        (second / file.name).symlink_to(file.resolve())
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number}.txt").write_text(said(number))
    home.settings["WOOSTER_CHAT__START"] = "false"
    home.daemon.start()
    home.wait_ready("embed")
    assert wooster(home, "library", "add", str(folder)).returncode == 0
    wait_for("everything to be embedded", settled(home), READ_S)
    searcher = Searcher(home)
    with searcher.searching():
        used = wooster(home, "models", "use", "second-embedder", "--for", "embed")
        assert used.returncode == 0, used.stderr
        wait_for("the new vectors", lambda: library(home)["model"] == "second-embedder", ANSWER_S)
    # While the port changes hands nobody can embed a question; that is all that may be missing.
    without = {each["without_meaning"] for each in searcher.answers}
    assert not any("embedded anew" in each for each in without), without
    assert len([each for each in searcher.answers if not each["without_meaning"]]) > 10
    wait_for("all to be embedded", settled(home), READ_S)
    rebuilt = wooster(home, "rebuild", "embeddings")
    assert "All 150 passages are embedded by second-embedder" in rebuilt.stdout, rebuilt.stderr
    assert home.daemon.client.act("verify").data["findings"] == []
