-- What can be searched: passages, their words, their vectors, and what waits to be embedded.
-- Every column is described in database/README.md. Vectors stand under the hash of their text, so
-- that a text is embedded once, whoever has it; sets keep those of different models apart.

CREATE TABLE passages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    document   INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    key        TEXT NOT NULL,
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    known_as   TEXT NOT NULL,
    text_hash  BLOB NOT NULL,
    project    TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    stays      INTEGER NOT NULL CHECK (stays IN (0, 1)),
    UNIQUE (collection, document, key)
) STRICT;

CREATE INDEX passages_by_text ON passages (text_hash);
CREATE INDEX passages_by_time ON passages (at_ms);

CREATE TABLE passage_tags (
    tag        TEXT NOT NULL,
    passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, passage_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX passage_tags_by_passage ON passage_tags (passage_id);

-- rowid = passages.id; the texts are in the form of wooster.core.text.search_form.
CREATE VIRTUAL TABLE passages_words USING fts5 (
    title, text, known_as, tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Parts of words: the trigrams of the same texts, which are read from where passages_words keeps
-- them instead of being kept twice. Only whether a trigram stands in a passage is kept (detail).
CREATE VIRTUAL TABLE passages_parts USING fts5 (
    c0, c1, c2, content = 'passages_words_content', content_rowid = 'id',
    tokenize = 'trigram', detail = 'none', columnsize = 0
);

CREATE TABLE vector_sets (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    model      TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    prompts    TEXT NOT NULL,
    precision  TEXT NOT NULL CHECK (precision IN ('float32', 'float16')),
    state      TEXT NOT NULL CHECK (state IN ('current', 'growing', 'leaving')),
    begun_ms   INTEGER NOT NULL
) STRICT;

-- One that is searched, and at most one that grows beside it.
CREATE UNIQUE INDEX vector_sets_in_use ON vector_sets (state) WHERE state <> 'leaving';

CREATE TABLE vectors (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    set_id    INTEGER NOT NULL REFERENCES vector_sets (id),
    text_hash BLOB NOT NULL,
    vector    BLOB NOT NULL,
    UNIQUE (set_id, text_hash)
) STRICT;

CREATE INDEX vectors_by_text ON vectors (text_hash);

CREATE TABLE vector_queue (
    set_id    INTEGER NOT NULL REFERENCES vector_sets (id),
    text_hash BLOB NOT NULL,
    refused   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (set_id, text_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX vector_queue_by_text ON vector_queue (text_hash);
