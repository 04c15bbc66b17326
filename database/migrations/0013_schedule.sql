-- What is to happen, once or again and again.
CREATE TABLE jobs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    text        TEXT NOT NULL,
    at_ms       INTEGER,
    rrule       TEXT NOT NULL DEFAULT '',
    start_wall  TEXT NOT NULL DEFAULT '',
    zone        TEXT NOT NULL DEFAULT '',
    except_days TEXT NOT NULL DEFAULT '[]',
    missed      TEXT NOT NULL CHECK (missed IN ('once', 'skip', 'within')),
    within_s    INTEGER NOT NULL DEFAULT 0,
    channels    TEXT NOT NULL DEFAULT '[]',
    priority    TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'high')),
    repeat_s    INTEGER NOT NULL DEFAULT 0,
    payload     TEXT NOT NULL DEFAULT '{}',
    who         TEXT NOT NULL DEFAULT 'person',
    state       TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended', 'cancelled')),
    next_ms     INTEGER,
    next_wall   TEXT NOT NULL DEFAULT '',
    created_ms  INTEGER NOT NULL,
    CHECK ((at_ms IS NULL) <> (rrule = ''))
) STRICT;

CREATE INDEX jobs_next ON jobs (next_ms) WHERE state = 'active' AND next_ms IS NOT NULL;

-- One time at which a job was due, or a stretch of them that was missed.
CREATE TABLE occurrences (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id          INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    due_ms          INTEGER NOT NULL,
    state           TEXT NOT NULL
                    CHECK (state IN ('due', 'claimed', 'delivered', 'failed', 'missed', 'skipped')),
    try_ms          INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    ended_ms        INTEGER,
    acknowledged_ms INTEGER,
    channel         TEXT NOT NULL DEFAULT '',
    error           TEXT NOT NULL DEFAULT '',
    is_late         INTEGER NOT NULL DEFAULT 0 CHECK (is_late IN (0, 1)),
    maybe_twice     INTEGER NOT NULL DEFAULT 0 CHECK (maybe_twice IN (0, 1)),
    times           INTEGER NOT NULL DEFAULT 1,
    until_ms        INTEGER,
    snoozed_from    INTEGER REFERENCES occurrences (id) ON DELETE SET NULL,
    seen_ms         INTEGER,
    UNIQUE (job_id, due_ms)
) STRICT;

CREATE INDEX occurrences_try ON occurrences (try_ms) WHERE state = 'due';
CREATE INDEX occurrences_claimed ON occurrences (id) WHERE state = 'claimed';
CREATE INDEX occurrences_ended ON occurrences (ended_ms);

-- Each time that an occurrence was handed to a channel, written before it is sent.
CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    occurrence_id INTEGER NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
    channel       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
    at_ms         INTEGER NOT NULL,
    error         TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX deliveries_of ON deliveries (occurrence_id);
