import type { Clock } from '../../lifecycle/clock.ts'
import { BATCH_KINDS, type BatchKind } from '../../protocol/batches.ts'
import type { Journal, OutgoingBatch } from '../journal/journal.ts'
import { accountsForAll, StoredSchema } from './answers.ts'
import { createBatchSize } from './batch-size.ts'
import { type Holdings, rememberAsked, WENT_BACK_AGAIN } from './holdings.ts'
import { readInvalidItems } from './invalid-items.ts'
import type { Lane } from './lane.ts'
import type { Line } from './line.ts'
import { packBatch } from './pack-batch.ts'
import type { LaneJob } from './run-lane.ts'
import { logReason, type UplinkLog, type UplinkStatus } from './status.ts'
import type { UploadTimes } from './upload-times.ts'

const MOST_ITEMS = 1000
const MOST_BYTES = 4 * 1024 * 1024
/** A backlog takes a fifth of what the server allows one agent. */
const PACE_MS = 500
/** A batch that did not get through so often, while heartbeats did, is too large for the line. */
const CUTS = 3
/** No proxy takes less. */
const LEAST_LIMIT = 64 * 1024
const CONTRADICTION = 'the answer contradicts itself: it accounts for fewer or more items than it received'
/** After so many in a row that were refused without a word about which item, it is rather the server. */
const BLIND_QUARANTINES = 3

export interface UploadParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: UplinkLog
  readonly status: UplinkStatus
  readonly lane: Lane
  readonly line: Line
  readonly times: UploadTimes
  readonly holdings: Holdings
  interval_ms(): number
  onFork(): void
}

export interface Uploads extends LaneJob {
  trigger(kind: BatchKind): void
  /** All that waits, now. */
  triggerAll(): void
  /** What the last heartbeat said of the journal. */
  held(journal_id: string, last_seq: number): void
}

/** Brings what waits in the journal, batch by batch, until nothing does. */
export function createUploads({
  journal,
  clock,
  log,
  status,
  lane,
  line,
  times,
  holdings,
  ...parts
}: UploadParts): Uploads {
  const due: Record<BatchKind, number> = { devices: 0, metrics: 0 }
  const size = createBatchSize(MOST_ITEMS)
  let paced = 0
  let isPacked = true
  let cuts = 0
  let heldSince: { journal_id: string; last_seq: number } | null = null
  let blind = 0
  /** In a row, without a batch that was taken. */
  let forks = 0
  const aside = new Map<string, number>()

  const isDue = (kind: BatchKind) => due[kind] <= clock.monotonic()

  const endRound = (kinds: readonly BatchKind[]) => {
    for (const kind of kinds) {
      due[kind] = kind === 'metrics' ? clock.monotonic() + parts.interval_ms() : Number.POSITIVE_INFINITY
    }
    lane.succeeded()
    sayAside()
  }

  const sayAside = () => {
    if (aside.size === 0) return
    const items = [...aside.values()].reduce((sum, count) => sum + count, 0)
    log.warn(
      { items, reasons: [...aside.keys()].slice(0, 5).map(logReason) },
      'the server refused items; they were put aside',
    )
    aside.clear()
  }

  const putAside = (batch: OutgoingBatch, items: readonly { index: number; reason: string }[]) => {
    journal.quarantine(batch, items, clock.now())
    for (const { reason } of items) aside.set(reason, (aside.get(reason) ?? 0) + 1)
  }

  /** Of a whole batch that was refused, the half; of a single item, that one. */
  const narrow = (batch: OutgoingBatch, code: string | null, reason: string) => {
    // what refuses so little is no limit of size, and whoever stands before the server knows nothing of readings
    if (batch.items === 1 && code === null && batch.body.length <= LEAST_LIMIT) return lane.failed(reason)
    if (batch.items > 1) {
      journal.dissolve(batch)
      size.refused(batch.items)
      return
    }
    putAside(batch, [{ index: 0, reason }])
    size.reset()
    blind += 1
    if (blind >= BLIND_QUARANTINES) lane.failed(reason)
  }

  const refuse = (
    batch: OutgoingBatch,
    code: string | null,
    reason: string,
    details: Readonly<Record<string, unknown>>,
  ) => {
    if (code === 'unsupported_encoding' && isPacked) {
      isPacked = false
      return
    }
    if (code === 'unsupported_encoding') return lane.failed(reason)
    if (code === 'journal_fork') {
      const { resent } = journal.renumber(
        { journal_id: journal.journal_id, last_seq: journal.last_acknowledged },
        clock.now(),
      )
      forks += 1
      if (forks > 1) return lane.failed('the server refuses the numbers of this journal, whichever it has')
      log.warn({ seq: batch.seq, resent }, 'the server has this journal from another machine; numbering anew')
      return parts.onFork()
    }
    const items = code === 'invalid_items' ? readInvalidItems(details, batch.items) : null
    if (items === null) return narrow(batch, code, reason)
    putAside(batch, items)
    blind = 0
  }

  /** A line that carries heartbeats and no batch wants smaller ones. The server must be known not to hold this one. */
  const shrinkIfTooLarge = (batch: OutgoingBatch) => {
    if (cuts < CUTS || batch.items === 1 || heldSince?.journal_id !== batch.journal_id) return false
    if (heldSince.last_seq >= batch.seq) return false
    journal.dissolve(batch)
    size.refused(batch.items)
    cuts = 0
    return true
  }

  const step = async (signal: AbortSignal) => {
    const kinds = BATCH_KINDS.filter(isDue)
    const asked = rememberAsked(journal)
    const batch = journal.nextBatch(kinds, { items: size.items, bytes: MOST_BYTES }, clock.now())
    if (batch === null) return endRound(kinds)
    if (shrinkIfTooLarge(batch)) return
    const { body, headers } = await packBatch(batch.body, isPacked)
    paced = clock.monotonic() + PACE_MS
    heldSince = null
    const request = {
      path: `/${batch.kind}/batch`,
      schema: StoredSchema,
      body,
      headers: { ...headers, 'sent-at': new Date(clock.now()).toISOString() },
      size: 'batch',
    } as const
    const verdict = await line.send(lane, request, signal)
    if (verdict === null) {
      cuts += 1
      return
    }
    cuts = 0
    if (journal.journal_id !== batch.journal_id) return
    if (verdict.kind === 'refused') return refuse(batch, verdict.code, verdict.message, verdict.details)
    const { received, journal_id, last_seq, store_id } = verdict.body
    if (received !== batch.items || journal_id?.toLowerCase() !== batch.journal_id.toLowerCase()) {
      return lane.failed('the answer is to another batch')
    }
    if (!accountsForAll(verdict.body)) return lane.failed(CONTRADICTION)
    const now = clock.now()
    journal.acknowledge(batch, now)
    times.note('last_upload', now)
    size.accepted()
    blind = 0
    forks = 0
    const verdictOnJournal = holdings.judge(asked, { store_id, last_seq })
    if (verdictOnJournal !== 'held') triggerAll()
    if (verdictOnJournal === 'again') lane.failed(WENT_BACK_AGAIN)
    else lane.succeeded()
  }

  const triggerAll = () => {
    for (const kind of BATCH_KINDS) due[kind] = 0
  }

  return {
    dueAt: () =>
      status.isUp ? Math.max(Math.min(due.devices, due.metrics), paced, line.not_before) : Number.POSITIVE_INFINITY,
    step,
    trigger(kind) {
      due[kind] = 0
    },
    triggerAll,
    held(journal_id, last_seq) {
      heldSince = { journal_id, last_seq }
    },
  }
}
