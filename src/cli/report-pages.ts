import { PrintMasterError } from '../core/model/error.ts'
import { COUNTER_NAMES, type CounterName } from '../core/model/printer.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { formatCsvRows } from '../core/output/csv.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import {
  type PagesReport,
  PagesReportSchema,
  type WireCorrection,
  type WireDevicePages,
} from '../core/protocol/retention.ts'
import { renderDevicePages } from '../core/store/render-device-pages.ts'
import type { AccessFlags } from './access-flags.ts'
import { openLocal, openRemote } from './open-access.ts'
import { readPeriod } from './read-period.ts'
import type { TerminalLook } from './terminal.ts'

export const REPORT_GROUPS = ['device', 'agent', 'location'] as const
export type ReportGroup = (typeof REPORT_GROUPS)[number]

export interface ReportFlags extends AccessFlags {
  readonly from: string
  readonly to: string
  readonly by: ReportGroup
  readonly device?: string | undefined
  readonly agent?: string | undefined
  readonly site?: string | undefined
}

const PAGE = 100

/** One line of the report. */
export interface ReportRow {
  /** device_id, agent_id or the location; null for devices without one. */
  readonly key: string | null
  readonly name: string
  /** Of one device alone. */
  readonly device: WireDevicePages | null
  readonly devices: number
  readonly counters: Readonly<Partial<Record<CounterName, number>>>
  readonly corrections: ReadonlyArray<WireCorrection & { readonly device_id: string }>
  /** Devices of which no reading falls into the span. */
  readonly without_readings: number
  /** Counters of before were let go within the span, of one of the devices at least; null where none were. */
  readonly let_go_before: string | null
}

export interface Report {
  readonly from: string
  readonly to: string
  readonly by: ReportGroup
  readonly rows: readonly ReportRow[]
}

/** What was counted, from the database of this machine or a server elsewhere. @throws PrintMasterError, StoreError */
export async function readPagesReport(flags: ReportFlags, tell: (sentence: string) => void): Promise<Report> {
  const period = readPeriod(flags, Date.now())
  const { from, to } = period as { from: number; to: number }
  if (from === to) throw new PrintMasterError('bad_flag', '--from and --to are the same moment')
  const devices = await readDevices(flags, from, to, tell)
  const { by } = flags
  return { from: utc(from), to: utc(to), by, rows: groupDevices(devices, by) }
}

const utc = (time: number) => new Date(time).toISOString()

async function readDevices(
  flags: ReportFlags,
  from: number,
  to: number,
  tell: (sentence: string) => void,
): Promise<WireDevicePages[]> {
  const { device: device_id, agent: agent_id, site: site_id } = flags
  const filter = {
    ...(device_id !== undefined && { device_id }),
    ...(agent_id !== undefined && { agent_id }),
    ...(site_id !== undefined && { site_id }),
  }
  const devices: WireDevicePages[] = []
  if (flags.server !== undefined) {
    const remote = await openRemote(flags.server, flags, 'a viewer', tell)
    try {
      let cursor: string | null = null
      do {
        const query = new URLSearchParams({ from: utc(from), to: utc(to), limit: String(PAGE), ...filter })
        if (cursor !== null) query.set('cursor', cursor)
        const page: PagesReport = await remote.send(PagesReportSchema, 'GET', `/reports/pages?${query}`)
        devices.push(...page.devices)
        cursor = page.next_cursor
      } while (cursor !== null)
    } finally {
      await remote.close()
    }
    return devices
  }
  const { store } = await openLocal(flags, { readonly: true }, tell)
  try {
    let cursor: string | null = null
    do {
      const page = await store.listPages({ from, to, limit: PAGE, ...filter, ...(cursor !== null && { cursor }) })
      devices.push(...page.items.map(renderDevicePages))
      cursor = page.next_cursor
    } while (cursor !== null)
  } finally {
    await store.close()
  }
  return devices
}

/** Most pages first. */
function groupDevices(devices: readonly WireDevicePages[], by: ReportGroup): ReportRow[] {
  const groups = new Map<string | null, WireDevicePages[]>()
  for (const device of devices) {
    const key = { device: device.device_id, agent: device.agent_id, location: device.location }[by]
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [device])
    else group.push(device)
  }
  const rows = [...groups].map(([key, group]): ReportRow => {
    const first = group[0] as WireDevicePages
    const counters: Partial<Record<CounterName, number>> = {}
    for (const name of COUNTER_NAMES) {
      const told = group.flatMap((each) => each.counters[name] ?? [])
      if (told.length > 0) counters[name] = told.reduce((sum, { pages }) => sum + pages, 0)
    }
    return {
      key,
      name: { device: nameDevice(first), agent: first.agent_name ?? key ?? 'no agent', location: key ?? 'no location' }[
        by
      ],
      device: by === 'device' ? first : null,
      devices: group.length,
      counters,
      corrections: group.flatMap(({ device_id, corrections }) => corrections.map((each) => ({ device_id, ...each }))),
      without_readings: group.filter(({ last_at }) => last_at === null).length,
      let_go_before: latest(group.map(({ let_go_before }) => let_go_before)),
    }
  })
  return rows.sort((a, b) => (b.counters.page_count ?? -1) - (a.counters.page_count ?? -1) || compare(a.key, b.key))
}

/** Moments in UTC, all written alike. */
const latest = (moments: ReadonlyArray<string | null>): string | null =>
  moments.reduce((late, each) => (each !== null && each > (late ?? '') ? each : late), null)

const compare = (a: string | null, b: string | null) => ((a ?? '') < (b ?? '') ? -1 : 1)
const nameDevice = ({ manufacturer, model, ip, device_id }: WireDevicePages) =>
  [manufacturer, model].filter(Boolean).join(' ') || ip || device_id

const count = (value: number | undefined) => (value === undefined ? '' : value.toLocaleString('en'))

/** For people. */
export function formatReport(report: Report, look: TerminalLook): string {
  const { rows, by } = report
  if (rows.length === 0) return ''
  const shown = COUNTER_NAMES.filter((name) => name !== 'page_count' && rows.some(({ counters }) => counters[name]))
  const columns: TextColumn<ReportRow>[] = [
    {
      heading: { device: 'Device', agent: 'Agent', location: 'Location' }[by],
      comfort: 20,
      dropRank: 0,
      read: ({ name }) => name,
    },
    ...(by === 'device'
      ? ([
          { heading: 'Serial', comfort: 12, dropRank: 1, read: ({ device }) => device?.serial ?? '' },
          { heading: 'Location', comfort: 12, dropRank: 4, read: ({ device }) => device?.location ?? '' },
          {
            heading: 'From',
            align: 'right',
            comfort: 9,
            dropRank: 3,
            read: ({ device }) => count(device?.counters.page_count?.first),
          },
          {
            heading: 'To',
            align: 'right',
            comfort: 9,
            dropRank: 2,
            read: ({ device }) => count(device?.counters.page_count?.last),
          },
        ] satisfies TextColumn<ReportRow>[])
      : ([
          { heading: 'Devices', align: 'right', comfort: 7, dropRank: 1, read: ({ devices }) => String(devices) },
        ] satisfies TextColumn<ReportRow>[])),
    { heading: 'Pages', align: 'right', comfort: 9, dropRank: 0, read: ({ counters }) => count(counters.page_count) },
    ...shown.map(
      (name, i): TextColumn<ReportRow> => ({
        heading: name.replace(/_(pages|count)$/, ''),
        align: 'right',
        comfort: 7,
        dropRank: 5 + i,
        read: ({ counters }) => count(counters[name]),
      }),
    ),
    {
      heading: 'Corrected',
      align: 'right',
      comfort: 9,
      dropRank: 0,
      read: ({ corrections }) => (corrections.length === 0 ? '' : String(corrections.length)),
    },
  ]
  const total = rows.reduce((sum, { counters }) => sum + (counters.page_count ?? 0), 0)
  const lines = [
    formatTextTable(rows, columns, look),
    `${count(total)} pages from ${report.from} to ${report.to}`,
    ...listCorrections(rows),
  ]
  const silent = rows.reduce((sum, { without_readings }) => sum + without_readings, 0)
  if (silent > 0) lines.push(`${silent} of these devices told nothing in this span that is still here`)
  const let_go = latest(rows.map(({ let_go_before }) => let_go_before))
  if (let_go !== null) {
    const lost = rows.filter(({ let_go_before }) => let_go_before !== null).length
    const whose = by === 'device' ? `${lost} of these devices` : `devices in ${lost} of these lines`
    lines.push(
      `What ${whose} counted before ${let_go} was let go: it is in no figure here, unless retention restore brought it back`,
    )
  }
  return `${lines.join('\n')}\n`
}

const WORDS: Readonly<Record<string, string>> = {
  reset: 'began anew at zero',
  roll_over: 'went past its last number',
  swap: 'is another counter now (another board or machine)',
  return: 'is the counter of before again',
  jump: 'rose far faster than ever before (look whether it is another counter)',
}

function listCorrections(rows: readonly ReportRow[]): string[] {
  return rows.flatMap(({ name, device, corrections }) =>
    corrections.map(
      ({ at, device_id, counter, kind, before, after, pages }) =>
        `${at}  ${cleanText(`${name} ${device === null ? device_id : (device.serial ?? device.ip ?? device_id)}`)}: ${counter} ${WORDS[kind] ?? cleanText(kind)}, ${count(before)} to ${count(after)}: ${count(pages)} counted`,
    ),
  )
}

/** One row for each line, with all counters; corrections as text. */
export function formatReportCsv({ from, to, by, rows }: Report): string {
  const heads = [
    'from',
    'to',
    by === 'device' ? 'device_id' : by === 'agent' ? 'agent_id' : 'location',
    'name',
    ...(by === 'device'
      ? ['serial', 'asset_number', 'location', 'agent_id', 'first_at', 'last_at', 'page_count_first', 'page_count_last']
      : ['devices']),
    ...COUNTER_NAMES.map((name) => `${name}_counted`),
    'corrections',
    'let_go_before',
  ]
  const lines = rows.map(({ key, name, device, devices, counters, corrections, let_go_before }) => [
    from,
    to,
    key,
    name,
    ...(device === null
      ? [devices]
      : [
          device.serial,
          device.asset_number,
          device.location,
          device.agent_id,
          device.first_at,
          device.last_at,
          device.counters.page_count?.first ?? null,
          device.counters.page_count?.last ?? null,
        ]),
    ...COUNTER_NAMES.map((counter) => counters[counter] ?? null),
    corrections
      .map(({ at, counter, kind, before, after, pages }) => `${at} ${counter} ${kind} ${before} to ${after}: ${pages}`)
      .join('; '),
    let_go_before,
  ])
  return formatCsvRows([heads, ...lines])
}
