-- Conversations: sessions, their turns, and the full-text index over them; what left the machine.
-- Every column is described in database/README.md. Instants are milliseconds since 1970 UTC.

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    client     TEXT NOT NULL
) STRICT;

CREATE TABLE turns (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    id                TEXT NOT NULL UNIQUE,
    session_id        TEXT NOT NULL REFERENCES sessions (id),
    asked_ms          INTEGER NOT NULL,
    question          TEXT NOT NULL,
    answer            TEXT NOT NULL DEFAULT '',
    state             TEXT NOT NULL
                      CHECK (state IN ('running', 'done', 'stopped', 'cut_off', 'failed')),
    ended_ms          INTEGER,
    provider          TEXT NOT NULL DEFAULT '',
    model             TEXT NOT NULL DEFAULT '',
    prompt_tokens     INTEGER,
    completion_tokens INTEGER,
    error_code        TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'running') = (ended_ms IS NULL))
) STRICT;

CREATE INDEX turns_by_session ON turns (session_id, seq);
CREATE INDEX turns_running ON turns (seq) WHERE state = 'running';

-- The answer of a running turn, piece by piece, so that a crash loses nothing that was shown.
-- When the turn ends they are joined into turns.answer and removed, in one transaction.
CREATE TABLE answer_parts (
    turn_seq INTEGER NOT NULL REFERENCES turns (seq),
    part     INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (turn_seq, part)
) STRICT, WITHOUT ROWID;

-- rowid = turns.seq; the texts are in the form of wooster.core.text.search_form.
CREATE VIRTUAL TABLE turns_search USING fts5 (
    question, answer, tokenize = 'unicode61 remove_diacritics 2'
);

-- One row for every request to a machine that is not this one.
CREATE TABLE egress (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms          INTEGER NOT NULL,
    provider       TEXT NOT NULL,
    host           TEXT NOT NULL,
    model          TEXT NOT NULL,
    purpose        TEXT NOT NULL,
    turn_id        TEXT NOT NULL,
    sent_bytes     INTEGER NOT NULL
) STRICT;
