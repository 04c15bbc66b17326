-- What was forgotten, so that a backup which is gone back to doesn't bring it back. Every column is
-- described in database/README.md.

-- An exchange's id says nothing of what was said in it.
CREATE TABLE forgotten_turns (
    turn_id TEXT PRIMARY KEY,
    at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Words as salted digests, each with how many runs of letters and signs it has: enough to know them
-- again where they stand. Those of one `batch` were named together.
CREATE TABLE forgotten_words (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch      TEXT NOT NULL,
    salt       BLOB NOT NULL,
    digest     BLOB NOT NULL,
    runs       INTEGER NOT NULL CHECK (runs > 0),
    everywhere INTEGER NOT NULL CHECK (everywhere IN (0, 1)),
    at_ms      INTEGER NOT NULL
) STRICT;

-- Documents that aren't read again, by a salted digest of the path.
CREATE TABLE forgotten_documents (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    salt   BLOB NOT NULL,
    digest BLOB NOT NULL,
    at_ms  INTEGER NOT NULL
) STRICT;
