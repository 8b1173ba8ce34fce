import type { Static } from 'typebox'
import type { Clock } from '../../lifecycle/clock.ts'
import type { HeartbeatRequest } from '../../protocol/agents.ts'
import { LEAST_HEARTBEAT_SECONDS } from '../../protocol/live.ts'
import type { Journal } from '../journal/journal.ts'
import type { Link } from '../live/link.ts'
import type { Account } from './account.ts'
import { HeardSchema } from './answers.ts'
import { type Asked, type Holdings, rememberAsked, WENT_BACK_AGAIN } from './holdings.ts'
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
  readonly link: Pick<Link, 'isOpen' | 'isUntried'>
  readonly times: UploadTimes
  readonly holdings: Holdings
  interval_ms(): number
  /** Everything but who, when and which journal. */
  composeHeartbeat(): HeartbeatRequest
  /** The server says up to where it holds this journal. */
  onHeld(journal_id: string, last_seq: number): void
  /** There is a token now. */
  onRegistered(): void
  onUp(): void
  onWentBack(): void
  onOtherJournal(): void
}

export interface Heartbeats extends LaneJob {
  /** The next one now, or as soon as the server takes one. */
  hurry(): void
  /** The server said welcome over a WebSocket, which says what the answer to a heartbeat does. */
  welcomed(asked: Asked, answer: Heard): void
}

export type Heard = Static<typeof HeardSchema>

/** A server that is told more often over a WebSocket passes over what comes in between. */
const LEAST_GAP_MS = LEAST_HEARTBEAT_SECONDS * 1000

/** Registers where that is needed, then says again and again how the agent is. The other lanes follow this one. */
export function createHeartbeats(parts: HeartbeatParts): Heartbeats {
  const { journal, clock, status, account, lane, line, link, times, holdings } = parts
  let next = 0
  let sent_at = Number.NEGATIVE_INFINITY
  /** What hello said of the way to the server was from before it was open: a heartbeat follows as soon as it counts. */
  let isGreeted = false

  /** What any answer to a sign of life says. */
  const heard = (asked: Asked, sent: number, answer: Heard) => {
    const { store_id, last_seq, other_journal } = answer
    // one that was passed over tells nothing of the journal
    const verdict = last_seq === undefined ? null : holdings.judge(asked, { store_id, last_seq })
    if (verdict === 'held') parts.onHeld(asked.journal_id, last_seq ?? 0)
    else if (verdict !== null) parts.onWentBack()
    times.note('last_heartbeat', sent)
    const wasUp = status.isUp
    if (verdict === 'again') return lane.failed(WENT_BACK_AGAIN)
    lane.succeeded()
    if (!wasUp) parts.onUp()
    if (other_journal === true) parts.onOtherJournal()
  }

  const beat = async (signal: AbortSignal) => {
    const asked = rememberAsked(journal)
    const now = clock.now()
    const data = {
      ...parts.composeHeartbeat(),
      agent_id: journal.recall('agent_id'),
      timestamp: new Date(now).toISOString(),
      journal_id: asked.journal_id,
    }
    const began = clock.monotonic()
    sent_at = began
    isGreeted = false
    // where the link is cut meanwhile, it is opened anew first
    if (link.isOpen) next = began + parts.interval_ms()
    const request = {
      path: '/agents/heartbeat',
      schema: HeardSchema,
      body: JSON.stringify(data),
      size: 'small',
      message: { type: 'heartbeat', data },
    } as const
    const verdict = await line.send(lane, request, signal)
    if (verdict === null) return
    if (verdict.kind === 'refused') return lane.failed(verdict.message)
    next = began + parts.interval_ms()
    heard(asked, now, verdict.body)
  }

  return {
    dueAt() {
      if (status.halted !== null) return Number.POSITIVE_INFINITY
      if (!account.hasToken) return line.not_before
      if (link.isUntried) return Number.POSITIVE_INFINITY
      if (!link.isOpen) return Math.max(next, line.not_before)
      return Math.max(isGreeted ? 0 : next, line.not_before, sent_at + LEAST_GAP_MS)
    },
    async step(signal) {
      if (account.hasToken) return beat(signal)
      await account.register(signal)
      if (account.hasToken) parts.onRegistered()
    },
    hurry() {
      next = 0
    },
    welcomed(asked, answer) {
      heard(asked, clock.now(), answer)
      isGreeted = true
      sent_at = clock.monotonic()
      next = clock.monotonic() + parts.interval_ms()
    },
  }
}
