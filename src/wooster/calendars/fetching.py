"""What has changed in a source since it was last read: of a file, an address, a CalDAV calendar.

It answers with texts as they came, and reads nothing out of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wooster.calendars import blocks, dav, files, web
from wooster.calendars.credentials import Credential, Credentials
from wooster.calendars.model import CalendarError, Object, Source
from wooster.calendars.web import Question, Reply, Web

_AT_ONCE: Final = 50
_MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Changes:
    """`source` as it is known now; texts that are new or changed; hrefs that are no more."""

    source: Source
    objects: list[Object] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)


class Fetcher:
    """Fetches from whatever kind of source."""

    def __init__(self, the_web: Web, credentials: Credentials) -> None:
        self._web = the_web
        self._credentials = credentials

    async def fetch(self, source: Source, known: Mapping[str, str]) -> Changes:
        """What changed; `known` are the etags of what is stored. Raises `CalendarError`."""
        if source.kind == "file":
            return await asyncio.to_thread(_file, source, known)
        if source.kind == "folder":
            return await asyncio.to_thread(_folder, source, known)
        credential = await asyncio.to_thread(self._credentials.get, source.credential)
        if source.kind == "address":
            return await self._address(source, credential, known)
        return await self._calendar(source, credential, known)

    # --- an .ics file on the web --------------------------------------------------------------

    async def _address(
        self, source: Source, credential: Credential, known: Mapping[str, str]
    ) -> Changes:
        headers = {"accept": "text/calendar, */*;q=0.5"}
        if known and source.etag:
            headers["if-none-match"] = source.etag
        if known and source.last_modified:
            headers["if-modified-since"] = source.last_modified
        reply = await self._web.ask(_question("GET", source, credential, headers=headers))
        if reply.status == 304:
            return Changes(source)
        if not reply.is_good:
            raise web.refused(reply)
        text = await asyncio.to_thread(blocks.decoded, reply.content)
        if "BEGIN:VCALENDAR" not in text[:2000].upper():
            raise CalendarError(f"{source.place} doesn't answer with a calendar")
        now = replace(
            source,
            etag=reply.headers.get("etag", ""),
            last_modified=reply.headers.get("last-modified", ""),
        )
        return Changes(now, [Object("", "", text)], set(known) - {""})

    # --- a CalDAV calendar --------------------------------------------------------------------

    async def _calendar(
        self, source: Source, credential: Credential, known: Mapping[str, str]
    ) -> Changes:
        told = await self._by_token(source, credential, known)
        if told is None:
            told = await self._by_etags(source, credential, known)
        token, changed, gone = told
        objects = await self._texts(source, credential, sorted(changed))
        # What was there a moment ago and isn't any more is found out the next time.
        return Changes(replace(source, sync_token=token), objects, gone)

    async def _by_token(
        self, source: Source, credential: Credential, known: Mapping[str, str]
    ) -> tuple[str, set[str], set[str]] | None:
        """What changed since the token; None where the server has none, or has forgotten it."""
        token = source.sync_token if known else ""
        changed: set[str] = set()
        gone: set[str] = set()
        seen: set[str] = set()
        since = token
        for _ in range(_MOST_PAGES):
            question = _question("REPORT", source, credential, content=dav.changes_since(since))
            reply = await self._web.ask(question)
            if not reply.is_good:
                if reply.status in (401, 403) and not token:
                    await self._let_in(source, credential)
                return None
            answer = _read(reply, source)
            for each in answer.resources:
                path = urlsplit(each.href).path
                if each.status == 404:
                    gone.add(path)
                    changed.discard(path)
                elif dav.path_of(each.href) != dav.path_of(credential.url):
                    seen.add(path)
                    if not each.etag or known.get(path) != each.etag:
                        changed.add(path)
            if not answer.sync_token or answer.sync_token == since:
                break
            since = answer.sync_token
            if not answer.is_cut:
                break
        if not since:
            return None
        if not token:
            gone |= set(known) - seen
        return since, changed, gone & set(known)

    async def _let_in(self, source: Source, credential: Credential) -> None:
        """Raises `CalendarError` where the password is wrong, and not only the question."""
        reply = await self._web.ask(
            _question("PROPFIND", source, credential, {"depth": "0"}, dav.ETAGS)
        )
        if not reply.is_good:
            raise web.refused(reply)

    async def _by_etags(
        self, source: Source, credential: Credential, known: Mapping[str, str]
    ) -> tuple[str, set[str], set[str]]:
        reply = await self._web.ask(
            _question("PROPFIND", source, credential, {"depth": "1"}, dav.ETAGS)
        )
        if not reply.is_good:
            raise web.refused(reply)
        own = dav.path_of(credential.url)
        there = {
            urlsplit(each.href).path: each.etag
            for each in _read(reply, source).resources
            if dav.path_of(each.href) != own and not each.href.endswith("/")
        }
        changed = {path for path, etag in there.items() if not etag or known.get(path) != etag}
        return "", changed, set(known) - set(there)

    async def _texts(
        self, source: Source, credential: Credential, paths: list[str]
    ) -> list[Object]:
        found: list[Object] = []
        for start in range(0, len(paths), _AT_ONCE):
            content = dav.texts_of(paths[start : start + _AT_ONCE])
            reply = await self._web.ask(
                _question("REPORT", source, credential, {"depth": "1"}, content)
            )
            if not reply.is_good:
                raise web.refused(reply)
            found += [
                Object(urlsplit(each.href).path, each.etag, each.text)
                for each in _read(reply, source).resources
                if each.text is not None
            ]
        return found


def _question(
    method: str,
    source: Source,
    credential: Credential,
    headers: dict[str, str] | None = None,
    content: str = "",
) -> Question:
    user, password = credential.user, credential.password
    return Question(method, credential.url, source.name, user, password, headers or {}, content)


def _read(reply: Reply, source: Source) -> dav.Answer:
    try:
        return dav.read(reply.content, reply.url)
    except dav.NotDav as error:
        raise CalendarError(f"{source.place} can't be read: {error}") from error


# --- files ------------------------------------------------------------------------------------


def _file(source: Source, known: Mapping[str, str]) -> Changes:
    path = Path(source.place)
    if known.get(source.place) == files.state(path):
        return Changes(source)
    return Changes(source, [files.read(path)], set(known) - {source.place})


def _folder(source: Source, known: Mapping[str, str]) -> Changes:
    paths = files.listed(Path(source.place))
    changed, problems = [], []
    for path in paths:
        try:
            if known.get(str(path)) != files.state(path):
                changed.append(files.read(path))
        except CalendarError as error:  # the others are read all the same
            problems.append((str(path), error.message))
    failed = {path for path, _ in problems}
    kept = [each for each in source.findings if each[0] not in failed]
    now = replace(source, findings=(*kept, *problems))
    return Changes(now, changed, set(known) - {str(path) for path in paths})
