-- What is remembered: who said what, facts with their dates and sources, episodes, and what was
-- given to a model of them. Every column is described in database/README.md.

-- Conversations may come from elsewhere, and then have speakers of their own.
ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT 'talk'
    CHECK (origin IN ('talk', 'import', 'job'));
ALTER TABLE turns ADD COLUMN speaker TEXT NOT NULL DEFAULT '';

CREATE INDEX turns_by_speaker ON turns (speaker, session_id) WHERE speaker <> '';
CREATE INDEX turns_by_time ON turns (session_id, asked_ms);

-- A search within a time reads that time's passages only, and no text.
DROP INDEX passages_by_time;
CREATE INDEX passages_by_time ON passages (at_ms, collection, document, project, text_hash);

-- A fact is never changed into another: a new one takes its place, and the old one keeps its dates.
CREATE TABLE facts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    category      TEXT NOT NULL,
    subject       TEXT NOT NULL,
    key           TEXT NOT NULL,
    value         TEXT NOT NULL,
    statement     TEXT NOT NULL,
    confidence    REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    source        TEXT NOT NULL CHECK (source IN ('explicit', 'inferred')),
    made_by       TEXT NOT NULL,
    quote         TEXT NOT NULL,
    observed_ms   INTEGER NOT NULL,
    valid_from_ms INTEGER,
    valid_to_ms   INTEGER,
    ended_ms      INTEGER,
    replaced_by   INTEGER REFERENCES facts (id) ON DELETE SET NULL,
    is_private    INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    CHECK (valid_from_ms IS NULL OR valid_to_ms IS NULL OR valid_from_ms <= valid_to_ms)
) STRICT;

CREATE INDEX facts_by_key ON facts (subject, key);
CREATE INDEX facts_replaced ON facts (replaced_by) WHERE replaced_by IS NOT NULL;

-- Each turn in which a fact was said.
CREATE TABLE fact_mentions (
    fact_id  INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    turn_seq INTEGER NOT NULL REFERENCES turns (seq),
    at_ms    INTEGER NOT NULL,
    quote    TEXT NOT NULL,
    PRIMARY KEY (fact_id, turn_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX fact_mentions_by_turn ON fact_mentions (turn_seq);

-- Two facts of equal standing that can't both be true: the person is asked which is.
CREATE TABLE contradictions (
    older     INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    newer     INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    raised_ms INTEGER NOT NULL,
    PRIMARY KEY (older, newer)
) STRICT, WITHOUT ROWID;

CREATE INDEX contradictions_by_newer ON contradictions (newer);

-- What happened in a stretch of a session, or in a month or year of many.
CREATE TABLE episodes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('session', 'month', 'year')),
    session_id TEXT REFERENCES sessions (id),
    first_seq  INTEGER,
    last_seq   INTEGER,
    began_ms   INTEGER NOT NULL,
    ended_ms   INTEGER NOT NULL,
    summary    TEXT NOT NULL,
    topics     TEXT NOT NULL DEFAULT '[]',
    sentiment  TEXT NOT NULL DEFAULT 'neutral'
               CHECK (sentiment IN ('positive', 'neutral', 'negative')),
    actions    TEXT NOT NULL DEFAULT '[]',
    people     TEXT NOT NULL DEFAULT '[]',
    dates      TEXT NOT NULL DEFAULT '[]',
    made_by    TEXT NOT NULL,
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    part_of    INTEGER REFERENCES episodes (id) ON DELETE SET NULL,
    CHECK ((kind = 'session') = (session_id IS NOT NULL)),
    CHECK ((kind = 'session') = (first_seq IS NOT NULL AND last_seq IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX episodes_of_session ON episodes (session_id, first_seq)
    WHERE kind = 'session';
CREATE UNIQUE INDEX episodes_of_period ON episodes (kind, began_ms) WHERE kind <> 'session';
CREATE INDEX episodes_by_time ON episodes (ended_ms);
CREATE INDEX episodes_by_whole ON episodes (part_of) WHERE part_of IS NOT NULL;

CREATE TABLE followups (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
    turn_seq   INTEGER NOT NULL,
    text       TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dropped')),
    made_ms    INTEGER NOT NULL,
    closed_ms  INTEGER
) STRICT;

CREATE INDEX followups_by_episode ON followups (episode_id);
CREATE INDEX followups_open ON followups (made_ms) WHERE state = 'open';

-- How far each session is distilled. 'plain': by rules, and a model is to do it again; 'dead': a
-- model failed too often, and it stays as the rules made it.
CREATE TABLE distillations (
    session_id TEXT NOT NULL REFERENCES sessions (id),
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('plain', 'done', 'dead')),
    made_by    TEXT NOT NULL,
    made_ms    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    retry_ms   INTEGER,
    problem    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (session_id, first_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX distillations_waiting ON distillations (made_ms) WHERE state = 'plain';

-- What was forgotten, as digests that nothing can be read from: it isn't learned again.
CREATE TABLE tombstones (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    salt   BLOB NOT NULL,
    digest BLOB NOT NULL,
    at_ms  INTEGER NOT NULL
) STRICT;

-- What of its memory a turn's model was given, and why.
CREATE TABLE recollections (
    turn_seq  INTEGER NOT NULL REFERENCES turns (seq),
    place     INTEGER NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('turn', 'fact', 'episode')),
    item      INTEGER NOT NULL,
    is_answer INTEGER NOT NULL CHECK (is_answer IN (0, 1)),
    score     REAL NOT NULL,
    reasons   TEXT NOT NULL,
    PRIMARY KEY (turn_seq, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX recollections_by_item ON recollections (kind, item);

-- Forgetting that isn't finished: what was deleted may still stand in indexes, files and copies.
CREATE TABLE sweeps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    begun_ms INTEGER NOT NULL
) STRICT;
