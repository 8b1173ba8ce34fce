/** Columns for what agents tell beyond the words of the protocol (JSON objects), and for printers that do not answer. */
export const WHAT_ELSE_IS_TOLD = `
ALTER TABLE agents ADD COLUMN reported_status TEXT;
ALTER TABLE agents ADD COLUMN reported_devices_count INTEGER;
ALTER TABLE agents ADD COLUMN registration_other TEXT;
ALTER TABLE agents ADD COLUMN heartbeat_other TEXT;
ALTER TABLE agent_health ADD COLUMN other TEXT;

ALTER TABLE batches ADD COLUMN other TEXT;
-- device items of devices that another agent is the source of
ALTER TABLE batches ADD COLUMN passed_over INTEGER NOT NULL DEFAULT 0;

ALTER TABLE devices ADD COLUMN offline_reason TEXT;
-- when it did not answer last; null while it does
ALTER TABLE devices ADD COLUMN offline_at INTEGER;

CREATE INDEX audit_log_by_resource_type ON audit_log (resource_type, seq) WHERE resource_type IS NOT NULL;
`
