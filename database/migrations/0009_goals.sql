-- Goals: what is to be reached, what was measured on the way, milestones, and the habits that serve
-- them. How far one is is worked out from these and stored nowhere. Every column is described in
-- database/README.md.

CREATE TABLE goals (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL CHECK (name <> ''),
    folded       TEXT NOT NULL,
    category     TEXT NOT NULL DEFAULT '',
    created_ms   INTEGER NOT NULL,
    created_day  TEXT NOT NULL,
    deadline     TEXT,
    start        INTEGER,
    target       INTEGER,
    unit         TEXT NOT NULL DEFAULT '',
    closed_day   TEXT,
    outcome      TEXT CHECK (outcome IN ('reached', 'dropped')),
    reopened_day TEXT,
    archived_day TEXT,
    CHECK ((closed_day IS NULL) = (outcome IS NULL)),
    CHECK (target IS NOT NULL OR (start IS NULL AND unit = '')),
    CHECK (start <> target)
) STRICT;

CREATE UNIQUE INDEX goals_by_name ON goals (folded)
    WHERE archived_day IS NULL AND closed_day IS NULL;

CREATE TABLE goal_milestones (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    goal_id  INTEGER NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    name     TEXT NOT NULL CHECK (name <> ''),
    due_day  TEXT,
    done_day TEXT
) STRICT;

CREATE INDEX goal_milestones_by_goal ON goal_milestones (goal_id);

-- What was measured, or what came on top of what was there: so a day that is filled in later moves
-- the days after it.
CREATE TABLE goal_values (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    goal_id INTEGER NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    day     TEXT NOT NULL,
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('at', 'more')),
    value   INTEGER NOT NULL,
    note    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX goal_values_by_day ON goal_values (goal_id, day, id, kind, value);

CREATE TABLE goal_habits (
    goal_id  INTEGER NOT NULL REFERENCES goals (id) ON DELETE CASCADE,
    habit_id INTEGER NOT NULL REFERENCES habits (id) ON DELETE CASCADE,
    PRIMARY KEY (goal_id, habit_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX goal_habits_by_habit ON goal_habits (habit_id);
