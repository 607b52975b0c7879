-- Up Migration
-- One row per message, inserted in the transaction that records its event in the inbox: so no event has two.
CREATE TABLE messages (
  -- Id of the event; also in the Message-ID of the email.
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('welcome')),
  -- Address and name are only needed to send the message; they are masked afterwards.
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
