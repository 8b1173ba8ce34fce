import { PrintMasterError } from '../../model/error.ts'
import type { ArchivedRow } from '../../store/retention.ts'

/** A row as a line of JSON; bytes are `{"$hex": "…"}`. */
export function formatRow(row: ArchivedRow): string {
  return `${JSON.stringify(row, (_key, value) =>
    value instanceof Uint8Array || isBufferJson(value) ? { $hex: Buffer.from(bytesOf(value)).toString('hex') } : value,
  )}\n`
}

// JSON.stringify hands a Buffer over as what its toJSON makes of it
const isBufferJson = (value: unknown): value is { data: number[] } =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer' && 'data' in value
const bytesOf = (value: Uint8Array | { data: number[] }) => (value instanceof Uint8Array ? value : value.data)

/** @throws PrintMasterError archive_damaged */
export function parseRow(line: string, where: string): ArchivedRow {
  let row: unknown
  try {
    row = JSON.parse(line, (_key, value) => (isHex(value) ? Buffer.from(value.$hex, 'hex') : value))
  } catch {
    // told below
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as ArchivedRow
  throw new PrintMasterError('archive_damaged', `${where} holds a line that is no row`)
}

const isHex = (value: unknown): value is { $hex: string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { $hex?: unknown }).$hex === 'string' &&
  /^([0-9a-f]{2})*$/.test((value as { $hex: string }).$hex)
