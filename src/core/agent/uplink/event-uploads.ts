import type { Clock } from '../../lifecycle/clock.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import { MAX_SOCKET_MESSAGE_BYTES } from '../../protocol/live.ts'
import type { Journal } from '../journal/journal.ts'
import { LoggedSchema } from './answers.ts'
import { createBatchSize } from './batch-size.ts'
import { readInvalidItems } from './invalid-items.ts'
import type { Lane } from './lane.ts'
import type { Line } from './line.ts'
import type { LaneJob } from './run-lane.ts'
import { logReason, type UplinkLog, type UplinkStatus } from './status.ts'

const MOST_EVENTS = 500
/** Below the 1 MiB that the server takes. */
const MOST_BYTES = 768 * 1024
/** With what goes around them they fit into one message. */
const MOST_MESSAGE_BYTES = MAX_SOCKET_MESSAGE_BYTES - 1024
/** So many count as six requests there. */
const PACE_MS = 1000

export interface EventParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: UplinkLog
  readonly status: UplinkStatus
  readonly lane: Lane
  readonly line: Line
  interval_ms(): number
}

/** Brings what happened here into the server's audit log. An event that the server will not have goes; the log says so. */
export function createEventUploads(parts: EventParts): LaneJob & { trigger(): void } {
  const { journal, clock, log, status, lane, line } = parts
  const size = createBatchSize(MOST_EVENTS)
  let due = 0
  let paced = 0

  const drop = (events: readonly AuditEvent[], reasons: readonly { index: number; reason: string }[]) => {
    const dropped = reasons.flatMap(({ index, reason }) => {
      const event = events[index]
      return event === undefined ? [] : [{ event, reason }]
    })
    journal.acknowledgeEvents(idsOf(dropped.map(({ event }) => event)))
    const named = dropped.slice(0, 5).map(({ event, reason }) => logReason(`${event.action}: ${reason}`))
    log.warn({ events: dropped.length, reasons: named }, 'the server refused audit events; they are dropped')
  }

  const step = async (signal: AbortSignal) => {
    const events = takeBytes(journal.nextEvents(size.items))
    if (events.length === 0) {
      due = clock.monotonic() + parts.interval_ms()
      return lane.succeeded()
    }
    paced = clock.monotonic() + PACE_MS
    // whom they are of, the token says
    const data = { events: events.map(({ agent_id: _, ...event }) => event) }
    const body = JSON.stringify(data)
    const isSmall = Buffer.byteLength(body) <= MOST_MESSAGE_BYTES
    const request = { path: '/audit/log', schema: LoggedSchema, body, size: 'small' } as const
    const verdict = await line.send(
      lane,
      { ...request, ...(isSmall && { message: { type: 'events', data } as const }) },
      signal,
    )
    if (verdict === null) return
    if (verdict.kind === 'ok') {
      if (verdict.body.received !== events.length) return lane.failed('the answer is to other events')
      journal.acknowledgeEvents(idsOf(events))
      size.accepted()
      return lane.succeeded()
    }
    const items = verdict.code === 'invalid_items' ? readInvalidItems(verdict.details, events.length) : null
    if (items !== null) return drop(events, items)
    if (events.length > 1) return size.refused(events.length)
    drop(events, [{ index: 0, reason: verdict.message }])
    size.reset()
  }

  return {
    dueAt: () => (status.isUp ? Math.max(due, paced, line.not_before) : Number.POSITIVE_INFINITY),
    step,
    trigger() {
      due = 0
    },
  }
}

/** The first of them, as many as fit; one at least. */
function takeBytes(events: readonly AuditEvent[]): readonly AuditEvent[] {
  let bytes = 0
  const end = events.findIndex((event, i) => {
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1
    return bytes > MOST_BYTES && i > 0
  })
  return end === -1 ? events : events.slice(0, end)
}

function idsOf(events: readonly AuditEvent[]): string[] {
  return events.flatMap(({ event_id }) => (event_id === undefined ? [] : [event_id]))
}
