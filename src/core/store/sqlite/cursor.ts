import { createHash } from 'node:crypto'
import { StoreError } from '../store-error.ts'

export type CursorValue = string | number | null
type CursorType = 'number' | 'value'

/**
 * The place after the last item of a page, as text that means nothing to others. `scope` is whatever the place depends
 * on (list, filters, order): the cursor opens with the same one only.
 */
export function sealCursor(scope: unknown, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([fingerprint(scope), ...values])).toString('base64url')
}

/** @throws StoreError `bad_cursor` for a text that `sealCursor` did not give for this scope */
export function openCursor(text: string, scope: unknown, types: readonly CursorType[]): CursorValue[] {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw badCursor()
  }
  if (!Array.isArray(parts) || parts.length !== types.length + 1 || parts[0] !== fingerprint(scope)) throw badCursor()
  const values = parts.slice(1)
  if (!values.every((value, i) => fits(value, types[i] as CursorType))) throw badCursor()
  return values
}

const fits = (value: unknown, type: CursorType) =>
  Number.isSafeInteger(value) || (type === 'value' && (typeof value === 'string' || value === null))

const badCursor = () =>
  new StoreError('bad_cursor', 'the cursor does not belong to this list with these filters: begin without one')

function fingerprint(scope: unknown): string {
  return createHash('sha256').update(JSON.stringify(scope, sortKeys)).digest('base64url').slice(0, 12)
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
