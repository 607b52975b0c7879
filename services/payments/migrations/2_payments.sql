-- Up Migration
CREATE TABLE payments (
  -- Id of the order.
  id uuid PRIMARY KEY,
  status text NOT NULL
    CHECK (status IN ('pending', 'captured', 'declined', 'failed', 'refunding', 'refunded', 'canceled')),
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  -- Null if a refund was requested before the capture.
  method text,
  -- The caller no longer wants the charge, and its outcome is unknown.
  refund_requested boolean NOT NULL DEFAULT false,
  attempts integer NOT NULL DEFAULT 0,
  -- When to ask the payment provider again; null when its last answer was checked.
  due_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL;
