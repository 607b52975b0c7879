-- Up Migration
CREATE TABLE products (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  description text NOT NULL,
  category text NOT NULL,
  -- In the currency's smallest unit.
  price_amount integer NOT NULL CHECK (price_amount >= 0),
  currency char(3) NOT NULL,
  -- Words in the name have the highest weight, then the category, then the description.
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name), 'A') ||
    setweight(to_tsvector('english', category), 'B') ||
    setweight(to_tsvector('english', description), 'C')
  ) STORED
);

-- Reads are far more frequent than writes, so writes update the index at once instead of adding to a pending list.
CREATE INDEX products_search ON products USING gin (search) WITH (fastupdate = off);
-- One index for each sort order of pages.
CREATE INDEX products_by_name ON products (name, id);
CREATE INDEX products_by_category ON products (category, name, id);
