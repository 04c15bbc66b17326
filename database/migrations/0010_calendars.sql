-- Calendars: where they are read from, what was read, and the instances of a window of time. Every
-- column is described in database/README.md.

CREATE TABLE calendar_sources (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    kind          TEXT NOT NULL CHECK (kind IN ('file', 'folder', 'address', 'caldav')),
    name          TEXT NOT NULL CHECK (name <> ''),
    place         TEXT NOT NULL,
    credential    TEXT NOT NULL DEFAULT '',
    added_ms      INTEGER NOT NULL,
    removed_ms    INTEGER,
    can_write     INTEGER NOT NULL DEFAULT 0 CHECK (can_write IN (0, 1)),
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    sync_token    TEXT NOT NULL DEFAULT '',
    addresses     TEXT NOT NULL DEFAULT '[]',
    tried_ms      INTEGER,
    read_ms       INTEGER,
    first_day     TEXT NOT NULL DEFAULT '',
    end_day       TEXT NOT NULL DEFAULT '',
    problem       TEXT NOT NULL DEFAULT '',
    findings      TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- What was read: the text of a file, of an address, or of each resource of a CalDAV calendar.
CREATE TABLE calendar_objects (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES calendar_sources (id) ON DELETE CASCADE,
    href      TEXT NOT NULL,
    etag      TEXT NOT NULL DEFAULT '',
    text      TEXT NOT NULL,
    UNIQUE (source_id, href)
) STRICT;

CREATE TABLE calendar_instances (
    id        INTEGER PRIMARY KEY,
    object_id INTEGER NOT NULL REFERENCES calendar_objects (id) ON DELETE CASCADE,
    uid       TEXT NOT NULL,
    original  TEXT NOT NULL DEFAULT '',
    repeats   INTEGER NOT NULL DEFAULT 0 CHECK (repeats IN (0, 1)),
    kind      TEXT NOT NULL CHECK (kind IN ('timed', 'floating', 'day')),
    starts_ms INTEGER NOT NULL,
    ends_ms   INTEGER NOT NULL CHECK (ends_ms >= starts_ms),
    zone      TEXT NOT NULL DEFAULT '',
    summary   TEXT NOT NULL DEFAULT '',
    location  TEXT NOT NULL DEFAULT '',
    status    TEXT NOT NULL CHECK (status IN ('confirmed', 'tentative', 'cancelled', 'declined')),
    is_free   INTEGER NOT NULL DEFAULT 0 CHECK (is_free IN (0, 1))
) STRICT;

CREATE INDEX calendar_instances_by_start ON calendar_instances (starts_ms);
CREATE INDEX calendar_instances_by_object ON calendar_instances (object_id);
-- The few that last long are looked for apart, so that a day's are found by their start.
CREATE INDEX calendar_instances_long ON calendar_instances (ends_ms)
    WHERE ends_ms - starts_ms > 172800000;
