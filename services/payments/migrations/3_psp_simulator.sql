-- Up Migration
-- State of the simulated payment provider, which only psp/simulator reads and writes.
CREATE TABLE psp_simulator (
  key text PRIMARY KEY,
  method text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  -- How often the state was read; some methods change their mind.
  reads integer NOT NULL DEFAULT 0,
  received integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
