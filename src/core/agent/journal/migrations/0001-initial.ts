/**
 * Times are integers: milliseconds since 1970, UTC; `…_worked` counts the milliseconds that agents have worked on this
 * journal, which no clock can set forward. Entries never change; where they stand is in small tables beside them, so that
 * acknowledging thousands costs one row.
 */
export const INITIAL = `
CREATE TABLE journal (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  journal_id TEXT NOT NULL,
  last_acknowledged INTEGER NOT NULL DEFAULT 0,
  limit_bytes INTEGER NOT NULL DEFAULT 0,
  thinned INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0,
  events_dropped INTEGER NOT NULL DEFAULT 0,
  -- up to which entry readings are thinned already
  thinned_to_hours INTEGER NOT NULL DEFAULT 0,
  thinned_to_days INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE memory (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- in the order of recording; printer_id only for what a discovery found
CREATE TABLE entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  printer_id TEXT,
  recorded_at INTEGER NOT NULL,
  item TEXT NOT NULL
) STRICT;
CREATE INDEX entries_printer ON entries (printer_id) WHERE printer_id IS NOT NULL;

CREATE TABLE batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  journal_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  items INTEGER NOT NULL,
  digest BLOB NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_worked INTEGER,
  UNIQUE (journal_id, seq)
) STRICT;
CREATE INDEX batches_in_flight ON batches (id) WHERE acknowledged_at IS NULL;

-- without a batch an entry waits; the batch says whether it is acknowledged
CREATE TABLE outbox (
  entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  batch INTEGER REFERENCES batches (id)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (kind) WHERE batch IS NULL;
CREATE INDEX outbox_batch ON outbox (batch) WHERE batch IS NOT NULL;

CREATE TABLE quarantine (
  entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  quarantined_at INTEGER NOT NULL,
  quarantined_worked INTEGER NOT NULL
) STRICT;

CREATE TABLE printers (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  printer TEXT NOT NULL
) STRICT;

CREATE TABLE snapshots (
  printer INTEGER PRIMARY KEY REFERENCES printers (number) ON DELETE CASCADE,
  snapshot TEXT NOT NULL
) STRICT;

CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL UNIQUE,
  event TEXT NOT NULL
) STRICT;

-- what was let go unsent and is not told yet
CREATE TABLE losses (
  action TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  reported_worked INTEGER
) STRICT, WITHOUT ROWID;

-- how far entries and events had come after so much work
CREATE TABLE milestones (
  worked INTEGER PRIMARY KEY,
  last_entry INTEGER NOT NULL,
  last_event INTEGER NOT NULL
) STRICT;
`
