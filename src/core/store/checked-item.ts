import type { DeviceItem } from '../protocol/devices.ts'

/** What an item tells of the printer itself. */
export type PrinterFacts = Pick<
  DeviceItem,
  | 'device_id'
  | 'serial'
  | 'mac_address'
  | 'ip'
  | 'port'
  | 'printer_index'
  | 'manufacturer'
  | 'model'
  | 'hostname'
  | 'firmware'
  | 'location'
  | 'contact'
  | 'asset_number'
>

/** The status of a printer that did not answer. */
export const OFFLINE = 'offline'

/**
 * An item of a batch after the check, taken apart so far that the thread that writes only has to write. Flat, because it
 * goes from one thread to another.
 */
export interface CheckedItem {
  /** One object for all items of a batch that tell the same. */
  readonly facts: PrinterFacts
  /** Null: derived from `content`. */
  readonly reading_id: string | null
  /** The whole item as JSON, where an id has to be derived from it. */
  readonly content: string | null
  /** `sampled_at` in milliseconds; null when the item tells no time. */
  readonly said_time: number | 'unreadable' | null
  readonly status: string | null
  /** Null unless the status is `offline`. */
  readonly offline_reason: string | null
  /** In the order of `COUNTER_NAMES`. */
  readonly counters: readonly (number | null)[]
  /** In whole percent; null when no supply tells a number or there are none, undefined when the item does not tell of them. */
  readonly lowest_supply: number | null | undefined
  /** JSON: of a reading what has no column of its own, of a device all of it. */
  readonly rest: string
}
