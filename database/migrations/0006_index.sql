-- What a narrow search, counting and the queue need to know of passages, without their texts.
DROP INDEX passages_by_text;
CREATE INDEX passages_by_text ON passages (text_hash, collection, stays);
CREATE INDEX passages_by_facets ON passages (collection, document, project, at_ms, text_hash);

-- A set's vectors in the order of their ids, without those of the set that grows beside it.
CREATE INDEX vectors_by_set ON vectors (set_id);

-- Which index file is of this state of the database: a copy that was put back has another token.
ALTER TABLE vector_sets ADD COLUMN index_token TEXT NOT NULL DEFAULT '';
