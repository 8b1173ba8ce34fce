import Type from 'typebox'
import { COUNTER_NAMES } from '../model/printer.ts'
import { type DeviceState, IDENTITY_FACTS, STATE_FACTS } from './devices.ts'
import {
  closed,
  cursorQuery,
  limitQuery,
  nextCursor,
  nullable,
  nullableCount,
  nullableText,
  open,
  text,
  utcTime,
} from './kinds.ts'

export const MAX_METRICS_PER_BATCH = 5000

/** Version 8 is what the server derives: nobody can take an id that it will derive. */
const clientUuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-7][0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  description:
    'UUIDv7 (1 to 7 are taken), from the journal; left out, it is derived from agent, device, time and content',
})

export const MetricItemSchema = Type.Object(
  {
    reading_id: Type.Optional(clientUuid),
    ...IDENTITY_FACTS,
    ...STATE_FACTS,
  },
  {
    ...open,
    title: 'MetricItem',
    description: 'one reading of one printer, at most 64 KiB as JSON; other keys are kept',
  },
)

/** A metric item after the check, under the words of this protocol. */
export interface MetricItem extends DeviceState {
  readonly reading_id?: string
}

/** Why `sampled_at` may not be what the clock of the server would have said. */
export const TIME_MARKS = ['missing', 'unreadable', 'past', 'future', 'clock_offset'] as const
export type TimeMark = (typeof TIME_MARKS)[number]

export const MetricSchema = Type.Object(
  {
    reading_id: Type.String(),
    device_id: Type.String({ description: "the server's UUID of the device" }),
    agent_id: Type.String(),
    sampled_at: utcTime('by the clock of the agent'),
    received_at: utcTime('by the clock of the server'),
    clock_offset_ms: nullable<number>({ type: 'integer' }, 'clock of the agent less ours; null when it was not known'),
    time_mark: nullable<TimeMark>(
      { type: 'string', enum: [...TIME_MARKS, null] } as never,
      'what is odd about sampled_at: missing and unreadable stand for received_at; null when nothing is',
    ),
    of_other_agent: Type.Optional(
      Type.Boolean({
        description: 'true where agent_id was not the agent that the device is read by: hours and days leave it out',
      }),
    ),
    status: nullableText(64, ''),
    ...Object.fromEntries(COUNTER_NAMES.map((name) => [name, Type.Optional(nullableCount(''))])),
  },
  { ...open, title: 'Metric', description: 'the reading as it was sent, with what the server knows of it' },
)
export type Metric = Type.Static<typeof MetricSchema>

export const RESOLUTIONS = ['raw', 'hour', 'day', 'month'] as const
export type Resolution = (typeof RESOLUTIONS)[number]
export type PeriodResolution = Exclude<Resolution, 'raw'>

export const MetricsQuerySchema = Type.Object(
  {
    from: Type.Optional(text(64, 'RFC 3339 or a date; sampled_at at this moment or later')),
    to: Type.Optional(text(64, 'RFC 3339; sampled_at before this moment. A date means the whole day')),
    resolution: Type.Optional(
      Type.Unsafe<Resolution>({ type: 'string', enum: [...RESOLUTIONS], description: 'raw unless told otherwise' }),
    ),
    limit: limitQuery(5000, 1000),
    cursor: cursorQuery,
  },
  closed,
)
export type MetricsQuery = Type.Static<typeof MetricsQuerySchema>

const count = (description: string) => Type.Integer({ description })
const counted = Type.Object(
  {
    first: count('of its first reading'),
    last: count('of its last reading'),
    pages: count(
      'printed, scanned … since the reading before the first one, with resets, roll-overs and swaps recognised',
    ),
  },
  closed,
)

/** A step of a counter that is not what was printed. */
export const CorrectionSchema = Type.Object(
  {
    counter: Type.String(),
    at: utcTime('of the reading that showed it'),
    kind: Type.String({
      description:
        'reset: began anew at zero; roll_over: went past its last number; swap: is another counter now; return: is the one of before again; jump: rose far faster than ever before',
    }),
    before: count(''),
    after: count(''),
    pages: count('what was counted for this step'),
  },
  closed,
)

const levelOfPeriod = Type.Object(
  {
    supply: Type.String(),
    kind: Type.String(),
    color: Type.String(),
    min: Type.Number({ description: 'percent' }),
    max: Type.Number(),
    last: Type.Number(),
    replaced: count('how often it was replaced or filled up'),
  },
  closed,
)

/** Several readings as one: counters as first and last of those that told one, the rest as the last reading has it. */
export const MetricPeriodSchema = Type.Object(
  {
    period_start: utcTime('the hour, day or month (UTC) begins here'),
    readings: Type.Integer({ description: 'how many fall into it; 0 where only a state lasts into it' }),
    counters: Type.Object({}, { additionalProperties: counted }),
    corrections: Type.Array(CorrectionSchema),
    lowest_supply: nullable<number>({ type: 'integer' }, 'the lowest of all its readings in percent'),
    levels: Type.Array(levelOfPeriod, { description: 'of those that are known as a number' }),
    states: Type.Object(
      {},
      { additionalProperties: Type.Integer(), description: 'seconds in each; the rest is not known' },
    ),
    last_status: nullableText(64, ''),
  },
  {
    ...closed,
    title: 'MetricPeriod',
    description: 'from readings as long as they are kept, and from days and months after that',
  },
)
export type MetricPeriod = Type.Static<typeof MetricPeriodSchema>

export const MAX_DEVICES_NAMED = 40

export const FleetMetricsQuerySchema = Type.Object(
  {
    ...MetricsQuerySchema.properties,
    site_id: Type.Optional(text(64, 'only of devices of this site')),
    agent_id: Type.Optional(
      text(128, 'raw: brought by this agent; hours, days and months: of devices that it reads now'),
    ),
    device_id: Type.Optional(
      text(40 * MAX_DEVICES_NAMED, `only of these devices, by comma, ${MAX_DEVICES_NAMED} at most`),
    ),
  },
  closed,
)
export type FleetMetricsQuery = Type.Static<typeof FleetMetricsQuerySchema>

export const FleetPeriodSchema = Type.Object(
  { device_id: Type.String(), ...MetricPeriodSchema.properties },
  { ...closed, title: 'FleetPeriod', description: 'as MetricPeriod, and of which device' },
)
export type FleetPeriod = Type.Static<typeof FleetPeriodSchema>

export const FleetMetricListSchema = Type.Object(
  {
    resolution: Type.Unsafe<Resolution>({ type: 'string', enum: [...RESOLUTIONS] }),
    metrics: Type.Array(Type.Unsafe<Metric | FleetPeriod>({ anyOf: [MetricSchema, FleetPeriodSchema] }), {
      description: 'by device_id, then by sampled_at; raw ones in the place of the id that they came under',
    }),
    next_cursor: nextCursor,
  },
  {
    ...closed,
    title: 'FleetMetricList',
    description: 'a page may end before its limit, or even be empty; next_cursor alone says whether more follows',
  },
)
export type FleetMetricList = Type.Static<typeof FleetMetricListSchema>

export const MetricListSchema = Type.Object(
  {
    device_id: Type.String(),
    resolution: Type.Unsafe<Resolution>({ type: 'string', enum: [...RESOLUTIONS] }),
    metrics: Type.Array(Type.Unsafe<Metric | MetricPeriod>({ anyOf: [MetricSchema, MetricPeriodSchema] }), {
      description: 'by sampled_at, oldest first',
    }),
    next_cursor: nextCursor,
  },
  {
    ...closed,
    title: 'MetricList',
    description:
      'a page may end before its limit, one of hours or days even empty; next_cursor alone says whether more follows',
  },
)
export type MetricList = Type.Static<typeof MetricListSchema>
