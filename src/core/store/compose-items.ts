import { COUNTER_NAMES } from '../model/printer.ts'
import type { BatchKind } from '../protocol/batches.ts'
import type { DeviceItem } from '../protocol/devices.ts'
import type { MetricItem } from '../protocol/metrics.ts'
import { readTimestamp } from '../protocol/read-timestamp.ts'
import { type CheckedItem, OFFLINE, type PrinterFacts } from './checked-item.ts'
import { findLowestSupply } from './lowest-supply.ts'

type Item = DeviceItem | MetricItem

/** Takes items apart, as the store wants them: what has a column of its own, and the rest as text. */
export function composeItems(kind: BatchKind, items: readonly Item[]): CheckedItem[] {
  const known = new Map<string, PrinterFacts>()
  return items.map((item) => {
    const said = readTime(item.sampled_at)
    const reading_id = (item.reading_id as string | undefined) ?? null
    return {
      facts: shareFacts(item, known),
      reading_id,
      content: kind === 'metrics' && reading_id === null ? JSON.stringify(item) : null,
      said_time: said,
      status: item.status ?? null,
      offline_reason: item.status === OFFLINE ? (item.offline_reason ?? null) : null,
      counters: COUNTER_NAMES.map((name) => item[name] ?? null),
      lowest_supply: item.supplies === undefined ? undefined : findLowestSupply(item.supplies),
      rest: kind === 'devices' ? JSON.stringify(item) : renderRest(item, said === 'unreadable'),
    }
  })
}

function readTime(said: unknown): CheckedItem['said_time'] {
  if (said === undefined || said === null || said === '') return null
  return (typeof said === 'string' ? readTimestamp(said) : null) ?? 'unreadable'
}

function shareFacts(item: Item, known: Map<string, PrinterFacts>): PrinterFacts {
  const { device_id, serial, mac_address, ip, port, printer_index, manufacturer, model } = item
  const { hostname, firmware, location, contact, asset_number } = item as DeviceItem
  const key = `${device_id}\n${serial}\n${mac_address}\n${ip}\n${port}\n${printer_index}\n${manufacturer}\n${model}\n${hostname}\n${firmware}\n${location}\n${contact}\n${asset_number}`
  let facts = known.get(key)
  if (facts === undefined) {
    const identity = { device_id, serial, mac_address, ip, port, printer_index, manufacturer, model }
    facts = { ...identity, hostname, firmware, location, contact, asset_number } as PrinterFacts
    known.set(key, facts)
  }
  return facts
}

/** What has no column of its own. A counter that is null was told as such, and stays. */
function renderRest(item: Item, keepsTime: boolean): string {
  const rest: Record<string, unknown> = { ...item, reading_id: undefined }
  // undefined is not written; deleting keys would make the object a slow one
  if (!keepsTime) rest.sampled_at = undefined
  if (rest.status !== null) rest.status = undefined
  for (const name of COUNTER_NAMES) if (rest[name] != null) rest[name] = undefined
  return JSON.stringify(rest)
}
