import { compareOids, isWithin } from './oid.ts'
import type { SnmpSession } from './session.ts'
import { SnmpError, type SnmpErrorCode } from './snmp-error.ts'
import { isAbsent, type SnmpValue, type Varbind } from './value.ts'

/** A column (or any subtree) to read to its end, or to `maxRows`. */
export interface Column {
  oid: string
  maxRows?: number
}

export type Sink = (oid: string, value: SnmpValue) => void
/** Where reading stopped before its end, and why. */
export interface Gap {
  oid: string
  reason: 'timeout' | 'loop' | 'too_many_rows' | 'refused' | 'bad_answer' | 'deadline' | 'deny_listed'
}

interface Cursor {
  column: Column
  at: string
  rows: number
}

const MAX_ROWS = 2000
/** Of everything read from one device; the largest printers have some 200 KiB. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_REPETITIONS = 25
/** What an answer may hold to fit one Ethernet frame; asked for more, agents cut it short or send fragments. */
const FRAME = 1400
/** Bytes of an average variable binding, until this device has shown its own. */
const FIRST_AVERAGE = 22
const MAX_SIZE = 128
const MAX_SILENT_COLUMNS = 2

/**
 * Reads objects gently from one device: many columns in one GetBulk (GetNext on v1), fewer when answers are too big,
 * cut short or do not come, one at a time when nothing else works. What it learns about the device stays for its life.
 */
export class Walker {
  private readonly session: SnmpSession
  private readonly sink: Sink
  readonly gaps: Gap[] = []
  /** Variable bindings asked for at one time; `ceiling` is what this device is known not to manage more than. */
  private size = Math.floor(FRAME / FIRST_AVERAGE)
  private ceiling = MAX_SIZE
  /** The smallest request that went unanswered: once may be a lost packet, twice is the device. */
  private silentAt = Number.POSITIVE_INFINITY
  private bulk: boolean
  /** Some agents are silent about GetBulk and answer GetNext. */
  private bulkWorks = false
  private silent = 0
  private bytes = 0
  private varbinds = 0

  constructor(session: SnmpSession, sink: Sink) {
    this.session = session
    this.sink = sink
    this.bulk = session.version !== '1'
  }

  /**
   * Reads whole columns, in parallel. What cannot be read is noted in `gaps`.
   *
   * @param isWanted is asked after each answer; false ends it, without a note
   * @throws SnmpError only when aborted or refused for its credential
   */
  async columns(columns: readonly Column[], isWanted: () => boolean = () => true): Promise<void> {
    let active: Cursor[] = columns.map((column) => ({ column, at: column.oid, rows: 0 }))
    while (active.length > 0) {
      if (this.silent >= MAX_SILENT_COLUMNS) {
        for (const { column } of active) this.gaps.push({ oid: column.oid, reason: 'timeout' })
        return
      }
      const batch = active.slice(0, this.size)
      const repetitions = this.repetitionsFor(batch)
      const done = new Set<Cursor>()
      try {
        const varbinds = await this.next(batch, repetitions)
        this.bulkWorks ||= this.bulk
        if (!this.advance(batch, varbinds, done)) throw new SnmpError('bad_answer', 'no progress')
        this.succeed()
        if (!isWanted()) return
      } catch (error) {
        this.recover(error, batch, repetitions, done)
      }
      if (done.size > 0) active = active.filter((cursor) => !done.has(cursor))
    }
  }

  /** Reads single objects by Get; those that are not there are left out. Errors as for `columns`. */
  async scalars(oids: readonly string[]): Promise<void> {
    let rest = [...oids]
    // v1: some agents know no Get of several objects and call the first one unknown.
    const alone: string[] = []
    while (rest.length > 0 || alone.length > 0) {
      const batch = rest.length > 0 ? rest.slice(0, this.size) : alone.splice(0, 1)
      try {
        for (const { oid, value } of await this.session.request('get', batch)) {
          if (batch.includes(oid) && !isAbsent(value)) this.sink(oid, value)
        }
        this.succeed()
        rest = rest.slice(batch.length)
      } catch (error) {
        const { code, index } = asSnmpError(error)
        if (code === 'no_such_name' && batch.length > 1 && index >= 1 && index <= batch.length) {
          alone.push(...rest.splice(index - 1, 1))
        } else if (batch.length > 1) this.shrink(batch.length, code)
        else {
          if (code === 'timeout') this.silent++
          if (code !== 'no_such_name') this.gaps.push({ oid: batch[0] as string, reason: reasonOf(code) })
          rest = rest.slice(1)
          if (this.silent >= MAX_SILENT_COLUMNS) {
            for (const oid of [...rest, ...alone]) this.gaps.push({ oid, reason: 'timeout' })
            return
          }
        }
      }
    }
  }

  private repetitionsFor(batch: readonly Cursor[]): number {
    if (!this.bulk) return 1
    const wanted = Math.max(...batch.map(({ column, rows }) => (column.maxRows ?? MAX_ROWS) - rows))
    // An agent cuts its answer at its own limit, which is a frame or more: what is asked above that costs nothing.
    return Math.max(1, Math.min(Math.ceil(this.size / batch.length), MAX_REPETITIONS, wanted))
  }

  private next(batch: readonly Cursor[], repetitions: number): Promise<Varbind[]> {
    const oids = batch.map(({ at }) => at)
    return this.bulk ? this.session.request('get_bulk', oids, repetitions) : this.session.request('get_next', oids)
  }

  /** Moves each cursor by what came for it; false when nothing moved. */
  private advance(batch: readonly Cursor[], varbinds: readonly Varbind[], done: Set<Cursor>): boolean {
    let moved = false
    for (const [i, { oid, value }] of varbinds.entries()) {
      const cursor = batch[i % batch.length] as Cursor
      if (done.has(cursor)) continue
      moved = true
      this.count(oid, value)
      const isBehind = value.type === 'end_of_mib_view' || !isWithin(oid, cursor.column.oid)
      // Sent back out of a column that has begun is no end; an agent that wraps round ends an empty one so.
      const isStuck = value.type !== 'end_of_mib_view' && compareOids(oid, cursor.at) <= 0
      if (isBehind && !(isStuck && cursor.rows > 0)) done.add(cursor)
      else if (isStuck) {
        this.gaps.push({ oid: cursor.column.oid, reason: 'loop' })
        done.add(cursor)
      } else {
        cursor.at = oid
        cursor.rows++
        if (!isAbsent(value)) this.sink(oid, value)
        const isTooMuch = this.bytes > MAX_BYTES
        if (isTooMuch || cursor.rows >= (cursor.column.maxRows ?? MAX_ROWS)) {
          if (isTooMuch || !cursor.column.maxRows) this.gaps.push({ oid: cursor.column.oid, reason: 'too_many_rows' })
          done.add(cursor)
        }
      }
    }
    return moved
  }

  private succeed(): void {
    this.silent = 0
    const average = this.varbinds > 0 ? this.bytes / this.varbinds : FIRST_AVERAGE
    this.size = Math.max(1, Math.min(this.ceiling, this.size * 2, Math.floor(FRAME / average)))
  }

  /** About as many bytes as it takes in a message: an OID has a byte for two of its characters. */
  private count(oid: string, value: SnmpValue): void {
    const contents = 'value' in value && typeof value.value === 'object' ? value.value.length : 4
    this.bytes += oid.length / 2 + contents + 8
    this.varbinds++
  }

  /** Silence may be the network's: less is asked for a while. What is refused, or cut short, is never asked again. */
  private shrink(asked: number, code: SnmpErrorCode): void {
    const isDevice = code !== 'timeout' || asked >= this.silentAt
    if (code === 'timeout') this.silentAt = Math.min(this.silentAt, asked)
    if (isDevice) this.ceiling = Math.max(1, Math.floor(asked / 2))
    this.size = Math.max(1, Math.floor(asked / (code === 'timeout' ? 4 : 2)))
  }

  private recover(error: unknown, batch: readonly Cursor[], repetitions: number, done: Set<Cursor>): void {
    const { code, index } = asSnmpError(error)
    const asked = batch.length * repetitions
    const culprit = batch[index - 1]
    if (code === 'no_such_name' && (culprit || batch.length === 1)) {
      done.add(culprit ?? (batch[0] as Cursor)) // v1: nothing lies behind this cursor
    } else if (code === 'timeout' && this.bulk && !this.bulkWorks) this.bulk = false
    else if (asked > 1) this.shrink(asked, code)
    else if (this.bulk)
      this.bulk = false // an agent that knows GetNext only
    else {
      const cursor = batch[0] as Cursor
      if (code === 'timeout') this.silent++
      this.gaps.push({ oid: cursor.column.oid, reason: reasonOf(code) })
      done.add(cursor)
    }
  }
}

function asSnmpError(error: unknown): SnmpError {
  if (!(error instanceof SnmpError)) throw error
  if (error.code === 'aborted' || error.isCredential) throw error
  return error
}

function reasonOf(code: SnmpError['code']): Gap['reason'] {
  if (code === 'timeout' || code === 'send_failed') return 'timeout'
  return code === 'refused' ? 'refused' : 'bad_answer'
}
