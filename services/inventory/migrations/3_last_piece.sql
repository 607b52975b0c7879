-- Up Migration
-- Of one product there is a single piece, so that a shop that was just set up can run out of something.
UPDATE stock SET available = LEAST(available, 1) WHERE product_id = '00000000-0000-4000-8000-000000000069';
