import { type IdentityKeys, type IdentityKind, serialValue } from './device-identity.ts'
import type { DeviceRow, DeviceRows } from './device-rows.ts'
import type { Database } from './open-database.ts'
import { OF_ANOTHER_DAY } from './whole-days.ts'

export type Identities = ReturnType<typeof prepareIdentities>

/** The agent that says it, and its site. */
export interface Speaker {
  readonly id: number
  readonly site_id: string
}

export interface IdentityRow {
  readonly device: number
  readonly last_seen: number
}

/** What printers showed of themselves, and the devices that it leads to. */
export function prepareIdentities(db: Database, rows: DeviceRows) {
  const findIdentity = db.prepare<[string, string, number, string], IdentityRow>(
    'SELECT device, last_seen FROM device_identities WHERE kind = ? AND value = ? AND agent = ? AND site_id = ?',
  )
  const findNumber = db.prepare<[string, string], IdentityRow>(
    `SELECT DISTINCT device, 0 AS last_seen FROM device_identities
     WHERE kind = 'serial' AND substr(value, instr(value, '|') + 1) = ? AND site_id = ? LIMIT 2`,
  )
  const findOwnNumber = db.prepare<[string, string, number], IdentityRow>(
    `SELECT DISTINCT i.device, 0 AS last_seen FROM device_identities i CROSS JOIN devices d ON d.id = i.device
     WHERE i.kind = 'serial' AND substr(i.value, instr(i.value, '|') + 1) = ? AND i.site_id = ? AND d.agent = ? LIMIT 2`,
  )
  const addIdentity = db.prepare(
    `INSERT INTO device_identities (site_id, kind, value, agent, device, first_seen, last_seen)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET first_seen = iif(device = excluded.device, min(first_seen, excluded.first_seen), excluded.first_seen),
       device = excluded.device, last_seen = max(last_seen, excluded.last_seen)
     WHERE device <> excluded.device OR ${OF_ANOTHER_DAY}`,
  )
  const findMac = db
    .prepare<[number], number>("SELECT 1 FROM device_identities WHERE device = ? AND kind = 'mac' LIMIT 1")
    .pluck()

  /** Where an identity is kept: the value, and the agent within which it counts. */
  const place = (kind: IdentityKind, keys: IdentityKeys, speaker: Speaker): [string, number] => {
    if (kind === 'serial') return [serialValue(keys), 0]
    return [keys[kind] as string, kind === 'address' || !keys.isWorldwide ? speaker.id : 0]
  }
  const find = (kind: IdentityKind, keys: IdentityKeys, speaker: Speaker): IdentityRow | undefined =>
    keys[kind] === null ? undefined : findIdentity.get(kind, ...place(kind, keys, speaker), speaker.site_id)

  const only = ([one, other]: readonly IdentityRow[]) => (other === undefined ? one : undefined)
  const findAnyNumber = ({ serial }: IdentityKeys, speaker: Speaker) =>
    only(findNumber.all(serial as string, speaker.site_id))

  return {
    place,
    find,

    findWords: ({ words }: IdentityKeys, speaker: Speaker): IdentityRow | undefined =>
      words === null ? undefined : findIdentity.get('device_id', words, speaker.id, speaker.site_id),

    /**
     * By maker and number; a maker that only one side tells is no difference. A number alone leads to the speaker's own
     * device first: others may show the same one.
     */
    findSerial(keys: IdentityKeys, speaker: Speaker): IdentityRow | undefined {
      if (keys.serial === null) return undefined
      const exact = find('serial', keys, speaker)
      if (keys.maker === '') {
        if (exact !== undefined && rows.load(exact.device).agent === speaker.id) return exact
        return (
          only(findOwnNumber.all(keys.serial, speaker.site_id, speaker.id)) ?? exact ?? findAnyNumber(keys, speaker)
        )
      }
      if (exact !== undefined) return exact
      const nameless = findIdentity.get('serial', serialValue({ ...keys, maker: '' }), 0, speaker.site_id)
      return nameless !== undefined && ['', keys.maker].includes(readMaker(rows.load(nameless.device)))
        ? nameless
        : undefined
    },

    /** True where any maker's device has this number. */
    hasNumber: (serial: string, speaker: Speaker): boolean => findNumber.get(serial, speaker.site_id) !== undefined,

    hasMac: (device: number): boolean => findMac.get(device) !== undefined,

    add: (kind: IdentityKind, keys: IdentityKeys, speaker: Speaker, device: number, time: number): void =>
      void addIdentity.run(speaker.site_id, kind, ...place(kind, keys, speaker), device, time, time),

    addWords: ({ words }: IdentityKeys, speaker: Speaker, device: number, time: number): void =>
      void addIdentity.run(speaker.site_id, 'device_id', words, speaker.id, device, time, time),
  }
}

export const readMaker = (row: DeviceRow) => (row.manufacturer ?? '').trim().toLowerCase().replaceAll('|', ' ')
