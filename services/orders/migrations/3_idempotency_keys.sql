-- Up Migration
-- Requests with an idempotency key, and their responses. See services/kit/postgres/idempotency.ts.
CREATE TABLE idempotency_keys (
  operation text NOT NULL,
  caller text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  -- The response; null only within the transaction that executes the request.
  status smallint,
  headers json,
  body json,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (operation, caller, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
