/** What the live channel needs: presence as it was decided, commands, deliveries of alerts. */
export const LIVE = `
-- as the presence monitor decided it last; null until it has
ALTER TABLE agents ADD COLUMN status TEXT CHECK (status IN ('active', 'inactive', 'offline'));
ALTER TABLE agents ADD COLUMN status_since INTEGER;
ALTER TABLE agents ADD COLUMN status_reason TEXT;
ALTER TABLE agents ADD COLUMN connection TEXT CHECK (connection IN ('websocket', 'http'));
-- as it says: how often it does what it does
ALTER TABLE agents ADD COLUMN heartbeat_interval_seconds INTEGER;
ALTER TABLE agents ADD COLUMN upload_interval_seconds INTEGER;
ALTER TABLE agents ADD COLUMN discovery_interval_seconds INTEGER;

CREATE TABLE commands (
  id INTEGER PRIMARY KEY,
  command_id TEXT NOT NULL UNIQUE,
  site_id TEXT NOT NULL DEFAULT 'default',
  agent INTEGER NOT NULL REFERENCES agents (id),
  kind TEXT NOT NULL,
  params TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'running', 'succeeded', 'failed', 'refused', 'expired')),
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  sent_at INTEGER,
  ended_at INTEGER,
  percent INTEGER,
  message TEXT,
  result TEXT
) STRICT;
CREATE INDEX commands_by_agent ON commands (agent, id);
CREATE INDEX commands_open ON commands (agent, id) WHERE ended_at IS NULL;

ALTER TABLE alerts ADD COLUMN message TEXT NOT NULL DEFAULT '';
CREATE INDEX alerts_by_time ON alerts (opened_at, id);
CREATE INDEX alerts_by_agent ON alerts (agent, opened_at, id) WHERE agent IS NOT NULL;
CREATE INDEX alerts_by_device ON alerts (device, opened_at, id) WHERE device IS NOT NULL;
CREATE INDEX alerts_open_by_time ON alerts (opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX alerts_open_by_device ON alerts (device, kind) WHERE closed_at IS NULL;
CREATE INDEX alerts_by_close ON alerts (closed_at) WHERE closed_at IS NOT NULL;

-- each word of an alert to each channel, until it got through or was given up
CREATE TABLE alert_deliveries (
  id INTEGER PRIMARY KEY,
  site_id TEXT NOT NULL DEFAULT 'default',
  alert INTEGER NOT NULL REFERENCES alerts (id),
  channel TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('opened', 'closed', 'acknowledged')),
  created_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER,
  delivered_at INTEGER,
  given_up_at INTEGER,
  last_error TEXT,
  UNIQUE (alert, channel, event)
) STRICT;
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_try_at, id) WHERE next_try_at IS NOT NULL;
CREATE INDEX alert_deliveries_due_by_channel ON alert_deliveries (channel, next_try_at, id)
  WHERE next_try_at IS NOT NULL;
`
