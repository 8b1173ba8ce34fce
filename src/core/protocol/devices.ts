import Type, { type TSchema } from 'typebox'
import { COUNTER_NAMES, type CounterName } from '../model/printer.ts'
import { agentId } from './agents.ts'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullable,
  nullableCount,
  nullableNumber,
  nullableText,
  nullableUtcTime,
  open,
  text,
  utcTime,
} from './kinds.ts'

export const MAX_DEVICES_PER_BATCH = 1000

const level = Type.Object(
  {
    state: text(32, 'percent, some, low, empty, unknown, unlimited'),
    percent: Type.Optional(nullableNumber('0 to 100')),
  },
  open,
)

export const WireSupplySchema = Type.Object(
  {
    index: Type.Optional(nullable<number>({ type: 'integer' }, 'prtMarkerSuppliesIndex')),
    kind: Type.Optional(nullableText(64, 'toner, ink, drum ...')),
    color: Type.Optional(nullableText(64, 'black, cyan ...')),
    name: Type.Optional(nullableText(512, '')),
    level: Type.Optional(level),
  },
  open,
)
export type WireSupply = Type.Static<typeof WireSupplySchema>

/** Lists of older agents are null where they are empty. */
const nullableRows = <S extends TSchema>(items: S, description: string) =>
  Type.Optional(Type.Unsafe<Type.Static<S>[] | null>({ type: ['array', 'null'], items, maxItems: 512, description }))
const rows = (description: string) => nullableRows(Type.Object({}, open), description)

/** What names a printer: at least one of serial, mac_address, device_id or ip has to be there. */
export const IDENTITY_FACTS = {
  device_id: Type.Optional(nullableText(256, 'best identity that the printer itself shows')),
  serial: Type.Optional(nullableText(256, 'serial number')),
  mac_address: Type.Optional(nullableText(64, 'any spelling')),
  ip: Type.Optional(nullableText(64, 'address that it was read at')),
  port: Type.Optional(nullable<number>({ type: 'integer', minimum: 1, maximum: 65_535 } as never, 'UDP port of SNMP')),
  printer_index: Type.Optional(
    nullable<number>(
      { type: 'integer', minimum: 0, maximum: 2_147_483_647 } as never,
      'hrDeviceIndex: one address can serve several printers',
    ),
  ),
  manufacturer: Type.Optional(nullableText(256, '')),
  model: Type.Optional(nullableText(256, '')),
}

export const STATE_FACTS = {
  status: Type.Optional(
    nullableText(64, 'idle, printing, warmup, asleep, warning, error, unknown; offline: it did not answer'),
  ),
  offline_reason: Type.Optional(nullableText(64, 'of offline: silent, wrong_credentials, refused, moved, unreachable')),
  ...Object.fromEntries(
    COUNTER_NAMES.map((name) => [name, Type.Optional(nullableCount('lifetime counter; null when there is none'))]),
  ),
  uptime_seconds: Type.Optional(nullableCount('sysUpTime')),
  supplies: nullableRows(WireSupplySchema, 'as scan prints them'),
  trays: rows('as scan prints them'),
  alerts: rows('as scan prints them'),
  sampled_at: Type.Optional(
    Type.Unsafe<unknown>({
      type: ['string', 'number', 'boolean', 'null'],
      maxLength: 256,
      description: 'RFC 3339: when the printer was read, by the clock of the agent. What is no time is kept and marked',
    }),
  ),
}

export const DeviceItemSchema = Type.Object(
  {
    ...IDENTITY_FACTS,
    hostname: Type.Optional(nullableText(256, 'sysName')),
    firmware: Type.Optional(nullableText(256, '')),
    location: Type.Optional(nullableText(512, 'sysLocation')),
    contact: Type.Optional(nullableText(512, 'sysContact')),
    asset_number: Type.Optional(nullableText(256, '')),
    description: Type.Optional(nullableText(1024, 'sysDescr')),
    ...STATE_FACTS,
  },
  {
    ...open,
    title: 'DeviceItem',
    description: 'a printer as scan prints it, at most 256 KiB as JSON; every key is optional, others are kept',
  },
)

/** A device item after the check, under the words of this protocol; whatever else came stands beside them. */
export interface DeviceItem extends DeviceState {
  readonly hostname?: string | null
  readonly firmware?: string | null
  readonly location?: string | null
  readonly contact?: string | null
  readonly asset_number?: string | null
  readonly description?: string | null
}

export interface DeviceState extends Partial<Record<CounterName, number | null>> {
  readonly device_id?: string | null
  readonly serial?: string | null
  readonly mac_address?: string | null
  readonly ip?: string | null
  readonly port?: number | null
  readonly printer_index?: number | null
  readonly manufacturer?: string | null
  readonly model?: string | null
  readonly status?: string | null
  readonly offline_reason?: string | null
  readonly uptime_seconds?: number | null
  readonly supplies?: readonly WireSupply[] | null
  readonly sampled_at?: unknown
  readonly [other: string]: unknown
}

export const DeviceSchema = Type.Object(
  {
    device_id: Type.String({ description: "the server's own UUID of the device" }),
    site_id: Type.String(),
    agent_id: nullableText(128, 'the agent that it is read by; null while it was only said not to answer'),
    manufacturer: nullableText(256, ''),
    model: nullableText(256, ''),
    serial: nullableText(256, ''),
    mac_address: nullableText(64, 'lower case, colons'),
    hostname: nullableText(256, ''),
    ip: nullableText(64, ''),
    port: nullable<number>({ type: 'integer' }, ''),
    printer_index: nullable<number>({ type: 'integer' }, ''),
    firmware: nullableText(256, ''),
    location: nullableText(512, ''),
    contact: nullableText(512, ''),
    asset_number: nullableText(256, ''),
    status: nullableText(64, 'as the last reading says; offline where it did not answer since'),
    offline_reason: nullableText(64, 'why, where the agent says so; null when it is not offline'),
    page_count: nullableCount('of the last reading that told one'),
    lowest_supply: nullable<number>(
      { type: 'integer' },
      'the lowest known level of its supplies in percent; null when none is known as a number',
    ),
    first_seen: nullableUtcTime('sampled_at of the first reading; null while there is none'),
    last_seen: nullableUtcTime('sampled_at of the last reading; null while there is none'),
    received_at: utcTime('when that came; while there is none, when the device was first told of'),
  },
  { ...closed, title: 'Device' },
)
export type Device = Type.Static<typeof DeviceSchema>

export const DeviceDetailSchema = Type.Object(
  {
    ...DeviceSchema.properties,
    identities: Type.Array(
      Type.Object(
        {
          kind: Type.String({ description: 'serial, mac, address, device_id' }),
          value: Type.String(),
          agent_id: nullableText(128, 'addresses count within one agent only'),
          first_seen: utcTime('when it was first told'),
          last_seen: utcTime('when it was last told; written once a day'),
        },
        closed,
      ),
    ),
    merged: Type.Array(Type.String(), { description: 'device_ids that turned out to be this device' }),
    agents: Type.Array(
      Type.Object({ agent_id: Type.String(), first_seen: utcTime(''), last_seen: utcTime('') }, closed),
      { description: 'every agent that has read it' },
    ),
    snapshot: Type.Object(
      {},
      { additionalProperties: true, description: 'the last reading, whole, as the agent sent it' },
    ),
  },
  { ...closed, title: 'DeviceDetail' },
)
export type DeviceDetail = Type.Static<typeof DeviceDetailSchema>

export const DEVICE_SORTS = [
  'device_id',
  'last_seen',
  'first_seen',
  'manufacturer',
  'model',
  'serial',
  'location',
  'page_count',
  'lowest_supply',
] as const
export type DeviceSort = (typeof DEVICE_SORTS)[number]

export const DevicesQuerySchema = Type.Object(
  {
    site_id: Type.Optional(text(64, '')),
    agent_id: Type.Optional(agentId),
    manufacturer: Type.Optional(text(256, 'whole, case does not count')),
    model: Type.Optional(text(256, 'whole, case does not count')),
    serial: Type.Optional(text(256, 'whole')),
    mac_address: Type.Optional(text(64, 'any spelling')),
    ip: Type.Optional(text(64, 'whole')),
    status: Type.Optional(text(64, 'whole')),
    search: Type.Optional(text(128, 'part of maker, model, serial, host name, location or address')),
    supply_below: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 101, description: 'lowest_supply less than this' }),
    ),
    seen_since: Type.Optional(text(64, 'RFC 3339: last_seen at this moment or later')),
    sort: Type.Optional(
      Type.Unsafe<DeviceSort | `-${DeviceSort}`>({
        type: 'string',
        enum: DEVICE_SORTS.flatMap((name) => [name, `-${name}`]),
        description: 'a minus turns the order round; null comes last either way',
      }),
    ),
    limit: limitQuery(1000, 100),
    cursor: cursorQuery,
  },
  closed,
)
export type DevicesQuery = Type.Static<typeof DevicesQuerySchema>

export const DeviceListSchema = Type.Object(
  { devices: Type.Array(DeviceSchema), next_cursor: nextCursor },
  { ...closed, title: 'DeviceList' },
)
export type DeviceList = Type.Static<typeof DeviceListSchema>
