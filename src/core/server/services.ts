import type { AlertKeeper } from '../alerts/keeper.ts'
import type { ArchiveJobs } from '../retention/archive-jobs.ts'
import type { RetentionKeeper } from '../retention/keeper.ts'
import type { Door } from './auth/door.ts'
import type { RefusedAttempts } from './auth/refused-attempts.ts'
import type { ChangeBell } from './change-bell.ts'
import type { CommandOffice } from './commands/command-office.ts'
import type { HeartbeatBuffer } from './heartbeat-buffer.ts'
import type { Instruments } from './instruments.ts'
import type { JournalWatch } from './journal-watch.ts'
import type { BatchPlaces } from './limits/batch-places.ts'
import type { ListPlaces } from './limits/list-places.ts'
import type { RecordedRefusals } from './limits/recorded-refusals.ts'
import type { RefusedRegistrations } from './limits/refused-registrations.ts'
import type { RequestRate } from './limits/request-rate.ts'
import type { UnsentAnswers } from './limits/unsent-answers.ts'
import type { AgentHub, ViewHub } from './live/hubs.ts'
import type { LiveSettings } from './live/live-settings.ts'
import type { Tickets } from './live/tickets.ts'
import type { TokenWatch } from './live/token-watch.ts'
import type { PresenceMonitor } from './presence/presence-monitor.ts'
import type { BodyMeter } from './read-body.ts'
import type { ServerLog, ServerOptions } from './server-options.ts'
import type { StoreClient } from './store-client.ts'
import type { WriteState } from './write-state.ts'

/** What the routes work with. */
export interface Services {
  readonly options: ServerOptions
  readonly client: StoreClient
  readonly store_id: string
  readonly door: Door
  readonly attempts: RefusedAttempts
  readonly requestRate: RequestRate
  readonly registrations: RefusedRegistrations
  readonly refusals: RecordedRefusals
  readonly batchPlaces: BatchPlaces
  readonly lists: ListPlaces
  readonly unsent: UnsentAnswers
  readonly heartbeats: HeartbeatBuffer
  readonly journals: JournalWatch
  readonly commands: CommandOffice
  readonly presence: PresenceMonitor
  readonly agentHub: AgentHub
  readonly viewHub: ViewHub
  readonly tickets: Tickets
  readonly tokenWatch: TokenWatch
  readonly live_settings: LiveSettings
  /** Rung after every write that live views show. */
  readonly bell: ChangeBell
  readonly writes: WriteState
  readonly alerts: AlertKeeper
  readonly retention: RetentionKeeper
  readonly archives: ArchiveJobs
  readonly instruments: Instruments
  readonly bodies: BodyMeter
  readonly log: ServerLog
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds since some moment, of a clock that nobody sets. */
  readonly monotonic: () => number
  readonly started_at: number
  /** Set once: from then on only what is in flight is finished. */
  closing: boolean
}
