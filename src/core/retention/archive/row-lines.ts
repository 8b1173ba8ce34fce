import { PrintMasterError } from '../../model/error.ts'
import type { ArchivedRow } from '../../store/retention.ts'

/** A row as a line of JSON; bytes are `{"$hex": "…"}`. */
export function formatRow(row: ArchivedRow): string {
  const written: Record<string, unknown> = { ...row }
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof Uint8Array) written[name] = { $hex: Buffer.from(value).toString('hex') }
  }
  return `${JSON.stringify(written)}\n`
}

/** @throws PrintMasterError archive_damaged */
export function parseRow(line: string, where: string): ArchivedRow {
  let row: unknown
  try {
    row = JSON.parse(line)
  } catch {
    // told below
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new PrintMasterError('archive_damaged', `${where} holds a line that is no row`)
  }
  for (const [name, value] of Object.entries(row)) {
    if (isHex(value)) (row as Record<string, unknown>)[name] = Buffer.from(value.$hex, 'hex')
  }
  return row as ArchivedRow
}

const isHex = (value: unknown): value is { $hex: string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { $hex?: unknown }).$hex === 'string' &&
  /^([0-9a-f]{2})*$/.test((value as { $hex: string }).$hex)
