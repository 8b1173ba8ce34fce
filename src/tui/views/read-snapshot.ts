import {
  type Alert,
  COUNTER_NAMES,
  type CounterName,
  LEVEL_STATES,
  type Level,
  SUPPLY_KINDS,
  type Supply,
  type Tray,
} from '../../core/model/printer.ts'

/** The parts of a printer that a screen shows, as `scan` has them; whatever else an agent sent is passed over. */
export interface SnapshotView {
  readonly supplies: readonly Supply[]
  readonly trays: readonly Tray[]
  readonly alerts: readonly Alert[]
  readonly counters: ReadonlyArray<readonly [CounterName, number]>
}

/** @param snapshot the last reading, as the agent sent it: any key may be missing, or be something else */
export function readSnapshot(snapshot: Readonly<Record<string, unknown>>): SnapshotView {
  return {
    supplies: rowsOf(snapshot.supplies).map((row, i) => ({
      index: asNumber(row.index) ?? i + 1,
      kind: SUPPLY_KINDS.find((kind) => kind === row.kind) ?? 'other',
      color: asText(row.color),
      name: asText(row.name),
      level: readLevel(row.level),
      unit: asText(row.unit),
      capacity: asNumber(row.capacity),
      remaining: asNumber(row.remaining),
    })),
    trays: rowsOf(snapshot.trays).map((row, i) => ({
      index: asNumber(row.index) ?? i + 1,
      name: asText(row.name),
      type: asText(row.type),
      media: asText(row.media),
      unit: asText(row.unit),
      capacity: asNumber(row.capacity),
      remaining: asNumber(row.remaining),
      level: readLevel(row.level),
    })),
    alerts: rowsOf(snapshot.alerts).map((row, i) => ({
      index: asNumber(row.index) ?? i + 1,
      severity: row.severity === 'critical' ? 'critical' : 'warning',
      group: asText(row.group) ?? 'other',
      group_index: asNumber(row.group_index),
      code: asText(row.code) ?? 'other',
      description: asText(row.description),
    })),
    counters: COUNTER_NAMES.flatMap((name) => {
      const value = asNumber(snapshot[name])
      return value === null ? [] : [[name, value] as const]
    }),
  }
}

function readLevel(value: unknown): Level {
  const { state, percent } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const known = LEVEL_STATES.find((word) => word === state) ?? 'unknown'
  const number = asNumber(percent)
  if (known !== 'percent') return { state: known }
  return number === null
    ? { state: 'unknown' }
    : { state: known, percent: Math.min(100, Math.max(0, Math.round(number))) }
}

function rowsOf(value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? value.filter((row) => typeof row === 'object' && row !== null) : []
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
