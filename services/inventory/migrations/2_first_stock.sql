-- Up Migration
-- Stock of the products that come with catalog, which have the ids …0001 to …0069 (its migration 3).
INSERT INTO stock (product_id, available)
SELECT ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid, 10000
FROM generate_series(1, 69) AS number;
