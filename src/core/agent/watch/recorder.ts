import type { Clock } from '../../lifecycle/clock.ts'
import type { Journal, Occasion } from '../journal/journal.ts'
import { JournalError } from '../journal/journal-error.ts'
import type { WatchLog } from './watch-log.ts'

/** Readings in one commit at most, and how long the first of them waits for others: what a power cut may cost. */
const MOST_READINGS = 50
const LONGEST_WAIT_MS = 250
const RETRY_MS = 10_000

export interface Recorder {
  /** Takes what was seen; it is in the journal a moment later. */
  add(seen: Occasion): void
  /** Brings to the journal what is at hand. */
  flush(): void
  /** False while the journal takes nothing: what is at hand is held, and nothing more should be asked. */
  readonly isTaking: boolean
  /** Readings at hand. */
  readonly held: number
  /** Tries again where the journal took nothing; at most every ten seconds. */
  retry(): void
}

/**
 * Gathers what is seen into few commits. When the journal is full, what is at hand is held, said once, and recorded as soon
 * as there is room.
 *
 * @param onError is told why the journal takes nothing
 */
export function createRecorder({
  journal,
  clock,
  log,
  signal,
  onError,
  onFailure,
}: {
  journal: Pick<Journal, 'record' | 'retry'>
  clock: Clock
  log: WatchLog
  /** Ends the waiting for others. */
  signal: AbortSignal
  onError(error: Error): void
  /** What is no error of the journal ends the watch. */
  onFailure(error: unknown): void
}): Recorder {
  let hand = emptyHand()
  let isWaiting = false
  let isTaking = true
  let nextTry = 0

  const flush = () => {
    if (isEmpty(hand)) return
    try {
      journal.record(occasionOf(hand), clock.now())
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      nextTry = clock.monotonic() + RETRY_MS
      if (isTaking) {
        isTaking = false
        log.error({ code: error.code }, `no printer is asked until the journal takes readings again: ${error.message}`)
        onError(error)
      }
      return
    }
    const held = hand.readings.length
    hand = emptyHand()
    if (isTaking) return
    isTaking = true
    log.info({ held }, 'the journal takes readings again')
  }

  const wait = async () => {
    isWaiting = true
    await clock.sleep(LONGEST_WAIT_MS, signal)
    isWaiting = false
    try {
      if (isTaking) flush()
    } catch (error) {
      onFailure(error)
    }
  }

  return {
    add(seen) {
      addTo(hand, seen)
      if (!isTaking) return
      if (hand.readings.length >= MOST_READINGS) flush()
      else if (!isWaiting) void wait()
    },
    flush,
    get isTaking() {
      return isTaking
    },
    get held() {
      return hand.readings.length
    },
    retry() {
      if (isTaking || clock.monotonic() < nextTry) return
      nextTry = clock.monotonic() + RETRY_MS
      if (!journal.retry()) return
      if (isEmpty(hand)) isTaking = true
      flush()
    },
  }
}

interface Hand {
  readonly readings: object[]
  readonly events: NonNullable<Occasion['events']>[number][]
  readonly devices: Map<string, object>
  readonly printers: Map<string, NonNullable<Occasion['printers']>[number]>
  readonly snapshots: Map<string, NonNullable<Occasion['snapshots']>[number]>
  readonly forgotten: Set<string>
}

const emptyHand = (): Hand => ({
  readings: [],
  events: [],
  devices: new Map(),
  printers: new Map(),
  snapshots: new Map(),
  forgotten: new Set(),
})

function isEmpty(hand: Hand): boolean {
  return hand.readings.length + hand.events.length + hand.printers.size + hand.devices.size + hand.forgotten.size === 0
}

/** Of one printer the last state counts; readings and events all do. */
function addTo(hand: Hand, { readings, events, devices, printers, snapshots, forgotten }: Occasion): void {
  for (const id of forgotten ?? []) {
    hand.forgotten.add(id)
    for (const map of [hand.printers, hand.snapshots]) map.delete(id)
  }
  hand.readings.push(...(readings ?? []))
  hand.events.push(...(events ?? []))
  for (const { printer_id, item } of devices ?? []) hand.devices.set(printer_id, item)
  for (const printer of printers ?? []) hand.printers.set(printer.id, printer)
  for (const snapshot of snapshots ?? []) hand.snapshots.set(snapshot.id, snapshot)
}

function occasionOf(hand: Hand): Occasion {
  return {
    readings: hand.readings,
    events: hand.events,
    devices: [...hand.devices].map(([printer_id, item]) => ({ printer_id, item })),
    printers: [...hand.printers.values()],
    snapshots: [...hand.snapshots.values()],
    forgotten: [...hand.forgotten],
  }
}
