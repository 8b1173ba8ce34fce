import type { StoredEntry } from '../audit/chain.ts'
import type { Signed } from '../audit/head.ts'
import type {
  Agent,
  AgentDetail,
  AgentHealth,
  AgentStatus,
  HeartbeatRequest,
  RegisterRequest,
} from '../protocol/agents.ts'
import type { Alert, AlertDelivery, AlertKind, AlertLevel } from '../protocol/alerts.ts'
import type { AuditEntry } from '../protocol/audit.ts'
import type { BatchKind, InvalidItem } from '../protocol/batches.ts'
import type { Command, CommandKind, CommandParams, CommandRecord, CommandUpdate } from '../protocol/commands.ts'
import type { Device, DeviceDetail, DeviceSort, WireSupply } from '../protocol/devices.ts'
import type { FleetPeriod, Metric, MetricPeriod, Resolution } from '../protocol/metrics.ts'
import type { Scope, Token } from '../protocol/tokens.ts'
import type { Actor } from './actor.ts'
import type { CheckedItem } from './checked-item.ts'
import type { Page, PageRequest } from './page.ts'
import type { RetentionStore } from './retention.ts'
import type { SupplyLevel } from './supply-levels.ts'

export type { Actor, Page, PageRequest }

/**
 * The database behind one interface. Every method is one whole operation: it commits, audit entry and `changes` rows
 * included, before it answers, or it changes nothing. Times are milliseconds since 1970 (UTC), given by the caller: the
 * store has no clock. Answers are in the words of the protocol.
 *
 * Methods throw `StoreError` when the database refuses (disk full, locked, corrupt); everything that a caller can have
 * asked for wrongly is a value of the answer.
 */
export interface Store extends RetentionStore {
  describe(): Promise<StoreDescription>

  createToken(token: NewToken, actor: Actor, now: number): Promise<Token>
  /** By `token_id`, newest first. */
  listTokens(now: number): Promise<Token[]>
  /** Revoking an agent token bars the agent until an enrolment token that names it is used. Null for an unknown id. */
  revokeToken(token_id: string, actor: Actor, now: number): Promise<Token | null>
  /** What the SHA-256 of a presented token opens; null when there is no such token. Expired and revoked ones are found. */
  findToken(hash: Uint8Array): Promise<TokenRecord | null>
  /** Of these tokens those that open nothing any more: revoked, expired, replaced. */
  findEndedTokens(token_ids: readonly string[], now: number): Promise<string[]>
  /** Grows with every change of tokens, whichever process made it. */
  tokensVersion(): Promise<number>
  /** True while an enrolment token is valid, and once an agent has registered. */
  hasEnrolment(now: number): Promise<boolean>

  registerAgent(registration: Registration, actor: Actor, now: number): Promise<RegistrationOutcome>
  recordHeartbeats(heartbeats: readonly Heartbeat[]): Promise<void>
  listAgents(query: AgentsFilter, now: number): Promise<Page<Agent>>
  findAgent(agent_id: string, offlineAfterMs: number, now: number): Promise<AgentDetail | null>
  /** Oldest first; null when there is no such agent. */
  listAgentHealth(query: AgentHealthFilter): Promise<Page<AgentHealth> | null>
  /** The sequence number up to which a journal is held without a gap (0 while batch 1 is missing); null for an unknown one. */
  lastSeq(agent_id: string, journal_id: string): Promise<number | null>

  /** Several batches in one transaction, each whole or not at all; the outcomes in the same order. */
  ingestBatches(batches: readonly CheckedBatch[]): Promise<BatchOutcome[]>
  listDevices(query: DevicesFilter): Promise<Page<Device>>
  /** Finds the surviving device for the id of one that was merged. */
  findDevice(device_id: string): Promise<DeviceDetail | null>
  /** What these devices said last of supplies and alerts; without those that are unknown or were merged away. */
  readDeviceReports(device_ids: readonly string[]): Promise<DeviceReport[]>
  /** What is measured of every device, for gauges: in the order in which they came to be known. */
  listDeviceLevels(query: PageRequest): Promise<Page<DeviceLevels>>
  /** Null when there is no such device. */
  listMetrics(query: MetricsFilter): Promise<(Page<Metric | MetricPeriod> & { device_id: string }) | null>
  /**
   * Of all devices, by device_id and then by time; raw ones under the id that they came under, whatever was merged since:
   * what is there when a walk begins comes once, whatever happens meanwhile.
   */
  listFleetMetrics(query: FleetMetricsFilter): Promise<Page<Metric | FleetPeriod>>

  /** What changed behind `after`, each row as it is now, oldest change first; for live views. */
  readChanges(query: ChangesFilter, now: number): Promise<ChangesPage>
  /** Everything that is there at one moment, in parts: agents first, then devices, then open alerts. */
  readSnapshot(query: SnapshotFilter, now: number): Promise<SnapshotPage>

  /** What the presence monitor decided: agents, changes and nothing else. Unknown agents are passed over. */
  recordPresence(decisions: readonly PresenceDecision[]): Promise<void>
  /** What the monitor needs to know of every agent when it starts, and of new ones; `after` is the last rowid it has. */
  listPresence(after: number): Promise<readonly PresenceRow[]>

  /** `too_many`: so many of this agent have not ended. */
  createCommand(command: NewCommand, actor: Actor, now: number): Promise<CommandRecord | 'agent_unknown' | 'too_many'>
  findCommand(command_id: string): Promise<CommandRecord | null>
  /** Newest first. */
  listCommands(agent_id: string, limit: number): Promise<CommandRecord[]>
  /** Those that an agent that is there now has to be handed: not expired, without an update so far. Marks them sent. */
  takeCommands(agent_id: string, now: number): Promise<Command[]>
  /**
   * Ends of commands are audited. A command that has ended stays as it ended, but for one that was handed over and
   * presumed expired: its agent knows better. Of another agent it is none.
   */
  updateCommand(agent_id: string, update: CommandUpdate, now: number): Promise<CommandRecord | null>
  /** Ends those that nobody began in time. Gives how many. */
  expireCommands(now: number): Promise<number>

  listAlerts(query: AlertsFilter): Promise<Page<Alert>>
  /** Opens and closes alerts, with a delivery to each channel for each; what is open already, or closed, stays. */
  recordAlerts(changes: readonly AlertChange[], channels: readonly string[], now: number): Promise<void>
  /** Null for an unknown one. Audited. */
  acknowledgeAlert(alert_id: string, actor: Actor, channels: readonly string[], now: number): Promise<Alert | null>
  /** Those whose time has come, oldest first: of all channels or of one. An alert's own come one after the other. */
  nextDeliveries(limit: number, now: number, channel?: string): Promise<Delivery[]>
  recordDelivery(delivery_id: number, outcome: DeliveryOutcome, now: number): Promise<void>
  /** What became of each word of an alert to each channel, oldest first; null for an unknown alert. */
  listDeliveries(alert_id: string): Promise<readonly AlertDelivery[] | null>

  /** Appends what others did; an `event_id` that its actor used already is passed over. Gives how many were new. */
  recordAudit(events: readonly NewAuditEvent[]): Promise<number>
  listAudit(query: AuditFilter): Promise<Page<AuditEntry>>
  /** Entries as they are stored, oldest first, behind the one with this number. */
  readAuditChain(after: number, limit: number): Promise<StoredEntry[]>
  /** Where the chain begins and ends, and what stands for the entries that were let go. */
  readAuditEnds(): Promise<AuditEnds & { readonly stub: Signed | null }>
  /** Lets go of all entries up to the one that a signed stub names. Gives how many. */
  pruneAudit(stub: Signed): Promise<number>

  /** For /metrics and /readyz: cheap enough for every scrape. */
  count(offlineAfterMs: number, now: number): Promise<StoreCounts>
  /** Writes a mark and commits: fulfilled where the database takes what is written. */
  tryWrite(now: number): Promise<void>
  /** A copy as of now, written beside `file` and moved there when it is whole; ingest goes on meanwhile. */
  backup(file: string): Promise<{ bytes: number }>
  check(): Promise<CheckReport>
  /** Moves the write-ahead log into the database file and closes it. */
  close(): Promise<void>
}

export const DEFAULT_SITE = 'default'

export interface StoreDescription {
  /** A UUID made with the database; a restored backup keeps it. */
  readonly store_id: string
  readonly schema_version: number
  readonly path: string
}

export interface NewToken {
  readonly scope: Exclude<Scope, 'agent'>
  readonly hash: Uint8Array
  readonly name: string | null
  readonly agent_id: string | null
  readonly expires_at: number | null
  readonly max_uses: number | null
  readonly site_id?: string
}

/** What a door-keeper needs to know of a token. */
export interface TokenRecord {
  readonly token_id: string
  readonly scope: Scope
  readonly site_id: string
  /** SHA-256 of the token, for the comparison in constant time. */
  readonly hash: Uint8Array
  /** Agent tokens: whose it is. Enrolment tokens: the agent that it may take over. */
  readonly agent_id: string | null
  readonly expires_at: number | null
  /** Enrolment tokens: null for any number. */
  readonly uses_left: number | null
  readonly revoked_at: number | null
}

export interface Registration {
  /** Of the enrolment token that was presented. */
  readonly enrolment_token_id: string
  /** SHA-256 of the registration key; null when the client has none. */
  readonly registration_key_hash: Uint8Array | null
  /** Taken when the request names no agent. */
  readonly new_agent_id: string
  /** SHA-256 of the agent token that the answer will show. */
  readonly token_hash: Uint8Array
  readonly request: RegisterRequest
}

/**
 * `registered`: a new agent, one use spent. `repeated`: the same registration key, a fresh token in place of the former,
 * no use spent. `taken_over`: the enrolment token names this agent. The rest are refusals, audited as such.
 */
export type RegistrationOutcome =
  | { readonly outcome: 'registered' | 'repeated' | 'taken_over'; readonly agent_id: string; readonly site_id: string }
  | { readonly outcome: 'agent_exists' | 'agent_revoked' | 'agent_mismatch' | 'token_expired' | 'token_revoked' }

export interface Heartbeat {
  readonly agent_id: string
  readonly received_at: number
  readonly remote_address: string | null
  /** Clock of the agent less ours; null when the heartbeat told no time. */
  readonly clock_offset_ms: number | null
  readonly request: HeartbeatRequest
}

/** A batch that was unpacked and checked: its items have the words of the protocol, and at least one identity each. */
export interface CheckedBatch {
  readonly kind: BatchKind
  readonly agent_id: string
  /** Null for a client that does not count its batches. */
  readonly journal_id: string | null
  readonly seq: number | null
  /** SHA-256 of the unpacked bytes. */
  readonly content_hash: Uint8Array
  readonly received_at: number
  /** When the batch was put together, by the agent's clock; null when it does not say. */
  readonly batch_time: number | null
  /** Clock of the agent less ours, measured with this request; null when it told no time of sending. */
  readonly clock_offset_ms: number | null
  readonly items: readonly CheckedItem[]
  /** JSON of the keys that no schema names; null when there are none. Kept with the key of the batch. */
  readonly other: string | null
  readonly ip_address: string | null
}

export type BatchOutcome =
  | {
      readonly outcome: 'stored' | 'repeated'
      readonly received: number
      readonly stored: number
      readonly duplicates: number
      /** Device items of which nothing is held: another agent is the source of their devices. */
      readonly passed_over: number
      readonly stored_at: number
      readonly last_seq: number | null
    }
  | { readonly outcome: 'journal_fork'; readonly last_seq: number | null }
  | { readonly outcome: 'invalid_items'; readonly items: readonly InvalidItem[] }
  | { readonly outcome: 'agent_unknown' }

export interface AgentsFilter extends PageRequest {
  readonly site_id?: string
  readonly status?: AgentStatus
  readonly offlineAfterMs: number
}

export interface AgentHealthFilter extends PageRequest {
  readonly agent_id: string
  /** Milliseconds of `received_at`; `from` is in, `to` is out. */
  readonly from?: number
  readonly to?: number
}

export interface DevicesFilter extends PageRequest {
  readonly site_id?: string
  readonly agent_id?: string
  readonly manufacturer?: string
  readonly model?: string
  readonly serial?: string
  readonly mac_address?: string
  readonly ip?: string
  readonly status?: string
  readonly search?: string
  readonly supply_below?: number
  /** Milliseconds. */
  readonly seen_since?: number
  readonly sort?: DeviceSort | `-${DeviceSort}`
}

/** Of the newest readings of the source that told the one and the other; null where none did. */
export interface DeviceReport {
  readonly device_id: string
  /** Null as well where they could not be read. */
  readonly supplies: readonly WireSupply[] | null
  /** As scan prints them. */
  readonly alerts: readonly Readonly<Record<string, unknown>>[] | null
}

export interface DeviceLevels
  extends Pick<Device, 'device_id' | 'agent_id' | 'manufacturer' | 'model' | 'serial' | 'location' | 'page_count'> {
  /** As the last reading that told of supplies has them. */
  readonly supplies: readonly SupplyLevel[]
}

export interface MetricsFilter extends PageRequest {
  readonly device_id: string
  /** Milliseconds; `from` is in, `to` is out. */
  readonly from?: number
  readonly to?: number
  readonly resolution: Resolution
}

export interface FleetMetricsFilter extends PageRequest {
  /** Milliseconds; `from` is in, `to` is out. */
  readonly from?: number
  readonly to?: number
  readonly resolution: Resolution
  readonly site_id?: string
  /** Raw: who brought it. Hours and days: who the device is read by. */
  readonly agent_id?: string
  /** Each with those that were merged with it. */
  readonly device_ids?: readonly string[]
}

export interface AuditFilter extends PageRequest {
  readonly agent_id?: string
  readonly actor?: string
  readonly action?: string
  readonly resource_type?: string
  readonly resource_id?: string
  /** Milliseconds of `recorded_at`; `from` is in, `to` is out. */
  readonly from?: number
  readonly to?: number
}

/** The entry behind which the chain begins, and its last one; null where what was written down is damaged or missing. */
export interface AuditEnds {
  readonly start: { readonly seq: number; readonly hash: string } | null
  readonly end: { readonly seq: number; readonly hash: string } | null
}

export interface ChangesFilter {
  readonly after: number
  readonly limit: number
  readonly offlineAfterMs: number
  readonly site_id?: string
}

export interface LiveRows {
  readonly agents: readonly Agent[]
  readonly devices: readonly Device[]
  readonly alerts: readonly Alert[]
}

export interface ChangesPage extends LiveRows {
  /** The last change that is in it; `after` where there is none. */
  readonly seq: number
  readonly gone_devices: readonly string[]
  /** True where changes behind `after` are no longer kept, or `after` is of another database: a snapshot is needed. */
  readonly isLost: boolean
}

export interface SnapshotFilter extends PageRequest {
  readonly offlineAfterMs: number
  readonly site_id?: string
}

export interface SnapshotPage extends LiveRows {
  /** The last change when the first part was read: changes from there on may be in it or not. */
  readonly seq: number
  readonly next_cursor: string | null
}

export interface PresenceRow {
  /** Rowid. */
  readonly id: number
  readonly agent_id: string
  readonly registered_at: number
  readonly status: AgentStatus | null
  readonly status_since: number | null
  readonly status_reason: string | null
  readonly connection: 'websocket' | 'http' | null
  readonly last_seen: number | null
  readonly last_scan: number | null
  readonly last_upload: number | null
  readonly heartbeat_interval_seconds: number | null
  readonly upload_interval_seconds: number | null
  readonly discovery_interval_seconds: number | null
}

export interface PresenceDecision {
  readonly agent_id: string
  readonly status: AgentStatus
  readonly reason: string | null
  readonly at: number
  readonly connection: 'websocket' | 'http' | null
}

export interface NewCommand {
  readonly command_id: string
  readonly agent_id: string
  readonly kind: CommandKind
  readonly params: CommandParams
  readonly expires_at: number
}

export interface AlertsFilter extends PageRequest {
  readonly site_id?: string
  readonly agent_id?: string
  readonly device_id?: string
  readonly kind?: AlertKind
  readonly severity?: AlertLevel
  readonly state?: 'open' | 'closed' | 'all'
  /** Milliseconds of `opened_at`. */
  readonly from?: number
  readonly to?: number
  /** Milliseconds of `closed_at`. */
  readonly closed_since?: number
}

/** One alert per (kind, agent, device, subject) is open at a time. */
export interface AlertChange {
  readonly change: 'open' | 'close'
  readonly kind: AlertKind
  readonly severity: AlertLevel
  readonly agent_id: string | null
  readonly device_id: string | null
  readonly subject: string | null
  readonly message: string
  /** What a closing has of them is added to those of the alert. */
  readonly details: Readonly<Record<string, unknown>>
  readonly at: number
  /** In place of those of the call. That it is closed hears only who was told that it was opened. */
  readonly channels?: readonly string[]
}

export interface Delivery {
  readonly delivery_id: number
  readonly channel: string
  readonly event: 'opened' | 'closed' | 'acknowledged'
  readonly tries: number
  readonly alert: Alert
}

export type DeliveryOutcome =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'failed'; readonly error: string; readonly next_try_at: number }
  | { readonly outcome: 'given_up'; readonly error: string }

export interface NewAuditEvent {
  /** Null: what an agent says gets one that is derived from agent, time and content, the rest a random one. */
  readonly event_id: string | null
  readonly actor: Actor
  readonly site_id?: string
  readonly agent_id: string | null
  readonly action: string
  readonly resource_type: string | null
  readonly resource_id: string | null
  readonly outcome: string
  readonly details: Readonly<Record<string, unknown>>
  readonly occurred_at: number
  readonly recorded_at: number
}

export interface StoreCounts {
  readonly agents: Readonly<Record<AgentStatus, number>>
  readonly devices: number
  readonly size_bytes: number
}

export interface CheckReport {
  readonly schema_version: number
  /** One sentence each; empty when all is well. */
  readonly problems: readonly string[]
  readonly rows: Readonly<Record<string, number>>
}
