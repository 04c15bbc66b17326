-- The library: folders that the person named, the files in them, what was read of each file, and
-- how documents refer to each other. Every column is described in database/README.md.
-- Paths are the file system's own bytes: on Linux a name need not be text.

CREATE TABLE library_folders (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    path       BLOB NOT NULL UNIQUE,
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    is_added   INTEGER NOT NULL CHECK (is_added IN (0, 1)),
    is_mount   INTEGER NOT NULL DEFAULT 0 CHECK (is_mount IN (0, 1))
) STRICT;

CREATE TABLE library_files (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id  INTEGER NOT NULL REFERENCES library_folders (id),
    path       BLOB NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    mtime_ns   INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
    read_ms    INTEGER NOT NULL,
    problem    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX library_files_by_folder ON library_files (folder_id);
CREATE INDEX library_files_with_problem ON library_files (id) WHERE problem <> '';

CREATE TABLE documents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id    INTEGER NOT NULL REFERENCES library_files (id) ON DELETE CASCADE,
    part       TEXT NOT NULL,
    format     TEXT NOT NULL,
    title      TEXT NOT NULL,
    aliases    TEXT NOT NULL,
    date_ms    INTEGER,
    is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
    UNIQUE (file_id, part)
) STRICT;

CREATE TABLE document_tags (
    tag         TEXT NOT NULL,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, document_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_tags_by_document ON document_tags (document_id);

-- What a link may call a document, in the form of wooster.knowledge.links.name_of.
CREATE TABLE document_names (
    name        TEXT NOT NULL,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (name, document_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_names_by_document ON document_names (document_id);

-- Links as they are written. Where one leads is found when it is asked: documents come and go.
CREATE TABLE document_links (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    place       INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    target      TEXT NOT NULL,
    heading     TEXT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (document_id, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_links_by_name ON document_links (name);

CREATE TABLE chunks (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    headings   TEXT NOT NULL,
    start_at   INTEGER NOT NULL,
    end_at     INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    page       INTEGER NOT NULL
) STRICT;
