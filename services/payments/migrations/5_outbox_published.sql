-- Up Migration
-- Events stay for the retention of their topic after they are published. See services/kit/events.
ALTER TABLE outbox ADD COLUMN published_at timestamptz;
CREATE INDEX outbox_pending ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
