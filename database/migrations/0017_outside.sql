-- Whether a turn's model had what others wrote before it: a document, a calendar, mail, a page that
-- was pasted, or an answer that may repeat them. Then a change that it wants to make is asked about,
-- in that turn and in each that shows it, whenever the daemon was started.

ALTER TABLE turns ADD COLUMN outside INTEGER NOT NULL DEFAULT 0 CHECK (outside IN (0, 1));

-- Of older turns it wasn't kept. Those that carried documents or memory, or a page, may have had it,
-- and what came after them in their conversations.
UPDATE turns SET outside = 1
FROM (
    SELECT session_id, min(seq) AS since FROM turns
    WHERE sensitivity IN ('documents', 'memory') OR length(question) > 1000
    GROUP BY session_id
) AS marked
WHERE turns.session_id = marked.session_id AND turns.seq >= marked.since;

-- The answers in conversations from elsewhere are others' anyway.
UPDATE turns SET outside = 1
WHERE session_id IN (SELECT id FROM sessions WHERE origin = 'import');
