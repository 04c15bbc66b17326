-- Habits: their rules with the days from which they hold, check-ins, and breaks. Streaks are counted
-- from these and stored nowhere. Every column is described in database/README.md.

CREATE TABLE habits (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL CHECK (name <> ''),
    folded       TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    created_day  TEXT NOT NULL,
    remind_at    TEXT,
    archived_day TEXT
) STRICT;

CREATE UNIQUE INDEX habits_by_name ON habits (folded) WHERE archived_day IS NULL;

-- What a habit asks for from a day on: a rule that is changed leaves the days before it alone.
CREATE TABLE habit_rules (
    habit_id INTEGER NOT NULL REFERENCES habits (id) ON DELETE CASCADE,
    since    TEXT NOT NULL,
    period   TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
    days     TEXT NOT NULL DEFAULT '[]',
    times    INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1),
    amount   INTEGER CHECK (amount > 0),
    unit     TEXT NOT NULL DEFAULT '',
    in_total INTEGER NOT NULL DEFAULT 0 CHECK (in_total IN (0, 1)),
    PRIMARY KEY (habit_id, since),
    CHECK ((amount IS NULL) = (unit = '')),
    CHECK (in_total = 0 OR amount IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- A check-in counts for the day that was its person's when it was made; travel never changes that.
CREATE TABLE check_ins (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    habit_id INTEGER NOT NULL REFERENCES habits (id) ON DELETE CASCADE,
    day      TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    zone     TEXT NOT NULL,
    amount   INTEGER CHECK (amount > 0),
    unit     TEXT NOT NULL DEFAULT '',
    note     TEXT NOT NULL DEFAULT '',
    CHECK ((amount IS NULL) = (unit = ''))
) STRICT;

CREATE INDEX check_ins_by_day ON check_ins (habit_id, day, amount, unit);

-- Days on which nothing is asked for.
CREATE TABLE habit_breaks (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    habit_id  INTEGER REFERENCES habits (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('skip', 'vacation', 'pause')),
    first_day TEXT NOT NULL,
    last_day  TEXT,
    CHECK (habit_id IS NOT NULL OR kind = 'vacation'),
    CHECK (last_day IS NULL OR first_day <= last_day)
) STRICT;

CREATE INDEX habit_breaks_by_habit ON habit_breaks (habit_id);
