"""EPUB books: their chapters in reading order, through the HTML reader.

An own reading of the package file, because ebooklib is under the AGPL and this needs three of
its elements: zipfile, ElementTree and the HTML reader do the rest.
"""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import unquote

from wooster.core.text import clean, clip
from wooster.knowledge.model import ReadDocument, UnreadableFile
from wooster.knowledge.reading import html
from wooster.knowledge.reading.archive import ALL_BYTES, Archive
from wooster.knowledge.reading.chunks import cut
from wooster.knowledge.reading.decoding import decode_markup
from wooster.knowledge.reading.structure import Body, joined

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_TITLE_LETTERS = 300


def read(data: bytes) -> ReadDocument:
    """Raises `UnreadableFile` for a damaged or a copy-protected book."""
    archive = Archive(data)
    package_path = _attribute(_xml(archive, _CONTAINER), "rootfile", "full-path")
    package = _xml(archive, package_path)
    chapters = [
        name for name in _spine(package, posixpath.dirname(package_path)) if name in archive
    ]
    if not chapters:
        raise UnreadableFile("it is damaged: none of its chapters is in it")
    if not _encrypted(archive).isdisjoint(chapters):
        raise UnreadableFile("it is copy-protected")
    body = joined(_bodies(archive, chapters), are_pages=True)
    title = clip(clean(_first_text(package, "title")), _TITLE_LETTERS)
    return ReadDocument(
        "epub", title or body.title, body.text, cut(body.text, body.blocks), links=()
    )


def _bodies(archive: Archive, chapters: list[str]) -> Iterator[Body]:
    unpacked = 0
    for name in chapters:
        data = archive.read(name)
        unpacked += len(data)
        if unpacked > ALL_BYTES:
            raise UnreadableFile("it unpacks to far more than a book holds")
        yield html.read_xhtml(decode_markup(data))


def _spine(package: ET.Element, folder: str) -> list[str]:
    """The members that are read one after the other, without their repetitions."""
    hrefs = {
        element.get("id"): element.get("href", "")
        for element in package.iter()
        if _name(element) == "item"
    }
    order = (element.get("idref") for element in package.iter() if _name(element) == "itemref")
    names = (
        posixpath.normpath(posixpath.join(folder, unquote(hrefs.get(id_, "")))) for id_ in order
    )
    return list(dict.fromkeys(names))


def _encrypted(archive: Archive) -> set[str]:
    if _ENCRYPTION not in archive:
        return set()
    return {
        unquote(element.get("URI", ""))
        for element in _xml(archive, _ENCRYPTION).iter()
        if _name(element) == "CipherReference"
    }


# --- XML, by local names: books mix up namespaces ----------------------------------------------


def _xml(archive: Archive, name: str) -> ET.Element:
    try:
        # expat 2.4.1 and later end entities that grow without measure.
        return ET.fromstring(archive.read(name))
    except KeyError as error:
        raise UnreadableFile(f"it is damaged: {name!r} isn't in it") from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(f"it is damaged: {name!r} isn't XML") from error


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(root: ET.Element, name: str, attribute: str) -> str:
    return next((each.get(attribute, "") for each in root.iter() if _name(each) == name), "")


def _first_text(root: ET.Element, name: str) -> str:
    return next((each.text or "" for each in root.iter() if _name(each) == name), "")
