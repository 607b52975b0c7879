-- Up Migration
CREATE TABLE stock (
  product_id uuid PRIMARY KEY,
  -- What may still be reserved. The constraint is the last line of defense: no statement can oversell.
  available integer NOT NULL CHECK (available >= 0)
);

CREATE TABLE reservations (
  -- Id of the order.
  id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('held', 'confirmed', 'released', 'expired', 'rejected')),
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reservations_expiry ON reservations (expires_at) WHERE status = 'held';

CREATE TABLE reservation_lines (
  reservation_id uuid NOT NULL REFERENCES reservations ON DELETE CASCADE,
  product_id uuid NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (reservation_id, product_id)
);
