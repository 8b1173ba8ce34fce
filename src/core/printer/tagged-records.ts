import { numberOf, type Tables } from './tables.ts'

const RECORD_SIZE = 7

/**
 * Brother's private records: an id, the bytes 01 04, a big-endian value of four bytes; 0xff ends the list. Older devices
 * use other sizes, which are left alone rather than misread.
 * @returns id -> value; empty when the bytes are no such list
 */
export function readTaggedRecords(bytes: Uint8Array): ReadonlyMap<number, number> {
  const records = new Map<number, number>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + RECORD_SIZE <= bytes.length; at += RECORD_SIZE) {
    if (view.getUint8(at + 1) !== 1 || view.getUint8(at + 2) !== 4) return records
    records.set(view.getUint8(at), view.getUint32(at + 3))
  }
  return records
}

/** The number that an object holds, or that one record of it holds; null where it is not there. */
export function readNumber(tables: Tables, { oid, record }: { oid: string; record?: number }): number | null {
  const value = tables.values.get(oid)
  if (record === undefined) return numberOf(value)
  return value?.type === 'octets' ? (readTaggedRecords(value.value).get(record) ?? null) : null
}
