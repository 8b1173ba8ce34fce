import { cleanText } from '../../core/output/clean-text.ts'
import { DEFAULT_THRESHOLDS, judgeLevel, judgeStatus, type Severity } from '../../core/output/severity.ts'
import { colorStatus } from '../../core/output/status-color.ts'
import { namePrinter, wordLevel } from '../../core/output/wording.ts'
import type { Device } from '../../core/protocol/devices.ts'
import type { ListColumn } from './list-column.ts'
import { type Moment, wordAgo } from './word-age.ts'

/** What a list needs of a printer, worked out once for each state of it. */
export interface DeviceView {
  readonly device: Device
  readonly name: string
  readonly address: string
  readonly status: string
  readonly severity: Severity
  /** Lower case; what a filter looks in. */
  readonly searched: string
}

const known = new WeakMap<Device, DeviceView>()

/** The texts of a printer, cleaned. */
export function viewDevice(device: Device): DeviceView {
  const found = known.get(device)
  if (found !== undefined) return found
  const { serial, location, hostname, lowest_supply } = device
  const name = namePrinter(device) ?? (cleanText(hostname ?? '') || 'printer')
  const address = cleanText(device.ip ?? '')
  const status = cleanText(device.status ?? '') || 'unknown'
  const others = [serial, location, hostname, device.asset_number, device.mac_address, device.agent_id]
  const searched = [name, address, status, ...others.map((text) => cleanText(text ?? ''))].join('\n').toLowerCase()
  const level =
    lowest_supply === null ? 0 : judgeLevel({ state: 'percent', percent: lowest_supply }, DEFAULT_THRESHOLDS)
  const severity = Math.max(judgeStatus(status), level) as Severity
  const view = { device, name, address, status, severity, searched }
  known.set(device, view)
  return view
}

/** `offline (moved)`, `error` */
export function wordDeviceStatus({ device, status }: DeviceView): string {
  const reason = status === 'offline' && device.offline_reason ? cleanText(device.offline_reason) : ''
  return reason === '' ? status : `${status} (${reason.replaceAll('_', ' ')})`
}

/** `error; lowest supply 3%`: what wants attention, in words. */
export function wordNeed(view: DeviceView): string {
  const { lowest_supply } = view.device
  const isLow = lowest_supply !== null && lowest_supply <= DEFAULT_THRESHOLDS.warning_percent
  const parts = [
    ...(judgeStatus(view.status) > 0 ? [wordDeviceStatus(view)] : []),
    ...(isLow ? [`lowest supply ${wordLevel({ state: 'percent', percent: lowest_supply })}`] : []),
  ]
  return parts.length === 0 ? view.status : parts.join('; ')
}

/** @param now milliseconds since 1970 */
export function listDeviceColumns(moment: Moment): ReadonlyArray<ListColumn<DeviceView>> {
  return [
    { heading: 'Printer', comfort: 24, widest: 44, dropRank: 0, read: ({ name }) => name },
    { heading: 'Address', comfort: 15, widest: 39, dropRank: 2, read: ({ address }) => address },
    {
      heading: 'Status',
      comfort: 8,
      widest: 26,
      dropRank: 0,
      read: wordDeviceStatus,
      color: ({ status }) => colorStatus(status),
    },
    {
      heading: 'Lowest',
      align: 'right',
      comfort: 6,
      widest: 6,
      dropRank: 0,
      read: ({ device }) =>
        device.lowest_supply === null ? '' : wordLevel({ state: 'percent', percent: device.lowest_supply }),
      color: ({ device: { lowest_supply } }) => colorLevel(lowest_supply),
    },
    {
      heading: 'Pages',
      align: 'right',
      comfort: 9,
      widest: 12,
      dropRank: 4,
      read: ({ device }) => device.page_count?.toLocaleString('en') ?? '',
    },
    {
      heading: 'Location',
      comfort: 14,
      widest: 30,
      dropRank: 3,
      read: ({ device }) => cleanText(device.location ?? ''),
    },
    { heading: 'Serial', comfort: 12, widest: 20, dropRank: 5, read: ({ device }) => cleanText(device.serial ?? '') },
    { heading: 'Read', comfort: 12, widest: 16, dropRank: 6, read: ({ device }) => wordAgo(device.last_seen, moment) },
  ]
}

function colorLevel(percent: number | null) {
  const severity = percent === null ? 0 : judgeLevel({ state: 'percent', percent }, DEFAULT_THRESHOLDS)
  return severity === 2 ? (['red', 'bold'] as const) : severity === 1 ? ('yellow' as const) : null
}
