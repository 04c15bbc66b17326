-- What was changed by an action: by whom, what it was given, what it told, and what takes it back.
CREATE TABLE action_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL CHECK (who IN ('person', 'model', 'schedule')),
    kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
    of_seq INTEGER REFERENCES action_log (seq) ON DELETE SET NULL,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    told TEXT NOT NULL,
    undo_name TEXT,
    undo_arguments TEXT,
    undone_by INTEGER REFERENCES action_log (seq) ON DELETE SET NULL
) STRICT;

CREATE INDEX action_log_open ON action_log (kind, seq) WHERE undone_by IS NULL;
