/** What the server asked for: written down before it is done, so that nothing is done twice. */
export const COMMANDS = `
CREATE TABLE commands (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  command_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  params TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'refused', 'expired')),
  message TEXT,
  result TEXT,
  ended_worked INTEGER,
  is_delivered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX commands_open ON commands (number) WHERE is_delivered = 0;
CREATE INDEX commands_ended ON commands (ended_worked) WHERE ended_worked IS NOT NULL;
`
