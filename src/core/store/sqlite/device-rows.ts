import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { COUNTER_NAMES } from '../../model/printer.ts'
import { type CheckedItem, OFFLINE, type PrinterFacts } from '../checked-item.ts'
import { isAhead } from '../kept-times.ts'
import type { Changes } from './changes.ts'
import type { IdentityKeys } from './device-identity.ts'
import type { Database } from './open-database.ts'

export type DeviceRows = ReturnType<typeof prepareDeviceRows>

/** The columns that a reading may change, and are seldom changed by one. */
const FACTS = [
  'manufacturer',
  'model',
  'serial',
  'mac_address',
  'hostname',
  'ip',
  'port',
  'printer_index',
  'firmware',
  'location',
  'contact',
  'asset_number',
] as const
/** Of a device that did not answer; null while it does. */
const OFFLINE_FACTS = ['offline_reason', 'offline_at'] as const
const STATE = ['status', 'page_count', 'lowest_supply'] as const
const TIMES = ['last_seen', 'received_at'] as const

type Cell = string | number | null
export interface DeviceRow extends Record<(typeof FACTS)[number], Cell> {
  readonly id: number
  readonly device_id: string
  readonly site_id: string
  /** Whose readings tell its state; null while none has read it. */
  agent: number | null
  serial: string | null
  mac_address: string | null
  manufacturer: string | null
  model: string | null
  ip: string | null
  port: number | null
  printer_index: number | null
  status: string | null
  offline_reason: string | null
  offline_at: number | null
  page_count: number | null
  lowest_supply: number | null
  first_seen: number
  last_seen: number
  received_at: number
}

/** A row with what its item showed of the printer. */
export interface FoundRow {
  readonly row: DeviceRow
  /** Serial number and MAC address only where they are this device's. */
  readonly keys: IdentityKeys
  /** Made for this item. */
  readonly isNew: boolean
}

/** What is still to be written of a row: its times always, a bit for each of STATE, and one for everything. */
const EVERYTHING = 1 << STATE.length

const KEPT_ROWS = 50_000
/** When a device was seen that no agent has read: before any reading. */
const NEVER = 0
const PAGE_COUNT = COUNTER_NAMES.indexOf('page_count')

/**
 * The rows of devices as ingest works on them: at hand between batches, written once for each batch. Only the one writer
 * of the database may keep them; `forget` after a rollback, and when somebody else wrote.
 */
export function prepareDeviceRows(db: Database, changes: Changes) {
  const select = db.prepare<[number], DeviceRow>('SELECT * FROM devices WHERE id = ?')
  const insert = db.prepare(
    'INSERT INTO devices (device_id, site_id, agent, first_seen, last_seen, received_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const assign = db.prepare('UPDATE devices SET agent = ? WHERE id = ?')
  // an index costs only where its column is written: one statement for each set of columns
  const updates = Array.from({ length: EVERYTHING }, (_, bits) => prepareUpdate(db, chooseState(bits)))
  const everything = ['agent', ...FACTS, ...OFFLINE_FACTS, 'first_seen', ...STATE, ...TIMES] as const
  const updateAll = prepareUpdate(db, everything)
  const known = new LRUCache<number, DeviceRow>({ max: KEPT_ROWS })
  const pending = new Map<DeviceRow, number>()
  let merged: number[] = []

  const load = (id: number): DeviceRow => {
    let row = known.get(id)
    if (row === undefined) {
      row = select.get(id) as DeviceRow
      known.set(id, row)
    }
    return row
  }
  const mark = (row: DeviceRow, bits: number) => void pending.set(row, (pending.get(row) ?? 0) | bits)
  const write = (row: DeviceRow, bits: number) => {
    if (bits >= EVERYTHING) updateAll.run(...everything.map((name) => row[name]), row.id)
    else (updates[bits] as Update).run(...chooseState(bits).map((name) => row[name]), row.id)
  }

  return {
    load,

    /** @param agent null for a device that was not read: that it does not answer is all that is known of it */
    create(agent: number | null, site_id: string, time: number, received_at: number): DeviceRow {
      const seen = agent === null ? NEVER : time
      const done = insert.run(randomUUID(), site_id, agent, seen, seen, received_at)
      const row = load(Number(done.lastInsertRowid))
      mark(row, EVERYTHING)
      return row
    },

    /** At once: whose a device is decides where a serial number leads to that several have. */
    assign(row: DeviceRow, agent: number): void {
      row.agent = agent
      assign.run(agent, row.id)
      mark(row, EVERYTHING)
    },

    /** The first reading of a device that was only known not to answer. */
    adopt(row: DeviceRow, agent: number, time: number): void {
      row.first_seen = time
      row.last_seen = time
      this.assign(row, agent)
    },

    /** For a change that was made to the row itself. */
    touch: (row: DeviceRow) => mark(row, EVERYTHING),

    /**
     * Takes over what a reading says: all that it tells when it is the newest, its time alone when it is older. That a
     * printer did not answer is no reading, and moves its status alone.
     */
    apply({ row, keys, isNew }: FoundRow, item: CheckedItem, time: number, received_at: number): void {
      if (item.status === OFFLINE) {
        if (isNew) applyFacts(row, item.facts, keys)
        if (applyOffline(row, item, time, received_at)) mark(row, EVERYTHING)
        return
      }
      if (time < row.first_seen) {
        row.first_seen = time
        mark(row, EVERYTHING)
      }
      if (!isNewest(row, time, received_at)) {
        if (applyAccepted(row, keys, true)) mark(row, EVERYTHING)
        return
      }
      row.last_seen = time
      row.received_at = received_at
      let bits = 0
      if (row.offline_at !== null && !isBefore(time, row.offline_at, received_at)) {
        clearOffline(row)
        bits |= EVERYTHING
      }
      const { status, lowest_supply } = item
      const page_count = item.counters[PAGE_COUNT] ?? null
      if (row.offline_at === null && status !== null && status !== row.status) {
        row.status = status
        bits |= BITS.status
      }
      if (page_count !== null && page_count !== row.page_count) {
        row.page_count = page_count
        bits |= BITS.page_count
      }
      if (lowest_supply !== undefined && lowest_supply !== row.lowest_supply) {
        row.lowest_supply = lowest_supply
        bits |= BITS.lowest_supply
      }
      if (applyFacts(row, item.facts, keys)) bits |= EVERYTHING
      mark(row, bits)
    },

    /** Writes what changed, each row once, with its entry among the changes. */
    flush(at: number): void {
      for (const [row, bits] of pending) write(row, bits)
      changes.noteDevices([...pending.keys()].map(({ id }) => id).concat(merged), at)
      pending.clear()
      merged = []
    },

    /** For a row that is about to be merged into another: written at once, and not kept. */
    writeOut(row: DeviceRow): void {
      if (pending.delete(row)) write(row, EVERYTHING)
      known.delete(row.id)
      // who shows it has to hear that it is gone
      merged.push(row.id)
    },

    forget(): void {
      pending.clear()
      merged = []
      known.clear()
    },
  }
}

type Update = ReturnType<typeof prepareUpdate>
const prepareUpdate = (db: Database, columns: readonly string[]) =>
  db.prepare(`UPDATE devices SET ${columns.map((each) => `${each} = ?`).join(', ')} WHERE id = ?`)

const BITS = { status: 1, page_count: 2, lowest_supply: 4 } as const satisfies Record<(typeof STATE)[number], number>
const chooseState = (bits: number) => COLUMNS_OF[bits] as readonly (keyof DeviceRow)[]
const COLUMNS_OF = Array.from({ length: EVERYTHING }, (_, bits) => [
  ...STATE.filter((name) => (bits & BITS[name]) !== 0),
  ...TIMES,
])

const isBefore = (time: number, kept: number, received_at: number) => time < kept && !isAhead(kept, received_at)

/** True for a reading that tells the state of its device. */
export const isNewest = (row: DeviceRow, time: number, received_at: number): boolean =>
  !isBefore(time, row.last_seen, received_at)

/** However late it comes: what was found out last counts. */
function applyOffline(row: DeviceRow, { offline_reason }: CheckedItem, time: number, received_at: number): boolean {
  const isKnown = row.offline_at !== null && isBefore(time, row.offline_at, received_at)
  if (isKnown || !isNewest(row, time, received_at)) return false
  row.status = OFFLINE
  row.offline_reason = offline_reason
  row.offline_at = time
  return true
}

/** It answered: what it was before is over, whatever it is now. */
export function clearOffline(row: DeviceRow): void {
  row.status = null
  row.offline_reason = null
  row.offline_at = null
}

/** What does not identify: the last text that was told stays until another one is. */
const TEXTS = ['manufacturer', 'model', 'hostname', 'firmware', 'location', 'contact', 'asset_number'] as const
/** Only what identity rules accepted: a placeholder is not written over a serial number. */
const ACCEPTED = ['serial', 'mac_address'] as const

/** True when one of the facts is new. */
function applyFacts(row: DeviceRow, item: PrinterFacts, keys: IdentityKeys): boolean {
  let isNew = false
  for (const name of TEXTS) {
    const said = item[name]
    if (said != null && said !== row[name]) {
      row[name] = said
      isNew = true
    }
  }
  if (keys.ip !== null && (keys.ip !== row.ip || !isSamePort(row, item))) {
    row.ip = keys.ip
    row.port = item.port ?? null
    row.printer_index = item.printer_index ?? null
    isNew = true
  }
  return applyAccepted(row, keys, false) || isNew
}

/** An older reading tells only what no other one has told. */
function applyAccepted(row: DeviceRow, keys: IdentityKeys, isOlder: boolean): boolean {
  let isNew = false
  for (const name of ACCEPTED) {
    const value = keys[name]
    if (value !== null && value !== row[name] && !(isOlder && row[name] !== null)) {
      row[name] = value
      isNew = true
    }
  }
  return isNew
}

const isSamePort = (row: DeviceRow, { port, printer_index }: PrinterFacts) =>
  (port ?? null) === row.port && (printer_index ?? null) === row.printer_index
