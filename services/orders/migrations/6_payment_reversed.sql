-- Up Migration
-- The payment provider may take back the charge of an order that is confirmed: see saga/states.ts.
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check
  CHECK (status IN ('placed', 'confirmed', 'canceled', 'payment-reversed'));
ALTER TABLE sagas DROP CONSTRAINT sagas_state_check;
ALTER TABLE sagas ADD CONSTRAINT sagas_state_check CHECK (
  state IN (
    'reserving', 'capturing', 'confirming', 'refunding', 'releasing', 'confirmed', 'canceled', 'payment-reversed'
  )
);
