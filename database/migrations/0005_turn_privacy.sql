-- What a turn's request carried beyond the words of the conversation. Its answer may repeat it, so
-- that a later request which shows the turn is as private.

ALTER TABLE turns ADD COLUMN sensitivity TEXT NOT NULL DEFAULT 'plain'
    CHECK (sensitivity IN ('plain', 'profile', 'documents', 'memory'));
ALTER TABLE turns ADD COLUMN is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1));
