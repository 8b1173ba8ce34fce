import { compareOids } from '../oid.ts'
import type { Recording } from '../recording.ts'
import type { SnmpValue } from '../value.ts'

/** What an agent needs to know of its device. */
export interface Objects {
  get(oid: string): SnmpValue | undefined
  /** The object that follows `oid` in the walk, whether `oid` exists or not. */
  next(oid: string): string | undefined
}

/** Where in a sorted list the first OID behind `oid` stands. */
export function positionBehind(sorted: readonly string[], oid: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareOids(sorted[middle] as string, oid) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * A recording with changes on top. Recording and order are shared between all devices that play it; a device of its own
 * costs only what differs.
 */
export class LiveObjects implements Objects {
  readonly recording: Recording
  private readonly changed = new Map<string, SnmpValue | (() => SnmpValue) | null>()
  private order: string[] | undefined

  constructor(recording: Recording) {
    this.recording = recording
  }

  /** All OIDs in walk order. */
  get oids(): readonly string[] {
    return this.order ?? this.recording.oids
  }

  get(oid: string): SnmpValue | undefined {
    const own = this.changed.get(oid)
    if (own === undefined) return this.recording.values.get(oid)
    return typeof own === 'function' ? own() : (own ?? undefined)
  }

  next(oid: string): string | undefined {
    return this.oids[positionBehind(this.oids, oid)]
  }

  /** Sets a value, or how it is computed each time it is asked; a new object takes its place in the walk. */
  set(oid: string, value: SnmpValue | (() => SnmpValue)): void {
    if (this.get(oid) === undefined) {
      this.order ??= [...this.recording.oids]
      this.order.splice(positionBehind(this.order, oid), 0, oid)
    }
    this.changed.set(oid, value)
  }

  delete(oid: string): void {
    if (this.get(oid) === undefined) return
    this.order ??= [...this.recording.oids]
    this.order.splice(positionBehind(this.order, oid) - 1, 1)
    this.changed.set(oid, null)
  }

  /** The OIDs below `prefix`, in order. */
  below(prefix: string): string[] {
    const found: string[] = []
    for (let i = positionBehind(this.oids, prefix); i < this.oids.length; i++) {
      const oid = this.oids[i] as string
      if (!oid.startsWith(`${prefix}.`)) break
      found.push(oid)
    }
    return found
  }
}
