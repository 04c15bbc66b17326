"""CalDAV's questions and answers as text (RFC 4791, 4918, 6578): pure, whoever carries them.

The library `caldav` would do the same; it brings an HTTP client of its own, which goes past the
gate, and replaces urllib3 for the whole installation. What is needed of the protocol is this page.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from wooster.core.text import clean, clip

_DAV: Final = "{DAV:}"
_CAL: Final = "{urn:ietf:params:xml:ns:caldav}"
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACES: Final = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'

PRINCIPAL: Final = (
    f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:current-user-principal/><d:resourcetype/>"
    "<c:calendar-home-set/><d:displayname/></d:prop></d:propfind>"
)
HOME: Final = (
    f"{_HEAD}<d:propfind {_SPACES}><d:prop><c:calendar-home-set/><c:calendar-user-address-set/>"
    "</d:prop></d:propfind>"
)
CALENDARS: Final = (
    f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:resourcetype/><d:displayname/>"
    "<c:supported-calendar-component-set/><d:current-user-privilege-set/><d:sync-token/>"
    "</d:prop></d:propfind>"
)
ETAGS: Final = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:getetag/></d:prop></d:propfind>"


class NotDav(ValueError):
    """An answer isn't one of a CalDAV server."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What an answer says of one address. `status` is that of the resource itself, 0 for none."""

    href: str
    status: int = 0
    etag: str = ""
    text: str | None = None
    name: str = ""
    principal: str = ""
    homes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    is_calendar: bool = False
    is_collection: bool = False
    has_events: bool = True
    can_write: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A multistatus. `is_cut`: there is more, which the next question by the token brings."""

    resources: list[Resource] = field(default_factory=list)
    sync_token: str = ""
    is_cut: bool = False


# --- questions --------------------------------------------------------------------------------


def changes_since(token: str) -> str:
    """A REPORT for what has changed; without a token, for all there is."""
    return (
        f"{_HEAD}<d:sync-collection {_SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
        "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
    )


def texts_of(hrefs: Iterable[str]) -> str:
    """A REPORT for the texts of some resources."""
    named = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return (
        f"{_HEAD}<c:calendar-multiget {_SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>"
        f"{named}</c:calendar-multiget>"
    )


# --- answers ----------------------------------------------------------------------------------


def read(content: bytes, url: str) -> Answer:
    """A multistatus that came from `url`. Raises `NotDav`."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NotDav("its answer declares entities")
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise NotDav("its answer is no XML") from error
    if root.tag != f"{_DAV}multistatus":
        raise NotDav("its answer is not one of a CalDAV server")
    found = [_resource(each, url) for each in root.findall(f"{_DAV}response")]
    own = path_of(url)
    # A server that sends a part only says so in place of the collection's own entry.
    is_cut = any(each.status == 507 and path_of(each.href) == own for each in found)
    token = (root.findtext(f"{_DAV}sync-token") or "").strip()
    return Answer([each for each in found if each.status != 507], token, is_cut)


def path_of(href: str) -> str:
    """The path of an address as it is compared: two spellings of one resource are one."""
    return unquote(urlsplit(href).path).rstrip("/")


def _resource(response: ET.Element, url: str) -> Resource:
    href = urljoin(url, (response.findtext(f"{_DAV}href") or "").strip())
    prop = ET.Element("none")
    for stat in response.findall(f"{_DAV}propstat"):
        if _status(stat) == 200:
            prop = _joined(prop, stat)
    kinds = prop.find(f"{_DAV}resourcetype")
    components = prop.find(f"{_CAL}supported-calendar-component-set")
    named = [] if components is None else [each.get("name", "") for each in components]
    return Resource(
        href,
        _status(response),
        (prop.findtext(f"{_DAV}getetag") or "").strip(),
        prop.findtext(f"{_CAL}calendar-data"),
        clip(clean(prop.findtext(f"{_DAV}displayname") or ""), 100),
        _href(prop.find(f"{_DAV}current-user-principal"), url),
        tuple(_hrefs(prop.find(f"{_CAL}calendar-home-set"), url)),
        tuple(_hrefs(prop.find(f"{_CAL}calendar-user-address-set"), "")),
        kinds is not None and kinds.find(f"{_CAL}calendar") is not None,
        kinds is not None and kinds.find(f"{_DAV}collection") is not None,
        not named or "VEVENT" in named,
        _can_write(prop),
    )


def _joined(prop: ET.Element, stat: ET.Element) -> ET.Element:
    more = stat.find(f"{_DAV}prop")
    prop.extend([] if more is None else list(more))
    return prop


def _status(element: ET.Element) -> int:
    """Of `HTTP/1.1 404 Not Found`, the number; 0 where there is none."""
    words = (element.findtext(f"{_DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def _hrefs(element: ET.Element | None, url: str) -> list[str]:
    if element is None:
        return []
    found = [(each.text or "").strip() for each in element.findall(f"{_DAV}href")]
    return [urljoin(url, each) if url else each for each in found if each]


def _href(element: ET.Element | None, url: str) -> str:
    return next(iter(_hrefs(element, url)), "")


def _can_write(prop: ET.Element) -> bool:
    """Whether the person may; a server that doesn't say is believed to let them."""
    privileges = prop.find(f"{_DAV}current-user-privilege-set")
    if privileges is None:
        return True
    granted = {child.tag for each in privileges for child in each}
    return bool(granted & {f"{_DAV}write", f"{_DAV}write-content", f"{_DAV}all", f"{_DAV}bind"})


def same_site(one: str, other: str) -> bool:
    """Whether two hosts are of one owner, as far as can be told without a list: the same host, or
    `p41-caldav.icloud.com` for `caldav.icloud.com`."""
    first, second = (urlsplit(each).hostname or "" for each in (one, other))
    if first == second:
        return True
    ends: Sequence[str] = (".".join(first.split(".")[-2:]), ".".join(second.split(".")[-2:]))
    return ends[0] == ends[1] and ends[0].count(".") == 1 and not ends[0].replace(".", "").isdigit()
