-- Up Migration
ALTER TABLE messages DROP CONSTRAINT messages_kind_check;
ALTER TABLE messages ADD CONSTRAINT messages_kind_check
  CHECK (kind IN ('welcome', 'order-confirmed', 'order-canceled', 'order-payment-reversed'));
