import { Check } from 'typebox/value'
import { PrintMasterError } from '../core/model/error.ts'
import { agentId } from '../core/protocol/agents.ts'
import { MAX_DEVICES_NAMED } from '../core/protocol/metrics.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import type { ExportFlags, ExportKind } from './export-flags.ts'
import type { ExportFilter, ExportRow, ExportSource } from './export-source.ts'
import { readPeriod } from './read-period.ts'

const LONGEST_ID = 64

/**
 * What the flags ask for, checked as far as it can be without asking anybody.
 * @param now milliseconds since 1970
 * @throws PrintMasterError bad_flag
 */
export function composeExportFilter(kind: ExportKind, flags: ExportFlags, now: number): ExportFilter {
  const { agent, site, device, resolution } = flags
  if (resolution !== undefined && kind !== 'metrics') throw mistake(`--resolution goes with metrics only`)
  if (device !== undefined && kind === 'agents') throw mistake('--device does not go with agents')
  if (agent !== undefined && !Check(agentId, agent)) {
    throw mistake(`--agent ${quoteText(agent)}: an agent_id has letters, digits and . _ : -, at most 128 of them`)
  }
  for (const [flag, id] of [['--site', site], ...(device ?? []).map((each) => ['--device', each])] as const) {
    if (id !== undefined && (id.length > LONGEST_ID || /[\p{Cc},]/u.test(id)))
      throw mistake(`${flag} ${quoteText(id)} is no id`)
  }
  if (device !== undefined && device.length > MAX_DEVICES_NAMED) {
    throw mistake(`--device names more than ${MAX_DEVICES_NAMED}; export all and choose behind the pipe`)
  }
  return {
    ...readPeriod(flags, now),
    ...(site !== undefined && { site_id: site }),
    ...(agent !== undefined && { agent_id: agent }),
    ...(device !== undefined && { device_ids: device }),
    resolution: resolution ?? 'raw',
  }
}

/**
 * The same with the ids that its devices have and had. What does not exist is a mistake, and no empty list.
 * @throws PrintMasterError server_refused for a device or an agent that is not there
 */
export async function resolveExportFilter(filter: ExportFilter, source: ExportSource): Promise<ExportFilter> {
  const { agent_id, device_ids } = filter
  if (agent_id !== undefined && !(await source.hasAgent(agent_id))) throw missing('agent', agent_id)
  if (device_ids === undefined) return filter
  const all = new Set<string>()
  for (const id of device_ids) {
    const found = await source.findDevice(id)
    if (found === null) throw missing('device', id)
    for (const each of [found.device_id, ...found.merged]) all.add(each)
  }
  return { ...filter, device_ids: [...all].toSorted() }
}

/** The time of a row that `from` and `to` are held against. */
const TIMES: Readonly<Record<ExportKind, string>> = {
  devices: 'last_seen',
  metrics: 'sampled_at',
  agents: 'last_seen',
  alerts: 'opened_at',
  audit: 'recorded_at',
}

/** What no source narrows its list by. Metrics come as they were asked for. */
export function acceptRow(kind: ExportKind, filter: ExportFilter, row: ExportRow): boolean {
  if (kind === 'metrics') return true
  const { from, to, site_id, agent_id, device_ids } = filter
  if (site_id !== undefined && row.site_id !== site_id) return false
  if (agent_id !== undefined && row.agent_id !== agent_id) return false
  if (device_ids !== undefined && !device_ids.includes(nameDevice(kind, row))) return false
  if (from === undefined && to === undefined) return true
  const text = row[TIMES[kind]]
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return time >= (from ?? Number.NEGATIVE_INFINITY) && time < (to ?? Number.POSITIVE_INFINITY)
}

function nameDevice(kind: ExportKind, row: ExportRow): string {
  const id = kind === 'audit' ? (row.resource_type === 'device' ? row.resource_id : null) : row.device_id
  return typeof id === 'string' ? id : ''
}

const mistake = (problem: string) => new PrintMasterError('bad_flag', problem)
const missing = (what: string, id: string) =>
  new PrintMasterError('server_refused', `there is no ${what} ${quoteText(id)}`)
