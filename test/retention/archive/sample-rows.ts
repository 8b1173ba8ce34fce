import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ArchiveHead, ArchiveRows } from '../../../src/core/retention/archive/archive-file.ts'
import type { ArchivedRow } from '../../../src/core/store/retention.ts'

export const HEAD: ArchiveHead = {
  archive_id: '0198c0de-0000-7000-8000-000000000001',
  store_id: 'a store',
  schema_version: 4,
  source: 'metrics_history',
  created_at: Date.UTC(2026, 10, 3, 12),
}
export const DATA = 'metrics_history/2026/11/0198c0de-0000-7000-8000-000000000001.ndjson.zst'

export const makeRows = (count: number): ArchivedRow[] =>
  Array.from({ length: count }, (_, i) => ({
    reading_id: Buffer.from([1, 2, 3, i & 255]),
    device_id: `device ${i % 7}`,
    sampled_at: 1_760_000_000_000 + i,
    page_count: i % 5 === 0 ? null : i,
    rest: JSON.stringify({ model: 'Drucker "ü"\n', i }),
  }))

export const asPart = (rows: readonly ArchivedRow[]): ArchiveRows => ({
  rows: (async function* () {
    yield* rows
  })(),
  span: () => ({ first_at: 1_760_000_000_000, last_at: 1_760_000_000_000 + rows.length }),
})

export async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const each of all) found.push(each)
  return found
}

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'printmaster-archive-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}
