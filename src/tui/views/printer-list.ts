import { compareNaturally } from '../../core/output/natural-order.ts'
import { judgeStatus } from '../../core/output/severity.ts'
import type { Device } from '../../core/protocol/devices.ts'
import type { DeviceChange, LiveStore } from '../feed/live-store.ts'
import { type DeviceView, viewDevice } from './device-view.ts'

export const PRINTER_ORDERS = ['supply', 'status', 'name', 'address', 'location', 'pages'] as const
export type PrinterOrder = (typeof PRINTER_ORDERS)[number]

/** More changes at once than this are sorted anew. */
const MOST_MOVED = 500

/** The printers in order, those that a filter lets through. */
export interface PrinterList {
  /**
   * The same array as long as nothing changed.
   * @param filter words that all have to be somewhere in the printer's texts; case does not count
   */
  read(order: PrinterOrder, filter: string): readonly DeviceView[]
}

type Compare = (a: DeviceView, b: DeviceView) => number
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const byId: Compare = (a, b) =>
  a.device.device_id < b.device.device_id ? -1 : a.device.device_id > b.device.device_id ? 1 : 0
const byName: Compare = (a, b) => collator.compare(a.name, b.name) || byId(a, b)
/** Null last. */
const byNumber =
  (read: (device: Device) => number | null): Compare =>
  (a, b) =>
    (read(a.device) ?? Number.POSITIVE_INFINITY) - (read(b.device) ?? Number.POSITIVE_INFINITY) || 0

const ORDERS: Readonly<Record<PrinterOrder, Compare>> = {
  supply: (a, b) => byNumber(({ lowest_supply }) => lowest_supply)(a, b) || b.severity - a.severity || byName(a, b),
  // the status itself: supplies have an order of their own
  status: (a, b) =>
    judgeStatus(b.status) - judgeStatus(a.status) || collator.compare(a.status, b.status) || byName(a, b),
  name: byName,
  address: (a, b) => compareNaturally(a.address, b.address) || byId(a, b),
  location: (a, b) => compareLocations(a.device, b.device) || byName(a, b),
  pages: (a, b) => byNumber(({ page_count }) => (page_count === null ? null : -page_count))(a, b) || byName(a, b),
}

/** Without a location last. */
function compareLocations({ location: a }: Device, { location: b }: Device): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0
  return collator.compare(a, b)
}

/** Keeps the order while rows change: a printer that changed is moved to its new place, the others stay where they are. */
export function createPrinterList(store: Pick<LiveStore, 'devices' | 'onDevices'>): PrinterList {
  let order: PrinterOrder = 'supply'
  let sorted: DeviceView[] | null = null
  let shown: { filter: string; rows: readonly DeviceView[] } | null = null
  store.onDevices((changes) => {
    shown = null
    if (sorted === null || changes === null || changes.length > MOST_MOVED) sorted = null
    else for (const change of changes) if (sorted !== null && !move(sorted, change, ORDERS[order])) sorted = null
  })
  return {
    read(wanted, filter) {
      if (wanted !== order || sorted === null) {
        order = wanted
        shown = null
        sorted = Array.from(store.devices.values(), viewDevice).sort(ORDERS[order])
      }
      if (shown === null || shown.filter !== filter) {
        const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
        const accepts = ({ searched }: DeviceView) => words.every((word) => searched.includes(word))
        shown = { filter, rows: words.length === 0 ? [...sorted] : sorted.filter(accepts) }
      }
      return shown.rows
    },
  }
}

/** False where the row was not in its place: the whole has to be sorted. */
function move(sorted: DeviceView[], { before, after }: DeviceChange, compare: Compare): boolean {
  if (before !== null) {
    const at = findPlace(sorted, viewDevice(before), compare)
    if (sorted[at]?.device !== before) return false
    sorted.splice(at, 1)
  }
  if (after !== null) {
    const view = viewDevice(after)
    sorted.splice(findPlace(sorted, view, compare), 0, view)
  }
  return true
}

/** Where the first row stands that does not come before `view`. */
function findPlace(sorted: readonly DeviceView[], view: DeviceView, compare: Compare): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle] as DeviceView, view) < 0) low = middle + 1
    else high = middle
  }
  return low
}
