import type { PrinterFacts } from '../checked-item.ts'
import { isAhead } from '../kept-times.ts'
import type { AuditLog } from './audit-log.ts'
import { prepareDeviceAgents } from './device-agents.ts'
import { type IdentityKeys, type IdentityKind, readIdentity } from './device-identity.ts'
import { type DeviceRow, type DeviceRows, type FoundRow, isNewest } from './device-rows.ts'
import { type IdentityRow, prepareIdentities, readMaker } from './identities.ts'
import { createKnownFacts, type Remembered, showsStill, toRemember } from './known-facts.ts'
import { addressOf, type Finding, prepareLookUp, type Source } from './look-up-device.ts'
import { prepareMerge } from './merge-devices.ts'
import type { Database } from './open-database.ts'
import { dayOf } from './whole-days.ts'

export type ResolveDevice = ReturnType<typeof prepareResolveDevice>

export interface Resolved extends FoundRow {
  /** The device belongs to another agent: the reading is kept, the device stays as it is. */
  readonly foreign: boolean
}

const KINDS = ['serial', 'mac', 'device_id', 'address'] as const

/**
 * Finds or makes the device of an item and records what it shows of itself. What the same agent said before with the same
 * words is one look into a map, as long as nothing was merged or moved since. Only what leads to one device by each of its
 * keys is remembered, so that no other device has a say in it: the rows are the same as without the memory.
 */
export function prepareResolveDevice(db: Database, rows: DeviceRows, audit: AuditLog) {
  const identities = prepareIdentities(db, rows)
  const agents = prepareDeviceAgents(db)
  const mergeInto = prepareMerge(db, rows)
  const known = createKnownFacts()

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

  const { lookUp, isForeign } = prepareLookUp(rows, identities, agents)

  const resolveAnew = (
    item: PrinterFacts,
    keys: IdentityKeys,
    { held, candidates, verdict }: Finding,
    source: Source,
    time: number,
    isRead: boolean,
  ): Resolved => {
    const isNew = verdict.device === null
    const row = isNew
      ? rows.create(isRead ? source.id : null, source.site_id, time, source.received_at)
      : rows.load(verdict.device as number)
    if (isNew) record(source, time, 'device_discovered', row, tell(item, keys))

    if (isRead) takeOver(row, source, time)
    const foreign = isOfOther(row, source)
    for (const id of verdict.merges) {
      const merged = rows.load(id)
      mergeInto(merged, row, source.received_at)
      known.forget()
      record(source, time, 'device_merged', row, { device_id: merged.device_id, ...tell(item, keys) })
    }
    const isItsOwn = (kind: IdentityKind) => {
      const holder = held[kind]?.device
      return holder === row.id || (holder !== undefined && verdict.merges.includes(holder))
    }
    // what is only said of a printer that did not answer takes nothing from one that did
    const claimed = claim(isRead ? verdict.claims : verdict.claims.filter((kind) => held[kind] === undefined))
    keepWords()
    if (isRead) {
      link(row, isNew, source, time)
      known.keep(item, source, remember())
    }
    return { row, keys: keepOwn(), isNew, foreign }

    /** What leads to another device is not shown of this one. */
    function keepOwn(): IdentityKeys {
      const isShown = (kind: IdentityKind) => claimed.includes(kind) || isItsOwn(kind)
      const serial = isShown('serial') ? keys.serial : null
      const mac_address = isShown('mac') ? keys.mac_address : null
      return { ...keys, serial, mac_address }
    }

    /** What was recorded: not what a newer reading holds, and this older one shows as well. */
    function claim(kinds: readonly IdentityKind[]): IdentityKind[] {
      const done: IdentityKind[] = []
      for (const kind of kinds) {
        if (kind === 'serial' && isNumberOfKnownMaker()) continue
        const holder = held[kind]
        const isHeldByOther = holder !== undefined && !isItsOwn(kind)
        if (isHeldByOther && isStillHeld(holder)) continue
        // what was said with the number alone may mean either from now on
        if (kind === 'serial' && holder === undefined && identities.hasNumber(keys.serial as string, source))
          known.forget()
        const [value] = identities.place(kind, keys, source)
        const isMove =
          kind === 'address' &&
          !isNew &&
          !foreign &&
          holder?.device !== row.id &&
          isNewest(row, time, source.received_at)
        const from = isMove ? addressOf(row) : null
        identities.add(kind, keys, source, row.id, time)
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
      identities.addWords(keys, source, row.id, time)
    }

    function remember(): Remembered | null {
      // an id that a device with a serial number holds stays there, and says nothing where a better key leads
      const isOutOfReach = (kind: IdentityKind) =>
        kind === 'device_id' && candidates.device_id?.serial != null && (keys.serial ?? keys.mac) !== null
      const isSettled = KINDS.every(
        (kind) => keys[kind] === null || claimed.includes(kind) || isItsOwn(kind) || isOutOfReach(kind),
      )
      if (!isSettled) return null
      const isByKey = keys.serial === null ? keys.mac !== null : identities.find('serial', keys, source) !== undefined
      return toRemember(row, keys, isByKey, time)
    }

    /** A number without its maker must not come to stand for this device: another maker may give it too. */
    function isNumberOfKnownMaker(): boolean {
      const isBare = keys.maker === '' && row.serial === keys.serial && readMaker(row) !== ''
      return isBare && identities.find('serial', keys, source) === undefined
    }

    /** An identity is touched once a day; the row of a device of one's own knows better. */
    function isStillHeld(holder: IdentityRow): boolean {
      const former = rows.load(holder.device)
      if (former.agent === null) return false
      const until = former.agent === source.id ? former.last_seen : holder.last_seen
      return time <= until && !isAhead(until, source.received_at)
    }

    function takeFrom(kind: IdentityKind, value: string, former: DeviceRow, isToldApart: boolean): void {
      known.forget()
      if (isToldApart) {
        record(source, time, 'device_identity_moved', row, { kind, value, from: former.device_id, to: row.device_id })
      }
      if (isOfOther(former, source)) return
      if (kind === 'address' && addressOf(former) === value) former.ip = null
      else if (kind === 'mac' && former.mac_address === keys.mac_address) former.mac_address = null
      else return
      rows.touch(former)
    }
  }

  /** The device becomes the agent's where nobody has read it yet, or its source does not any more. */
  const takeOver = (row: DeviceRow, source: Source, time: number): void => {
    if (row.agent === source.id || isForeign(row, source)) return
    const former = row.agent
    if (former === null) rows.adopt(row, source.id, time)
    else rows.assign(row, source.id)
    // what the agent said of it before was said of a device of another
    known.forget()
    if (former === null) return
    record(source, time, 'device_reassigned', row, { from: agents.nameOf(former), to: source.agent_id })
  }

  const link = (row: DeviceRow, isNew: boolean, source: Source, time: number): void => {
    const isFirst = !agents.has(row.id, source.id)
    agents.add(row.id, source.id, time)
    if (!isFirst || isNew || row.agent === source.id) return
    record(source, time, 'device_claimed', row, { agent_id: agents.nameOf(row.agent) })
  }

  /** Once a day for each: when identities were seen last is of interest to the day. */
  const refresh = (entry: Remembered, source: Source, time: number, foreign: boolean): void => {
    const { device, keys } = entry
    entry.firstDay = Math.min(entry.firstDay, dayOf(time))
    entry.lastDay = Math.max(entry.lastDay, dayOf(time))
    agents.add(device, source.id, time)
    if (identities.findWords(keys, source)?.device === device) identities.addWords(keys, source, device, time)
    for (const kind of KINDS) {
      if (foreign && kind !== 'address') continue
      if (identities.find(kind, keys, source)?.device === device) identities.add(kind, keys, source, device, time)
    }
  }

  /** @param time of the reading, never later than its arrival */
  const resolve = (item: PrinterFacts, source: Source, time: number): Resolved => {
    const entry = known.find(item, source)
    if (entry !== undefined) {
      const row = rows.load(entry.device)
      const foreign = row.agent !== source.id
      if ((!foreign || isForeign(row, source)) && showsStill(row, entry)) {
        const day = dayOf(time)
        if (day > entry.lastDay || day < entry.firstDay) refresh(entry, source, time, foreign)
        return { row, keys: entry.keys, isNew: false, foreign }
      }
    }
    const keys = readIdentity(item)
    return resolveAnew(item, keys, lookUp(keys, source), source, time, true)
  }

  const findSilent = (keys: IdentityKeys, source: Source): Resolved | Finding => {
    const finding = lookUp(keys, source)
    const { device } = finding.verdict
    if (device === null) return finding
    const row = rows.load(device)
    return { row, keys, isNew: false, foreign: isOfOther(row, source) }
  }

  return {
    resolve,

    /**
     * The device of a printer that did not answer: found by what is known, and nothing is learnt of it. One that nobody
     * knows is made without its address, at which another one may be by now, and is nobody's until an agent reads it.
     */
    resolveSilent(item: PrinterFacts, source: Source, time: number): Resolved {
      const keys = readIdentity(item)
      const found = findSilent(keys, source)
      if ('row' in found) return found
      const isNamed = (keys.serial ?? keys.mac ?? keys.device_id) !== null
      if (!isNamed) return resolveAnew(item, keys, found, source, time, false)
      const named = { ...item, ip: null }
      const namedKeys = readIdentity(named)
      const again = findSilent(namedKeys, source)
      return 'row' in again ? again : resolveAnew(named, namedKeys, again, source, time, false)
    },

    forget: () => known.forget(),
  }
}

const isOfOther = (row: DeviceRow, source: Source): boolean => row.agent !== null && row.agent !== source.id

const tell = ({ manufacturer, model }: PrinterFacts, { serial, mac_address, ip }: IdentityKeys) => ({
  manufacturer: manufacturer ?? null,
  model: model ?? null,
  serial,
  mac_address,
  ip,
})
