/**
 * Times are integers: milliseconds since 1970, UTC. Rows refer to agents and devices by their rowid; `agent_id` and
 * `device_id` are what the outside knows them by. STRICT tables take no text for a number.
 */
export const INITIAL = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
  id INTEGER PRIMARY KEY,
  agent_id TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL DEFAULT 'default',
  name TEXT,
  registration_key_hash BLOB UNIQUE,
  enrolled_with INTEGER REFERENCES tokens (id),
  registered_at INTEGER NOT NULL,
  revoked_at INTEGER,
  hostname TEXT,
  ip TEXT,
  remote_address TEXT,
  platform TEXT,
  os_version TEXT,
  architecture TEXT,
  agent_version TEXT,
  protocol_version TEXT,
  last_seen INTEGER,
  last_heartbeat INTEGER,
  last_scan INTEGER,
  last_upload INTEGER,
  uptime_seconds REAL,
  memory_mb REAL,
  cpu_percent REAL,
  queue_length INTEGER,
  queue_age_seconds REAL,
  last_error TEXT,
  clock_offset_ms INTEGER,
  metrics_count INTEGER NOT NULL DEFAULT 0
) STRICT;

-- the health of an agent over time: its last heartbeat in each five minutes
CREATE TABLE agent_health (
  agent INTEGER NOT NULL REFERENCES agents (id),
  site_id TEXT NOT NULL DEFAULT 'default',
  period INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  status TEXT,
  uptime_seconds REAL,
  devices_count INTEGER,
  memory_mb REAL,
  cpu_percent REAL,
  queue_length INTEGER,
  queue_age_seconds REAL,
  clock_offset_ms INTEGER,
  last_error TEXT,
  PRIMARY KEY (agent, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  token_id TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL CHECK (scope IN ('enrolment', 'agent', 'viewer', 'admin')),
  site_id TEXT NOT NULL DEFAULT 'default',
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  name TEXT,
  agent INTEGER REFERENCES agents (id),
  takes_over TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  max_uses INTEGER,
  uses INTEGER NOT NULL DEFAULT 0,
  revoked_at INTEGER
) STRICT;
CREATE INDEX tokens_by_agent ON tokens (agent) WHERE agent IS NOT NULL;

-- what is held of each journal without a gap: behind last_seq nothing is missing
CREATE TABLE journals (
  agent INTEGER NOT NULL REFERENCES agents (id),
  site_id TEXT NOT NULL DEFAULT 'default',
  journal_id TEXT NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (agent, journal_id)
) STRICT, WITHOUT ROWID;

-- the batches of each journal that were stored, with the answer that the agent got
CREATE TABLE batches (
  agent INTEGER NOT NULL REFERENCES agents (id),
  site_id TEXT NOT NULL DEFAULT 'default',
  journal_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  content_hash BLOB NOT NULL,
  received INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  PRIMARY KEY (agent, journal_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id INTEGER PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL DEFAULT 'default',
  agent INTEGER REFERENCES agents (id),
  merged_into INTEGER REFERENCES devices (id),
  manufacturer TEXT COLLATE NOCASE,
  model TEXT COLLATE NOCASE,
  serial TEXT,
  mac_address TEXT,
  hostname TEXT,
  ip TEXT,
  port INTEGER,
  printer_index INTEGER,
  firmware TEXT,
  location TEXT,
  contact TEXT,
  asset_number TEXT,
  status TEXT,
  page_count INTEGER,
  lowest_supply INTEGER,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_last_seen ON devices (last_seen, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_first_seen ON devices (first_seen, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_manufacturer ON devices (manufacturer, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_model ON devices (model, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_serial ON devices (serial, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_location ON devices (location, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_page_count ON devices (page_count, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_supply ON devices (lowest_supply, id) WHERE merged_into IS NULL;
CREATE INDEX devices_by_mac_address ON devices (mac_address) WHERE merged_into IS NULL;
CREATE INDEX devices_by_ip ON devices (ip) WHERE merged_into IS NULL;
CREATE INDEX devices_by_status ON devices (status) WHERE merged_into IS NULL;
CREATE INDEX devices_by_agent ON devices (agent) WHERE merged_into IS NULL;
CREATE INDEX devices_by_merge ON devices (merged_into) WHERE merged_into IS NOT NULL;

-- the last device item, whole; apart from devices, whose rows are written with every reading
CREATE TABLE device_snapshots (
  device INTEGER PRIMARY KEY REFERENCES devices (id),
  site_id TEXT NOT NULL DEFAULT 'default',
  at INTEGER NOT NULL,
  item TEXT NOT NULL
) STRICT;

-- what printers show of themselves; addresses count within one agent (0 for what counts everywhere)
CREATE TABLE device_identities (
  site_id TEXT NOT NULL DEFAULT 'default',
  kind TEXT NOT NULL CHECK (kind IN ('serial', 'mac', 'device_id', 'address')),
  value TEXT NOT NULL,
  agent INTEGER NOT NULL DEFAULT 0,
  device INTEGER NOT NULL REFERENCES devices (id),
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (kind, value, agent, site_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_identities_by_device ON device_identities (device);
-- the value of a serial is maker|number: the number alone, for readings that do not tell the maker
CREATE INDEX device_identities_by_number ON device_identities (substr(value, instr(value, '|') + 1), site_id)
  WHERE kind = 'serial';

-- every agent that has read a device
CREATE TABLE device_agents (
  device INTEGER NOT NULL REFERENCES devices (id),
  site_id TEXT NOT NULL DEFAULT 'default',
  agent INTEGER NOT NULL REFERENCES agents (id),
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (device, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics_history (
  id INTEGER PRIMARY KEY,
  reading_id BLOB NOT NULL UNIQUE CHECK (length(reading_id) = 16),
  site_id TEXT NOT NULL DEFAULT 'default',
  agent INTEGER NOT NULL REFERENCES agents (id),
  device INTEGER NOT NULL REFERENCES devices (id),
  sampled_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  clock_offset_ms INTEGER,
  time_mark TEXT,
  status TEXT,
  page_count INTEGER,
  color_pages INTEGER,
  mono_pages INTEGER,
  print_pages INTEGER,
  copy_pages INTEGER,
  fax_pages INTEGER,
  scan_count INTEGER,
  duplex_pages INTEGER,
  large_pages INTEGER,
  lowest_supply INTEGER,
  -- 1 where the agent was not the one that the device is read by
  of_other_agent INTEGER NOT NULL DEFAULT 0 CHECK (of_other_agent IN (0, 1)),
  rest TEXT NOT NULL
) STRICT;
CREATE INDEX metrics_history_by_device ON metrics_history (device, of_other_agent, sampled_at, id);
-- few: of clocks that run ahead, whose readings count from their arrival
CREATE INDEX metrics_history_ahead ON metrics_history (device, received_at, id)
  WHERE sampled_at > received_at AND of_other_agent = 0;

CREATE TABLE metrics_daily (
  device INTEGER NOT NULL REFERENCES devices (id),
  day INTEGER NOT NULL,
  site_id TEXT NOT NULL DEFAULT 'default',
  summary TEXT NOT NULL,
  PRIMARY KEY (device, day)
) STRICT, WITHOUT ROWID;

-- body holds the bytes that the hash is taken over; the columns repeat what queries ask for
CREATE TABLE audit_log (
  seq INTEGER PRIMARY KEY,
  site_id TEXT NOT NULL DEFAULT 'default',
  event_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  agent_id TEXT,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  resource_type TEXT,
  resource_id TEXT,
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  UNIQUE (actor, event_id)
) STRICT;
CREATE INDEX audit_log_by_time ON audit_log (recorded_at, seq);
CREATE INDEX audit_log_by_agent ON audit_log (agent_id, seq) WHERE agent_id IS NOT NULL;
CREATE INDEX audit_log_by_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_by_action ON audit_log (action, seq);
CREATE INDEX audit_log_by_resource ON audit_log (resource_id, seq) WHERE resource_id IS NOT NULL;

CREATE TABLE retention_policies (
  id INTEGER PRIMARY KEY,
  site_id TEXT NOT NULL DEFAULT 'default',
  metric_type TEXT NOT NULL,
  keep_detailed_days INTEGER NOT NULL CHECK (keep_detailed_days > 0),
  keep_summary_days INTEGER NOT NULL CHECK (keep_summary_days > 0),
  delete_after_days INTEGER NOT NULL CHECK (delete_after_days > 0),
  UNIQUE (site_id, metric_type)
) STRICT;
INSERT INTO retention_policies (metric_type, keep_detailed_days, keep_summary_days, delete_after_days) VALUES
  ('page_counts', 30, 365, 730),
  ('supply_levels', 30, 365, 730),
  ('status', 30, 365, 730),
  ('audit', 730, 730, 730);

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL DEFAULT 'default',
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  agent INTEGER REFERENCES agents (id),
  device INTEGER REFERENCES devices (id),
  subject TEXT,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  details TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (kind, coalesce(agent, 0), coalesce(device, 0), coalesce(subject, ''))
  WHERE closed_at IS NULL;

-- what changed, in order, for live views; the newest row is never deleted, so no number is given twice
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  site_id TEXT NOT NULL DEFAULT 'default',
  kind TEXT NOT NULL CHECK (kind IN ('agent', 'device', 'alert')),
  id INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
`
