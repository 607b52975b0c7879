-- no transaction
-- Up Migration
DROP INDEX CONCURRENTLY IF EXISTS products_by_price;
CREATE INDEX CONCURRENTLY products_by_price ON products (category, currency, price_amount, id);
