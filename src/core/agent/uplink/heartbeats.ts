import type { Clock } from '../../lifecycle/clock.ts'
import type { HeartbeatRequest } from '../../protocol/agents.ts'
import type { Journal } from '../journal/journal.ts'
import type { Account } from './account.ts'
import { HeardSchema } from './answers.ts'
import { type Holdings, rememberAsked, WENT_BACK_AGAIN } from './holdings.ts'
import type { Lane } from './lane.ts'
import type { Line } from './line.ts'
import type { LaneJob } from './run-lane.ts'
import type { UplinkLog, UplinkStatus } from './status.ts'
import type { UploadTimes } from './upload-times.ts'

export interface HeartbeatParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: UplinkLog
  readonly status: UplinkStatus
  readonly account: Account
  readonly lane: Lane
  readonly line: Line
  readonly times: UploadTimes
  readonly holdings: Holdings
  interval_ms(): number
  /** Everything but who, when and which journal. */
  composeHeartbeat(): HeartbeatRequest
  /** The server says up to where it holds this journal. */
  onHeld(journal_id: string, last_seq: number): void
  onUp(): void
  onWentBack(): void
  onOtherJournal(): void
}

/** Registers where that is needed, then says again and again how the agent is. The other lanes follow this one. */
export function createHeartbeats(parts: HeartbeatParts): LaneJob & { hurry(): void } {
  const { journal, clock, status, account, lane, line, times, holdings } = parts
  let next = 0

  const beat = async (signal: AbortSignal) => {
    const asked = rememberAsked(journal)
    const now = clock.now()
    const body = JSON.stringify({
      ...parts.composeHeartbeat(),
      agent_id: journal.recall('agent_id'),
      timestamp: new Date(now).toISOString(),
      journal_id: asked.journal_id,
    })
    const began = clock.monotonic()
    const request = { path: '/agents/heartbeat', schema: HeardSchema, body, size: 'small' } as const
    const verdict = await line.send(lane, request, signal)
    if (verdict === null) return
    if (verdict.kind === 'refused') return lane.failed(verdict.message)
    next = began + parts.interval_ms()
    const { store_id, last_seq = null, other_journal } = verdict.body
    const verdictOnJournal = holdings.judge(asked, { store_id, last_seq })
    if (verdictOnJournal === 'held') parts.onHeld(asked.journal_id, last_seq ?? 0)
    else parts.onWentBack()
    times.note('last_heartbeat', now)
    const wasUp = status.isUp
    if (verdictOnJournal === 'again') return lane.failed(WENT_BACK_AGAIN)
    lane.succeeded()
    if (!wasUp) parts.onUp()
    if (other_journal === true) parts.onOtherJournal()
  }

  return {
    dueAt: () => (status.halted === null ? Math.max(next, line.not_before) : Number.POSITIVE_INFINITY),
    step: (signal) => (account.hasToken ? beat(signal) : account.register(signal)),
    hurry() {
      next = 0
    },
  }
}
