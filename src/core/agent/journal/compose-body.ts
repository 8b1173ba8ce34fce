import { createHash } from 'node:crypto'
import type { BatchKind } from '../../protocol/batches.ts'
import { utcText } from '../../store/utc-text.ts'

export interface BatchKey {
  readonly journal_id: string
  readonly seq: number
  readonly kind: BatchKind
  readonly created_at: number
}

/** The body of a batch: the same bytes from the same parts, whenever it is put together. Items are JSON already. */
export function composeBody({ journal_id, seq, kind, created_at }: BatchKey, items: readonly string[]): string {
  const head = `{"journal_id":${JSON.stringify(journal_id)},"seq":${seq},"timestamp":"${utcText(created_at)}"`
  return `${head},"${kind}":[${items.join(',')}]}`
}

export const digestOf = (body: string): Buffer => createHash('sha256').update(body).digest()
