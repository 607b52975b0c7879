-- Up Migration
-- Events that were handled, so that duplicates are ignored. See services/kit/events.
CREATE TABLE inbox (
  event_id uuid PRIMARY KEY,
  handled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_handled ON inbox (handled_at);
