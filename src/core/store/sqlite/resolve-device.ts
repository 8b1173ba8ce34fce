import { LRUCache } from 'lru-cache'
import type { DeviceState } from '../../protocol/devices.ts'
import type { AuditLog } from './audit-log.ts'
import {
  type Candidates,
  decideDevice,
  formatAddress,
  type IdentityKeys,
  type IdentityKind,
  type KnownDevice,
  readIdentity,
  SNMP_PORT,
  serialValue,
} from './device-identity.ts'
import type { DeviceRow, DeviceRows } from './device-rows.ts'
import { prepareMerge } from './merge-devices.ts'
import type { Database } from './open-database.ts'

export type ResolveDevice = ReturnType<typeof prepareResolveDevice>

/** A source that has not read its device for so long loses it to the next agent that does. */
export const CLAIM_AFTER_MS = 86_400_000
const DAY_MS = 86_400_000
const KEPT_FACTS = 50_000

/** The agent whose batch is being stored. */
export interface Source {
  readonly id: number
  readonly agent_id: string
  readonly site_id: string
  readonly received_at: number
  readonly ip_address: string | null
}

export interface Resolved {
  readonly row: DeviceRow
  readonly keys: IdentityKeys
  /** The device belongs to another agent: the reading is kept, the device stays as it is. */
  readonly foreign: boolean
}

interface Remembered {
  readonly device: number
  readonly keys: IdentityKeys
  /** What the device showed of itself, where the choice rests on that as well; null where identities alone decide. */
  readonly shown: Shown | null
  /** The days for which the identities are known to have been seen, as numbers of days since 1970. */
  firstDay: number
  lastDay: number
}

type Shown = Pick<DeviceRow, 'manufacturer' | 'model' | 'serial'>

interface IdentityRow {
  readonly device: number
  readonly last_seen: number
}

const KINDS = ['serial', 'mac', 'device_id', 'address'] as const

/** Identities and agents are seen by the day: a row is written for the first reading of a day that is not covered yet. */
const OF_ANOTHER_DAY = `excluded.first_seen / ${DAY_MS} < first_seen / ${DAY_MS} OR excluded.last_seen / ${DAY_MS} > last_seen / ${DAY_MS}`

/**
 * Finds or makes the device of an item and records what it shows of itself. What the same agent said before with the same
 * words is one look into a map, as long as nothing was merged or moved since. Only what leads to one device by each of its
 * keys is remembered, so that no other device has a say in it: the rows are the same as without the memory.
 */
export function prepareResolveDevice(db: Database, rows: DeviceRows, audit: AuditLog) {
  const findIdentity = db.prepare<[string, string, number, string], IdentityRow>(
    'SELECT device, last_seen FROM device_identities WHERE kind = ? AND value = ? AND agent = ? AND site_id = ?',
  )
  const findNumber = db.prepare<[string, string], IdentityRow>(
    `SELECT DISTINCT device, 0 AS last_seen FROM device_identities
     WHERE kind = 'serial' AND substr(value, instr(value, '|') + 1) = ? AND site_id = ? LIMIT 2`,
  )
  const addIdentity = db.prepare(
    `INSERT INTO device_identities (site_id, kind, value, agent, device, first_seen, last_seen)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET first_seen = iif(device = excluded.device, min(first_seen, excluded.first_seen), excluded.first_seen),
       device = excluded.device, last_seen = max(last_seen, excluded.last_seen)
     WHERE device <> excluded.device OR ${OF_ANOTHER_DAY}`,
  )
  const findLink = db
    .prepare<[number, number], number>('SELECT 1 FROM device_agents WHERE device = ? AND agent = ?')
    .pluck()
  const addLink = db.prepare(
    `INSERT INTO device_agents (device, agent, first_seen, last_seen) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)
     WHERE ${OF_ANOTHER_DAY}`,
  )
  const readAgent = db.prepare<[number], { agent_id: string; revoked_at: number | null }>(
    'SELECT agent_id, revoked_at FROM agents WHERE id = ?',
  )
  const countMacs = db
    .prepare<[number], number>("SELECT 1 FROM device_identities WHERE device = ? AND kind = 'mac' LIMIT 1")
    .pluck()
  const mergeInto = prepareMerge(db, rows)
  const known = new LRUCache<string, Remembered>({ max: KEPT_FACTS })

  const record = (source: Source, time: number, action: string, row: DeviceRow, details: Record<string, unknown>) =>
    audit.append({
      actor: { type: 'agent', id: source.agent_id, ip_address: source.ip_address },
      site_id: source.site_id,
      agent_id: source.agent_id,
      action,
      resource_type: 'device',
      resource_id: row.device_id,
      outcome: 'success',
      details,
      occurred_at: time,
      recorded_at: source.received_at,
    })

  const isForeign = (row: DeviceRow, source: Source): boolean =>
    row.agent !== null && row.agent !== source.id && !isAbandoned(row, source)
  const isAbandoned = (row: DeviceRow, source: Source): boolean =>
    source.received_at - row.received_at > CLAIM_AFTER_MS ||
    (readAgent.get(row.agent as number)?.revoked_at ?? null) !== null

  const describe = (id: number, source: Source): KnownDevice => {
    const row = rows.load(id)
    return {
      id,
      maker: readMaker(row),
      model: row.model?.trim().toLowerCase() || null,
      serial: row.serial,
      has_mac: countMacs.get(id) !== undefined,
      address: addressOf(row),
      foreign: isForeign(row, source),
    }
  }

  /** Where an identity is kept: the value, and the agent within which it counts. */
  const place = (kind: IdentityKind, keys: IdentityKeys, source: Source): [string, number] => {
    if (kind === 'serial') return [serialValue(keys), 0]
    return [keys[kind] as string, kind === 'address' || !keys.isWorldwide ? source.id : 0]
  }
  const find = (kind: IdentityKind, keys: IdentityKeys, source: Source): IdentityRow | undefined =>
    keys[kind] === null ? undefined : findIdentity.get(kind, ...place(kind, keys, source), source.site_id)

  const findWords = ({ words }: IdentityKeys, source: Source): IdentityRow | undefined =>
    words === null ? undefined : findIdentity.get('device_id', words, source.id, source.site_id)

  /** By maker and number; a maker that only one side tells is no difference. */
  const findSerial = (keys: IdentityKeys, source: Source): IdentityRow | undefined => {
    if (keys.serial === null) return undefined
    const exact = find('serial', keys, source)
    if (exact !== undefined) return exact
    if (keys.maker === '') {
      const [one, other] = findNumber.all(keys.serial, source.site_id)
      return other === undefined ? one : undefined
    }
    const nameless = findIdentity.get('serial', serialValue({ ...keys, maker: '' }), 0, source.site_id)
    return nameless !== undefined && ['', keys.maker].includes(readMaker(rows.load(nameless.device)))
      ? nameless
      : undefined
  }

  const resolveAnew = (item: DeviceState, source: Source, time: number): Resolved & { entry: Remembered | null } => {
    const keys = readIdentity(item)
    const held = {
      serial: findSerial(keys, source),
      mac: find('mac', keys, source),
      device_id: find('device_id', keys, source),
      address: find('address', keys, source),
      words: findWords(keys, source),
    }
    const describeHeld = (kind: keyof typeof held) => {
      const holder = held[kind]
      return holder === undefined ? null : describe(holder.device, source)
    }
    const candidates: Candidates = {
      serial: describeHeld('serial'),
      mac: describeHeld('mac'),
      device_id: describeHeld('device_id'),
      address: describeHeld('address'),
      words: describeHeld('words'),
    }
    const verdict = decideDevice(keys, candidates)
    const isNew = verdict.device === null
    const row = isNew
      ? rows.create(source.id, source.site_id, time, source.received_at)
      : rows.load(verdict.device as number)
    if (isNew) record(source, time, 'device_discovered', row, tell(item, keys))

    if (row.agent !== source.id && !isForeign(row, source)) reassign(row, source, time)
    const foreign = row.agent !== source.id
    for (const id of verdict.merges) {
      const merged = rows.load(id)
      mergeInto(merged, row)
      known.clear()
      record(source, time, 'device_merged', row, { device_id: merged.device_id, ...tell(item, keys) })
    }
    const isItsOwn = (kind: IdentityKind) => {
      const holder = held[kind]?.device
      return holder === row.id || (holder !== undefined && verdict.merges.includes(holder))
    }
    const claimed = claim(verdict.claims)
    keepWords()
    link(row, isNew, source, time)
    return { row, keys, foreign, entry: remember() }

    /** What was recorded: not what a newer reading holds, and this older one shows as well. */
    function claim(kinds: readonly IdentityKind[]): IdentityKind[] {
      const done: IdentityKind[] = []
      for (const kind of kinds) {
        if (kind === 'serial' && isNumberOfKnownMaker()) continue
        const holder = held[kind]
        const isHeldByOther = holder !== undefined && !isItsOwn(kind)
        if (isHeldByOther && time <= heldUntil(holder)) continue
        // what was said with the number alone may mean either from now on
        if (kind === 'serial' && holder === undefined && findNumber.get(keys.serial as string, source.site_id))
          known.clear()
        const [value, agent] = place(kind, keys, source)
        const isMove = kind === 'address' && !isNew && !foreign && holder?.device !== row.id && time >= row.last_seen
        const from = isMove ? addressOf(row) : null
        addIdentity.run(source.site_id, kind, value, agent, row.id, time, time)
        done.push(kind)
        if (from !== null && from !== value) record(source, time, 'device_moved', row, { from, to: value })
        if (isHeldByOther) takeFrom(kind, value, rows.load(holder.device), from === null)
      }
      return done
    }

    /** What is told apart from the holder of its keys has to be found again, or each reading would make another device. */
    function keepWords(): void {
      const isToldApart = isNew && (candidates.device_id !== null || candidates.address !== null)
      if (keys.words === null || (!isToldApart && held.words?.device !== row.id)) return
      addIdentity.run(source.site_id, 'device_id', keys.words, source.id, row.id, time, time)
    }

    function remember(): Remembered | null {
      // an id that a device with a serial number holds stays there, and says nothing where a better key leads
      const isOutOfReach = (kind: IdentityKind) =>
        kind === 'device_id' && candidates.device_id?.serial != null && (keys.serial ?? keys.mac) !== null
      const isSettled = KINDS.every(
        (kind) => keys[kind] === null || claimed.includes(kind) || isItsOwn(kind) || isOutOfReach(kind),
      )
      if (!isSettled) return null
      const isByKey = keys.serial === null ? keys.mac !== null : find('serial', keys, source) !== undefined
      const { manufacturer, model, serial } = row
      const shown = isByKey ? null : { manufacturer, model, serial }
      return { device: row.id, keys, shown, firstDay: dayOf(time), lastDay: dayOf(time) }
    }

    /** A number without its maker must not come to stand for this device: another maker may give it too. */
    function isNumberOfKnownMaker(): boolean {
      const isBare = keys.maker === '' && row.serial === keys.serial && readMaker(row) !== ''
      return isBare && find('serial', keys, source) === undefined
    }

    /** An identity is touched once a day; the row of a device of one's own knows better. */
    function heldUntil(holder: IdentityRow): number {
      const former = rows.load(holder.device)
      return former.agent === source.id ? former.last_seen : holder.last_seen
    }

    function takeFrom(kind: IdentityKind, value: string, former: DeviceRow, isToldApart: boolean): void {
      known.clear()
      if (isToldApart) {
        record(source, time, 'device_identity_moved', row, { kind, value, from: former.device_id, to: row.device_id })
      }
      if (former.agent !== source.id) return
      if (kind === 'address' && addressOf(former) === value) former.ip = null
      else if (kind === 'mac' && former.mac_address === keys.mac_address) former.mac_address = null
      else return
      rows.touch(former)
    }
  }

  const reassign = (row: DeviceRow, source: Source, time: number): void => {
    const former = row.agent === null ? null : (readAgent.get(row.agent)?.agent_id ?? null)
    row.agent = source.id
    rows.touch(row)
    // what the agent said of it before was said of a device of another
    known.clear()
    record(source, time, 'device_reassigned', row, { from: former, to: source.agent_id })
  }

  const link = (row: DeviceRow, isNew: boolean, source: Source, time: number): void => {
    const isFirst = findLink.get(row.id, source.id) === undefined
    addLink.run(row.id, source.id, time, time)
    if (!isFirst || isNew || row.agent === source.id) return
    const owner = row.agent === null ? null : (readAgent.get(row.agent)?.agent_id ?? null)
    record(source, time, 'device_claimed', row, { agent_id: owner })
  }

  /** Once a day for each: when identities were seen last is of interest to the day. */
  const refresh = (entry: Remembered, source: Source, time: number, foreign: boolean): void => {
    entry.firstDay = Math.min(entry.firstDay, dayOf(time))
    entry.lastDay = Math.max(entry.lastDay, dayOf(time))
    addLink.run(entry.device, source.id, time, time)
    if (findWords(entry.keys, source)?.device === entry.device) {
      addIdentity.run(source.site_id, 'device_id', entry.keys.words, source.id, entry.device, time, time)
    }
    for (const kind of KINDS) {
      if (foreign && kind !== 'address') continue
      if (find(kind, entry.keys, source)?.device !== entry.device) continue
      addIdentity.run(source.site_id, kind, ...place(kind, entry.keys, source), entry.device, time, time)
    }
  }

  return {
    /** @param time of the reading, never later than its arrival */
    resolve(item: DeviceState, source: Source, time: number): Resolved {
      const facts = describeFacts(item, source)
      const entry = known.get(facts)
      if (entry !== undefined) {
        const row = rows.load(entry.device)
        const foreign = row.agent !== source.id
        if ((!foreign || isForeign(row, source)) && showsStill(row, entry.shown)) {
          const day = dayOf(time)
          if (day > entry.lastDay || day < entry.firstDay) refresh(entry, source, time, foreign)
          return { row, keys: entry.keys, foreign }
        }
      }
      const { entry: anew, ...resolved } = resolveAnew(item, source, time)
      if (anew === null) known.delete(facts)
      else known.set(facts, anew)
      return resolved
    },

    forget: () => known.clear(),
  }
}

/** As SQLite divides. */
const dayOf = (time: number) => Math.trunc(time / DAY_MS)

const showsStill = (row: DeviceRow, shown: Shown | null) =>
  shown === null ||
  (row.manufacturer === shown.manufacturer && row.model === shown.model && row.serial === shown.serial)

/** The lengths go before the texts: no text can pose as two. */
function describeFacts(item: DeviceState, source: Source): string {
  const { serial, mac_address, ip, port, printer_index, device_id, manufacturer, model } = item
  const lengths = `${serial?.length} ${mac_address?.length} ${ip?.length} ${device_id?.length} ${manufacturer?.length} ${model?.length}`
  return `${source.id} ${port} ${printer_index} ${lengths} ${serial}${mac_address}${ip}${device_id}${manufacturer}${model}`
}

const readMaker = (row: DeviceRow) => (row.manufacturer ?? '').trim().toLowerCase().replaceAll('|', ' ')

const addressOf = (row: DeviceRow): string | null =>
  row.ip === null ? null : formatAddress(row.ip, row.port ?? SNMP_PORT, row.printer_index ?? 1)

const tell = ({ manufacturer, model }: DeviceState, { serial, mac_address, ip }: IdentityKeys) => ({
  manufacturer: manufacturer ?? null,
  model: model ?? null,
  serial,
  mac_address,
  ip,
})
