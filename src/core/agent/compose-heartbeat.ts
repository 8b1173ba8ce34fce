import { arch, release } from 'node:os'
import { type HeartbeatRequest, PROTOCOL_VERSION, type RegisterRequest } from '../protocol/agents.ts'
import type { AgentFacts } from './agent-facts.ts'

/** What the agent says of itself and its machine when it registers, and again with each heartbeat. */
export function describeAgent({ name, agent_version, hostname }: AgentFacts): RegisterRequest {
  return {
    name,
    agent_version,
    protocol_version: PROTOCOL_VERSION,
    hostname,
    platform: process.platform,
    os_version: release(),
    architecture: arch(),
  }
}

/** What a heartbeat says; who sends it adds who it is, the time and the journal. */
export function composeHeartbeat(facts: AgentFacts): HeartbeatRequest {
  const { printers, discovery, journal } = facts
  return {
    ...describeAgent(facts),
    status: 'active',
    uptime_seconds: facts.uptime_seconds,
    devices_count: printers.total,
    last_scan: discovery.last,
    memory_mb: facts.memory_mb,
    cpu_percent: facts.cpu_percent,
    last_error: facts.last_error,
    queue_length: journal.queue_length,
    queue_age_seconds: journal.queue_age_seconds,
  }
}
