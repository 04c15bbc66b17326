-- What a request that left carried, what came back and what it cost. Amounts are millionths of a
-- US dollar, null where the price isn't known; tokens are null until the provider has told.

ALTER TABLE egress ADD COLUMN sensitivity TEXT NOT NULL DEFAULT 'plain';
ALTER TABLE egress ADD COLUMN prompt_tokens INTEGER;
ALTER TABLE egress ADD COLUMN completion_tokens INTEGER;
ALTER TABLE egress ADD COLUMN cost_micros INTEGER;
CREATE INDEX egress_by_time ON egress (at_ms);
