import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Journal, OutgoingBatch } from '../../../src/core/agent/journal/journal.ts'
import { JournalError } from '../../../src/core/agent/journal/journal-error.ts'
import { type OpenJournalOptions, openJournal } from '../../../src/core/agent/journal/open-journal.ts'

export const NOW = Date.parse('2026-03-01T08:00:00Z')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const LIMITS = { items: 1000, bytes: 1_000_000 }
export const BOTH = ['devices', 'metrics'] as const

export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const newOptions = (options: Partial<OpenJournalOptions> = {}): OpenJournalOptions => ({
  size_mb: 100,
  days: 30,
  now: NOW,
  ...options,
})

export function openAt(file: string, options: Partial<OpenJournalOptions> = {}): Journal {
  const journal = openJournal(file, newOptions(options))
  onTestFinished(() => journal.close())
  return journal
}

export function openTemporary(options: Partial<OpenJournalOptions> = {}): { journal: Journal; file: string } {
  const file = join(makeDirectory(), 'agent', 'journal.db')
  return { journal: openAt(file, options), file }
}

export type Item = Record<string, unknown> & { reading_id: string }

export function itemsOf(batch: OutgoingBatch | null): Item[] {
  if (batch === null) return []
  return (JSON.parse(batch.body) as Record<string, Item[]>)[batch.kind] as Item[]
}

/** A field of every item, batch by batch until nothing waits; each batch is acknowledged. */
export function sendAll(journal: Journal, field: string, now = NOW): unknown[] {
  const values: unknown[] = []
  for (;;) {
    const batch = journal.nextBatch(BOTH, LIMITS, now)
    if (batch === null) return values
    values.push(...itemsOf(batch).map((item) => item[field]))
    journal.acknowledge(batch, now)
  }
}

export function expectError(work: () => unknown): JournalError {
  try {
    work()
  } catch (error) {
    if (error instanceof JournalError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Lets the agent work for so long: `trim` is called every half hour, as a step counts for an hour at most. */
export function workFor(journal: Journal, from: number, duration: number) {
  const total = { expired: 0, thinned: 0, dropped: 0, events_dropped: 0 }
  for (let now = from; now <= from + duration; now += HOUR / 2) {
    const report = journal.trim(now)
    total.expired += report.expired
    total.thinned += report.thinned
    total.dropped += report.dropped
    total.events_dropped += report.events_dropped
  }
  return total
}

export const newPrinter = (id: string, address = '10.0.0.1') => ({
  id,
  address,
  port: 161,
  printer_index: 1,
  manufacturer: 'HP',
  model: 'M404',
  serial: `S-${id}`,
  mac_address: null,
  device_id: `S-${id}`,
  state: 'online' as const,
  offline_reason: null,
  state_since: NOW,
  misses: 0,
  first_seen: NOW,
  last_seen: NOW,
  last_full: NOW,
})
