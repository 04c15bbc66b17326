-- The tools that a model called in a turn. A row is committed before its tool runs.
CREATE TABLE turn_tools (
    turn_seq INTEGER NOT NULL REFERENCES turns (seq),
    place    INTEGER NOT NULL,
    name     TEXT NOT NULL,
    words    TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'refused', 'unknown')),
    summary  TEXT NOT NULL,
    PRIMARY KEY (turn_seq, place)
) STRICT, WITHOUT ROWID;
