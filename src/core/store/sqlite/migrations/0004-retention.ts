/**
 * What retention needs: days and months of readings, what was archived, where the audit log begins. Policies are kept only
 * where somebody set them; the others follow config.
 */
export const RETENTION = `
DELETE FROM retention_policies;

DROP TABLE metrics_daily;
-- a day of a printer, for all that was merged into it: the readings' counters, levels and states, packed, until their
-- policy lets go of each (null then); summary is what they come to, and where the next period begins
CREATE TABLE metrics_daily (
  device INTEGER NOT NULL REFERENCES devices (id),
  period INTEGER NOT NULL,
  site_id TEXT NOT NULL DEFAULT 'default',
  counters BLOB,
  levels BLOB,
  states BLOB,
  summary TEXT NOT NULL,
  PRIMARY KEY (device, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE metrics_monthly (
  device INTEGER NOT NULL REFERENCES devices (id),
  period INTEGER NOT NULL,
  site_id TEXT NOT NULL DEFAULT 'default',
  counters BLOB,
  levels BLOB,
  states BLOB,
  summary TEXT NOT NULL,
  PRIMARY KEY (device, period)
) STRICT, WITHOUT ROWID;

-- brought back from an archive: until when it is kept; it is not archived again
ALTER TABLE metrics_history ADD COLUMN restored_until INTEGER;
CREATE INDEX metrics_history_restored ON metrics_history (restored_until) WHERE restored_until IS NOT NULL;

-- a file of rows that were verified where they lie now; deleted_at tells that the rows are gone from here
CREATE TABLE archives (
  id INTEGER PRIMARY KEY,
  archive_id TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL DEFAULT 'default',
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  name TEXT NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  first_at INTEGER,
  last_at INTEGER,
  range TEXT NOT NULL,
  verified_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
CREATE INDEX archives_by_source ON archives (source, last_at);
CREATE INDEX archives_open ON archives (id) WHERE deleted_at IS NULL;

-- the beginning of the audit log that was let go: up to where, its hash, and the signature under that
CREATE TABLE audit_stubs (
  to_seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  public_key TEXT NOT NULL,
  signature BLOB NOT NULL
) STRICT;
`
