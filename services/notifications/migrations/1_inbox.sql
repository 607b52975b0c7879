-- Up Migration
-- Events that were acted on, so that one delivered again is not; see services/kit/events.
CREATE TABLE inbox (
  event_id uuid PRIMARY KEY,
  handled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_handled ON inbox (handled_at);
