-- Up Migration
-- What user.registered said about each user; messages about orders are sent there, because events of orders have no
-- personal data.
CREATE TABLE recipients (
  user_id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL
);
ALTER TABLE messages DROP CONSTRAINT messages_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_kind_check
  CHECK (kind IN ('welcome', 'order-confirmed', 'order-canceled'));
-- Null until the message is sent: the recipient is then looked up.
ALTER TABLE messages ALTER COLUMN recipient DROP NOT NULL;
-- What the text of a message about an order says; null for the welcome message.
ALTER TABLE messages ADD COLUMN details jsonb;
