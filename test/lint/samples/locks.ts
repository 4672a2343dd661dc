import { inLibrary, type Labelled } from './labelled.ts'

const k = inLibrary()
const apart = inLibrary({ tx: false })
const within = inLibrary({ tx: true })
const readings = `CREATE TABLE readings (taken date NOT NULL, v int, device bigint) PARTITION BY RANGE (taken); CREATE TABLE readings_24 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE readings_25 (taken date NOT NULL, v int, device bigint);`
const parted = inLibrary({ extra: readings })
const dueThere = 'ALTER TABLE loans ADD CONSTRAINT due_there CHECK (due IS NOT NULL) NOT VALID;'
const dueProven = `${dueThere} ALTER TABLE loans VALIDATE CONSTRAINT due_there;`

/** Indexes, constraints, partitions, locks by name. */
export const locks: readonly Labelled[] = [
  // create-index-blocking
  ['CREATE INDEX loans_member ON loans (member);', 'lock-heavy', k],
  ['CREATE INDEX "Loans_Member_idx" ON "Loans" ("member");', 'lock-heavy', { tx: true }],
  ['create unique index concurrently if not exists "loans_book" on public.loans (book_id);', 'safe', apart],
  ['CREATE INDEX ON ONLY readings (taken)', 'safe', parted],
  ['CREATE INDEX readings_taken ON readings (taken)', 'lock-heavy', parted],
  ['CREATE TEMPORARY TABLE picked (id int); CREATE INDEX ON picked (id);', 'safe', within],
  ["DO $$ BEGIN EXECUTE format('CREATE INDEX %I ON %I (%I)', 'loans_fee', 'loans', 'fee'); END $$;", 'lock-heavy', k],
  [
    "DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'loans_fee') THEN CREATE INDEX loans_fee ON loans (fee); END IF; END $do$ LANGUAGE plpgsql;",
    'lock-heavy',
    k,
  ],
  ['-- CREATE INDEX i ON loans (fee);\n/* CREATE INDEX j ON loans (fee); */\nSELECT 1;', 'safe', k],
  ['CREATE INDEX IF NOT EXISTS books_title ON books (title);', 'safe', k],
  ['\\set ON_ERROR_STOP on\nCREATE INDEX CONCURRENTLY loans_fee ON loans (fee);', 'safe', apart],
  [
    'CREATE MATERIALIZED VIEW fees AS SELECT member, sum(fee) AS f FROM loans GROUP BY member;\nCREATE UNIQUE INDEX fees_member ON fees (member);',
    'safe',
    k,
  ],
  ['CREATE INDEX CONCURRENTLY readings_v ON readings (v);', 'fails', inLibrary({ extra: readings, tx: false })],
  [
    'CREATE SCHEMA stock;\nCREATE TABLE stock.crates (id bigint PRIMARY KEY, n int);\nCREATE INDEX crates_n ON stock.crates (n);',
    'safe',
    k,
  ],
  [
    'CREATE TABLE stock.loans (id bigint);\nCREATE INDEX loans_n ON public.loans (fee);',
    'lock-heavy',
    inLibrary({ extra: 'CREATE SCHEMA stock;' }),
  ],
  // drop-index-blocking
  ['DROP INDEX books_title;', 'lock-heavy', k],
  ['DROP INDEX CONCURRENTLY IF EXISTS books_title;', 'safe', apart],
  ['DROP INDEX IF EXISTS never_was_idx;', 'safe', k],
  ['DROP INDEX IF EXISTS some_idx;', 'lock-heavy', {}],
  ['DROP INDEX CONCURRENTLY books_title, loans_due;', 'fails', apart],
  ['CREATE TABLE crates (id int);\nCREATE INDEX crates_id ON crates (id);\nDROP INDEX crates_id;', 'safe', k],
  // reindex-blocking
  ['REINDEX TABLE loans;', 'lock-heavy', k],
  ['REINDEX (CONCURRENTLY) INDEX books_title;', 'safe', inLibrary({ pg: 14, tx: false })],
  ['REINDEX INDEX CONCURRENTLY books_title;', 'fails', inLibrary({ pg: 11, tx: false })],
  ['REINDEX (CONCURRENTLY false) TABLE loans;', 'lock-heavy', apart],
  ['REINDEX (VERBOSE) SCHEMA public;', 'lock-heavy', apart],
  ['REINDEX TABLE CONCURRENTLY loans;', 'fails', within],
  // add-fk-validating
  ['ALTER TABLE loans ADD CONSTRAINT loans_book_fk FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE;', 'lock-heavy', k],
  ['ALTER TABLE ONLY public.loans ADD CONSTRAINT loans_book_fk FOREIGN KEY (book_id) REFERENCES public.books(id) NOT VALID;', 'safe', k],
  ['ALTER TABLE loans ADD COLUMN clerk bigint REFERENCES authors (id);', 'safe', inLibrary({ pg: 12 })],
  ['ALTER TABLE loans ADD COLUMN clerk bigint DEFAULT 1 REFERENCES authors (id);', 'lock-heavy', k],
  [
    'CREATE TABLE desks (id int PRIMARY KEY);\nALTER TABLE loans ADD COLUMN desk int;\nALTER TABLE loans ADD CONSTRAINT loans_desk_fk FOREIGN KEY (desk) REFERENCES desks (id);',
    'lock-heavy',
    within,
  ],
  [
    'CREATE TABLE desks (id int PRIMARY KEY, book_id bigint);\nALTER TABLE desks ADD CONSTRAINT desks_book FOREIGN KEY (book_id) REFERENCES books (id);',
    'safe',
    within,
  ],
  ['ALTER TABLE readings ADD FOREIGN KEY (device) REFERENCES books (id) NOT VALID;', 'fails', inLibrary({ extra: readings, pg: 16 })],
  ['ALTER TABLE readings ADD FOREIGN KEY (device) REFERENCES books (id) NOT VALID;', 'safe', parted],
  [
    'ALTER TABLE loans VALIDATE CONSTRAINT loans_book_fk;',
    'safe',
    inLibrary({ tx: true, prior: 'ALTER TABLE loans ADD CONSTRAINT loans_book_fk FOREIGN KEY (book_id) REFERENCES books (id) NOT VALID;' }),
  ],
  ['ALTER TABLE orders ADD CONSTRAINT fk_rails_1a2b3c FOREIGN KEY ("user_id") REFERENCES "users" ("id");', 'lock-heavy', {}],
  // add-check-validating
  ['ALTER TABLE loans ADD CONSTRAINT fee_sane CHECK (fee >= 0 AND fee < 1000);', 'lock-heavy', k],
  ['ALTER TABLE loans ADD CHECK (fee >= 0) NOT VALID;', 'safe', k],
  ['ALTER TABLE loans ADD COLUMN copies int CHECK (copies > 0);', 'lock-heavy', k],
  [
    "ALTER TABLE loans ADD COLUMN state text NOT NULL DEFAULT 'open' CONSTRAINT known_state CHECK (state IN ('open', 'shut'));",
    'lock-heavy',
    k,
  ],
  ['ALTER TABLE loans ADD CONSTRAINT fee_sane CHECK (fee >= 0) NOT ENFORCED;', 'safe', k],
  ['ALTER TABLE loans ADD CONSTRAINT fee_sane CHECK (fee >= 0) NOT ENFORCED;', 'fails', inLibrary({ pg: 16 })],
  [
    'DO $$ BEGIN ALTER TABLE loans ADD CONSTRAINT fee_sane CHECK (fee >= 0); EXCEPTION WHEN duplicate_object THEN NULL; END $$;',
    'lock-heavy',
    k,
  ],
  // add-unique-building, add-primary-key-building, pk-using-index-nullable, add-exclusion
  ['ALTER TABLE authors ADD CONSTRAINT authors_email_key UNIQUE (email);', 'lock-heavy', k],
  ['ALTER TABLE authors ADD COLUMN slug text UNIQUE;', 'lock-heavy', k],
  [
    'ALTER TABLE authors ADD CONSTRAINT authors_email_key UNIQUE USING INDEX authors_email_i;',
    'safe',
    inLibrary({ prior: 'CREATE UNIQUE INDEX CONCURRENTLY authors_email_i ON authors (email);' }),
  ],
  ['ALTER TABLE authors ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (email);', 'fails', inLibrary({ pg: 14 })],
  ['ALTER TABLE IF EXISTS accounts ADD UNIQUE (email);', 'lock-heavy', {}],
  ['ALTER TABLE raw_scans ADD PRIMARY KEY (id);', 'lock-heavy', k],
  [
    'ALTER TABLE raw_scans ADD CONSTRAINT raw_pk PRIMARY KEY USING INDEX raw_i;',
    'safe',
    inLibrary({ prior: 'CREATE UNIQUE INDEX raw_i ON raw_scans (id);' }),
  ],
  [
    'ALTER TABLE raw_scans ADD CONSTRAINT raw_pk PRIMARY KEY USING INDEX raw_i;',
    'lock-heavy',
    inLibrary({ prior: 'CREATE UNIQUE INDEX raw_i ON raw_scans (code);' }),
  ],
  ['ALTER TABLE loans ADD PRIMARY KEY (book_id);', 'fails lock-heavy', k],
  ['CREATE TABLE desks (id int NOT NULL, tag text);\nALTER TABLE desks ADD PRIMARY KEY (id), ADD UNIQUE (tag);', 'safe', k],
  ['ALTER TABLE loans ADD CONSTRAINT once EXCLUDE USING btree (member WITH =);', 'lock-heavy', k],
  ['CREATE TABLE stays (room int, EXCLUDE USING btree (room WITH =));', 'safe', k],
  // set-not-null-scanning
  ['ALTER TABLE loans ALTER COLUMN fee SET NOT NULL;', 'lock-heavy', k],
  ['ALTER TABLE loans ALTER due SET NOT NULL;', 'safe', inLibrary({ pg: 12, prior: dueProven })],
  ['ALTER TABLE loans ALTER due SET NOT NULL;', 'lock-heavy', inLibrary({ pg: 11, prior: dueProven })],
  ['ALTER TABLE loans ALTER due SET NOT NULL;', 'lock-heavy', inLibrary({ pg: 15, prior: dueThere })],
  [
    'ALTER TABLE loans ALTER COLUMN fee SET NOT NULL;',
    'safe',
    inLibrary({ prior: 'ALTER TABLE loans ADD CONSTRAINT c CHECK (fee IS NOT NULL AND fee >= 0);' }),
  ],
  [
    'ALTER TABLE loans ALTER COLUMN fee SET NOT NULL;',
    'lock-heavy',
    inLibrary({ prior: 'ALTER TABLE loans ADD CONSTRAINT c CHECK (fee IS NOT NULL OR returned_at IS NULL);' }),
  ],
  [
    'ALTER TABLE loans ALTER COLUMN fee SET NOT NULL;',
    'lock-heavy',
    inLibrary({ prior: 'ALTER TABLE loans ADD CONSTRAINT c CHECK (fee > 0);' }),
  ],
  ['ALTER TABLE books ALTER COLUMN title SET NOT NULL;', 'safe', k],
  ['ALTER TABLE subscribers ALTER COLUMN plan SET NOT NULL', 'lock-heavy', { pg: 16 }],
  [`${dueProven}\nALTER TABLE loans ALTER COLUMN due SET NOT NULL;\nALTER TABLE loans DROP CONSTRAINT due_there;`, 'safe', apart],
  [`${dueProven}\nALTER TABLE loans ALTER COLUMN due SET NOT NULL;`, 'lock-heavy', within],
  ['ALTER TABLE loans ADD CONSTRAINT due_nn NOT NULL due NOT VALID;', 'safe', k],
  ['ALTER TABLE loans ADD CONSTRAINT due_nn NOT NULL due;', 'lock-heavy', k],
  ['ALTER TABLE loans ADD CONSTRAINT due_nn NOT NULL due NOT VALID;', 'fails', inLibrary({ pg: 17 })],
  [
    'ALTER TABLE loans VALIDATE CONSTRAINT due_nn;',
    'safe',
    inLibrary({ prior: 'ALTER TABLE loans ADD CONSTRAINT due_nn NOT NULL due NOT VALID;' }),
  ],
  // validate-in-same-transaction
  [
    'BEGIN;\nALTER TABLE loans ADD CONSTRAINT fee_ok CHECK (fee >= 0) NOT VALID;\nALTER TABLE loans VALIDATE CONSTRAINT fee_ok;\nCOMMIT;',
    'lock-heavy',
    apart,
  ],
  [
    'BEGIN;\nALTER TABLE loans ADD CONSTRAINT fee_ok CHECK (fee >= 0) NOT VALID;\nCOMMIT;\nALTER TABLE loans VALIDATE CONSTRAINT fee_ok;',
    'safe',
    apart,
  ],
  ['ALTER TABLE loans ADD CONSTRAINT a CHECK (fee >= 0) NOT VALID, VALIDATE CONSTRAINT a;', 'lock-heavy', apart],
  // alter-domain-validating
  [
    "ALTER DOMAIN isbn ADD CONSTRAINT digits CHECK (VALUE ~ '^[0-9]+$');",
    'lock-heavy',
    inLibrary({ extra: 'CREATE DOMAIN isbn AS text; CREATE TABLE prints (i isbn);' }),
  ],
  [
    "ALTER DOMAIN isbn ADD CONSTRAINT digits CHECK (VALUE ~ '^[0-9]+$') NOT VALID;",
    'safe',
    inLibrary({ extra: 'CREATE DOMAIN isbn AS text; CREATE TABLE prints (i isbn);' }),
  ],
  ['ALTER DOMAIN isbn SET NOT NULL;', 'lock-heavy', inLibrary({ extra: 'CREATE DOMAIN isbn AS text; CREATE TABLE prints (i isbn);' })],
  ['ALTER DOMAIN isbn ADD CHECK (length(VALUE) = 13);', 'safe', inLibrary({ extra: 'CREATE DOMAIN isbn AS text;' })],
  ["ALTER DOMAIN isbn SET DEFAULT 'x';", 'safe', inLibrary({ extra: 'CREATE DOMAIN isbn AS text; CREATE TABLE prints (i isbn);' })],
  ['ALTER DOMAIN postcode SET NOT NULL;', 'lock-heavy', {}],
  // vacuum-full-cluster, refresh-matview-blocking
  ['VACUUM FULL loans;', 'lock-heavy rewrite', apart],
  ['VACUUM (FULL, ANALYZE) loans;', 'lock-heavy rewrite', apart],
  ['VACUUM (ANALYZE) loans;', 'safe', apart],
  ['VACUUM loans;', 'fails', within],
  ['CLUSTER loans USING loans_due;', 'lock-heavy rewrite', apart],
  ['ALTER TABLE loans CLUSTER ON loans_due;', 'safe', k],
  ['ANALYZE loans;', 'safe', within],
  ['REFRESH MATERIALIZED VIEW per_author;', 'lock-heavy', k],
  [
    'REFRESH MATERIALIZED VIEW CONCURRENTLY per_author;',
    'safe',
    inLibrary({ prior: 'CREATE UNIQUE INDEX per_author_i ON per_author (author_id);' }),
  ],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY per_author;', 'fails', k],
  ['CREATE MATERIALIZED VIEW m AS SELECT 1 AS a WITH NO DATA;\nREFRESH MATERIALIZED VIEW m;', 'safe', k],
  // attach-partition-scanning, detach-partition-blocking
  ["ALTER TABLE readings ATTACH PARTITION readings_25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');", 'lock-heavy', parted],
  [
    "ALTER TABLE readings ATTACH PARTITION readings_25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
    'safe',
    inLibrary({
      extra: readings,
      prior:
        "ALTER TABLE readings_25 ADD CONSTRAINT y CHECK (taken >= '2025-01-01' AND taken < '2026-01-01') NOT VALID; ALTER TABLE readings_25 VALIDATE CONSTRAINT y;",
    }),
  ],
  [
    "CREATE TABLE readings_26 (LIKE readings INCLUDING ALL);\nALTER TABLE readings ATTACH PARTITION readings_26 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    'safe',
    parted,
  ],
  ["CREATE TABLE readings_26 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');", 'caution', parted],
  ['ALTER TABLE readings DETACH PARTITION readings_24;', 'lock-heavy', parted],
  ['ALTER TABLE readings DETACH PARTITION readings_24 CONCURRENTLY;', 'safe', inLibrary({ extra: readings, tx: false })],
  ['ALTER TABLE readings DETACH PARTITION readings_24 CONCURRENTLY;', 'fails', inLibrary({ extra: readings, tx: true })],
  ['ALTER TABLE readings DETACH PARTITION readings_24 CONCURRENTLY;', 'fails', inLibrary({ extra: readings, tx: false, pg: 13 })],
  // table-rewrite-options
  ['ALTER TABLE loans SET UNLOGGED;', 'lock-heavy rewrite', k],
  ['ALTER TABLE loans SET LOGGED;', 'safe', k],
  ['ALTER TABLE loans SET TABLESPACE fast;', 'lock-heavy rewrite', inLibrary({ notHere: true })],
  ['ALTER TABLE loans SET (fillfactor = 80);', 'safe', k],
  ['ALTER TABLE loans ALTER COLUMN note SET STATISTICS 500;', 'safe', k],
  ['ALTER TABLE books ALTER COLUMN attrs SET STORAGE EXTERNAL;', 'safe', k],
  ['ALTER TABLE loans SET (autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_enabled = true);', 'safe', k],
  ['ALTER TABLE loans REPLICA IDENTITY FULL;', 'caution', k],
  // explicit-lock, work-under-exclusive-lock
  [
    'BEGIN;\nLOCK TABLE loans IN ACCESS EXCLUSIVE MODE;\nUPDATE loans SET note = upper(note) WHERE id < 1000;\nCOMMIT;',
    'lock-heavy',
    apart,
  ],
  ['LOCK TABLE loans;', 'lock-heavy', within],
  ['LOCK TABLE loans IN ROW EXCLUSIVE MODE;', 'safe', within],
  ['LOCK TABLE loans IN SHARE MODE;', 'fails', inLibrary({ tx: false, notHere: true })],
  ['CREATE TABLE desks (id int); LOCK TABLE desks IN ACCESS EXCLUSIVE MODE;', 'safe', within],
  ['ALTER TABLE loans ADD COLUMN n int;\nSELECT count(*) FROM books WHERE price > 10;', 'lock-heavy', within],
  ["ALTER TABLE loans ADD COLUMN n int;\nINSERT INTO schema_migrations (version) VALUES ('20240102030405');", 'safe', { tx: true }],
  ['ALTER TABLE loans ADD COLUMN n int;\nUPDATE loans SET n = 1 WHERE id BETWEEN 1 AND 500;', 'lock-heavy', within],
  ['ALTER TABLE loans ADD COLUMN n int;\nUPDATE loans SET n = 1 WHERE id BETWEEN 1 AND 500;', 'caution', apart],
  ["SET lock_timeout = '2s';\nSET statement_timeout = '1min';\nALTER TABLE loans ADD COLUMN n int;", 'safe', within],
  // triggers, attached things
  ['ALTER TABLE loans DISABLE TRIGGER ALL;', 'caution', k],
  ['CREATE STATISTICS s ON due, fee FROM loans;', 'safe', k],
  ['COMMENT ON COLUMN loans.due IS $$when it is due$$;', 'safe', k],
  ['ALTER INDEX books_title RENAME TO books_by_title;', 'safe', k],
  ['ALTER TABLE loans OWNER TO CURRENT_USER;', 'safe', k],
]
