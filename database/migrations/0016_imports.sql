-- What was taken in from elsewhere, so that it is taken in once, and can be taken back.
CREATE TABLE imports (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    place      TEXT NOT NULL,
    began_ms   INTEGER NOT NULL,
    ended_ms   INTEGER,
    undone_ms  INTEGER
) STRICT;

CREATE TABLE import_items (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    mark       TEXT NOT NULL UNIQUE CHECK (length(mark) = 40),
    import_id  INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    undo_name  TEXT NOT NULL DEFAULT '',
    undo_given TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX import_items_of ON import_items (import_id);
