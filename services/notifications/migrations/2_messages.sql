-- Up Migration
-- One row a message, written with the note in the inbox that its event was acted on: so no event has two.
CREATE TABLE messages (
  -- Id of the event that it answers; also in the Message-ID of the mail.
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('welcome')),
  -- Address and name are there to send with: once that is over, they are masked.
  recipient text NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  failed_at timestamptz,
  failure text
);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX messages_user ON messages (user_id);
