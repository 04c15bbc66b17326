-- What was decided of patterns, and of the areas of a life. The patterns themselves are worked out
-- each time and are stored nowhere. Every column is described in database/README.md.

-- `mark` is a salted digest: what a pattern is of can't be read from it, so that nothing which was
-- forgotten is left here.
CREATE TABLE insights (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('time', 'weekday', 'breaks', 'topic', 'stall')),
    salt       TEXT NOT NULL CHECK (length(salt) = 32),
    mark       TEXT NOT NULL CHECK (length(mark) = 64),
    state      TEXT NOT NULL CHECK (state IN ('new', 'accepted', 'dismissed', 'snoozed')),
    found_day  TEXT NOT NULL,
    until_day  TEXT,
    CHECK ((state = 'snoozed') = (until_day IS NOT NULL))
) STRICT;

CREATE TABLE area_members (
    kind   TEXT NOT NULL CHECK (kind IN ('habit', 'goal')),
    number INTEGER NOT NULL,
    area   TEXT NOT NULL CHECK (area <> ''),
    PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

-- What was suggested on which day: at most one thing a day.
CREATE TABLE area_suggestions (
    day      TEXT PRIMARY KEY,
    area     TEXT NOT NULL,
    coverage TEXT NOT NULL CHECK (coverage IN ('none', 'basic', 'tracked', 'automated')),
    at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
