-- What a request that left carried, what came of it and what it cost. Amounts are millionths of a
-- US dollar, null where the price isn't known; tokens are null until the provider has told.

ALTER TABLE egress ADD COLUMN sensitivity TEXT NOT NULL DEFAULT 'plain';
ALTER TABLE egress ADD COLUMN state TEXT NOT NULL DEFAULT 'sent'
    CHECK (state IN ('sent', 'answered', 'refused', 'cut_off', 'unreached'));
ALTER TABLE egress ADD COLUMN prompt_tokens INTEGER;
ALTER TABLE egress ADD COLUMN completion_tokens INTEGER;
ALTER TABLE egress ADD COLUMN estimate_micros INTEGER;
ALTER TABLE egress ADD COLUMN cost_micros INTEGER;
CREATE INDEX egress_by_time ON egress (at_ms);
