/** Where the value of a field may stand; the first source that gives an acceptable value wins. */
export type Source =
  /** An object; `{d}` stands for hrDeviceIndex. */
  | { oid: string }
  /** A key of the IEEE 1284 device id, wherever the device keeps that. */
  | { ieee1284: 'manufacturer' | 'model' | 'serial' }
  /** The first group of a pattern over an object's text. */
  | { oid: string; pattern: string }

export const COUNTER_NAMES = [
  'page_count',
  'color_pages',
  'mono_pages',
  'print_pages',
  'copy_pages',
  'fax_pages',
  'scan_count',
  'duplex_pages',
  'large_pages',
] as const
export type CounterName = (typeof COUNTER_NAMES)[number]

/** A counter of the maker's own; with `record`, the value of that id in a string of 7-byte records (`tagged-records.ts`). */
export interface CounterSource {
  name: CounterName
  oid: string
  record?: number
}

export type IdentityField = 'model' | 'serial' | 'firmware' | 'asset_number' | 'ieee1284_id'

/**
 * What one maker's devices do differently from the standards, as data. Everything in it only adds: without a profile a
 * printer is read from the Printer-MIB and Host-Resources alone.
 */
export interface Profile {
  name: string
  /** The maker, as it is written on the box. */
  manufacturer: string
  /** Prefixes of sysObjectID that choose this profile; the longest prefix of all profiles wins. */
  sys_object_ids: string[]
  /** Prefixes of sysObjectID that the maker gives to printers alone: proof of a printer where no MIB shows one. */
  printer_products?: string[]
  /** Objects that the maker's printers alone have: proof of a printer where no MIB shows one. */
  presence?: string[]
  /** Sources tried before the standard ones. */
  before_standard?: Partial<Record<IdentityField, Source[]>>
  /** Sources tried after the standard ones. */
  after_standard?: Partial<Record<IdentityField, Source[]>>
  /** Read beside the standard life count, which stays the page count where it is there. */
  counters?: CounterSource[]
}
