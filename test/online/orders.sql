-- a column more
ALTER TABLE orders ADD COLUMN channel text DEFAULT 'web';
