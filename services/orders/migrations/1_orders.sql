-- Up Migration
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('placed', 'confirmed', 'canceled')),
  reason text,
  -- [{ productId, name, quantity, price }], at the prices of the order.
  lines jsonb NOT NULL,
  total bigint NOT NULL CHECK (total >= 0),
  currency text NOT NULL,
  payment_method text NOT NULL,
  -- Number of the order's last event.
  sequence integer NOT NULL,
  placed_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at DESC, id DESC);

-- Progress of each order: see saga/states.ts.
CREATE TABLE sagas (
  order_id uuid PRIMARY KEY REFERENCES orders,
  state text NOT NULL CHECK (
    state IN ('reserving', 'capturing', 'confirming', 'refunding', 'releasing', 'confirmed', 'canceled')
  ),
  -- Why the order will be canceled.
  reason text,
  -- Attempts in this state.
  attempts integer NOT NULL DEFAULT 0,
  -- When a worker may take it; null in a final state.
  due_at timestamptz,
  -- traceparent of the request that placed the order.
  trace text NOT NULL
);
CREATE INDEX sagas_due ON sagas (due_at) WHERE due_at IS NOT NULL;
