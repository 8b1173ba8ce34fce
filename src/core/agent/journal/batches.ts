import { randomUUID } from 'node:crypto'
import type { BatchKind } from '../../protocol/batches.ts'
import type { Database } from '../../store/sqlite/open-database.ts'
import { composeBody, digestOf } from './compose-body.ts'
import type { Entries } from './entries.ts'
import type { BatchLimits, OutgoingBatch } from './journal.ts'
import type { JournalRow } from './journal-row.ts'
import type { Quarantine } from './quarantine.ts'

export type Batches = ReturnType<typeof prepareBatches>

interface BatchRow {
  readonly id: number
  readonly journal_id: string
  readonly seq: number
  readonly kind: BatchKind
  readonly created_at: number
  readonly digest: Uint8Array
}

/** A reason comes from the server and may be anything. */
const MOST_REASON = 2000

/** Entries put together and numbered; one batch is in flight at a time. All of it within transactions of the caller. */
export function prepareBatches(db: Database, row: JournalRow, entries: Entries, quarantine: Quarantine) {
  const inFlight = db.prepare<[], BatchRow>('SELECT * FROM batches WHERE acknowledged_at IS NULL')
  const insert = db.prepare(
    'INSERT INTO batches (journal_id, seq, kind, created_at, items, digest) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const waiting = db.prepare<[string, number], { entry: number; item: string }>(
    `SELECT entry, item FROM outbox CROSS JOIN entries ON entries.id = entry
     WHERE outbox.kind = ? AND batch IS NULL ORDER BY entry LIMIT ?`,
  )
  const take = db.prepare('UPDATE outbox SET batch = ? WHERE kind = ? AND batch IS NULL AND entry <= ?')
  const members = db.prepare<[number], number>('SELECT entry FROM outbox WHERE batch = ? ORDER BY entry').pluck()
  const itemsOf = db
    .prepare<[number], string>(
      'SELECT item FROM outbox CROSS JOIN entries ON entries.id = entry WHERE batch = ? ORDER BY entry',
    )
    .pluck()
  const acknowledge = db.prepare('UPDATE batches SET acknowledged_at = ?, acknowledged_worked = ? WHERE id = ?')
  const release = db.prepare('UPDATE outbox SET batch = NULL WHERE batch = ?')
  const remove = db.prepare('DELETE FROM batches WHERE id = ?')
  const releaseAfter = db.prepare('UPDATE outbox SET batch = NULL WHERE batch IN (SELECT id FROM batches WHERE id > ?)')
  const removeAfter = db.prepare('DELETE FROM batches WHERE id > ?')
  const lastHeld = db.prepare<[number, string], { first: number | null; held: number | null }>(
    'SELECT min(id) AS first, max(id) FILTER (WHERE seq <= ?) AS held FROM batches WHERE journal_id = ?',
  )
  const oldestAcknowledged = db
    .prepare<[number], number>(
      'SELECT id FROM batches WHERE acknowledged_at IS NOT NULL AND acknowledged_worked <= ? ORDER BY id LIMIT 1',
    )
    .pluck()
  const removeEntries = db.prepare('DELETE FROM entries WHERE id IN (SELECT entry FROM outbox WHERE batch = ?)')

  const dissolveRow = (id: number): void => {
    row.rewindThinning(members.get(id) ?? null)
    release.run(id)
    remove.run(id)
  }

  /**
   * The row of a batch that was handed out, while it is in flight. An answer may come late, when the number belongs to
   * another batch already: the bytes tell.
   */
  const findInFlight = (batch: OutgoingBatch): BatchRow | null => {
    const found = inFlight.get()
    if (found === undefined || found.journal_id !== batch.journal_id || found.seq !== batch.seq) return null
    return digestOf(batch.body).equals(found.digest) ? found : null
  }

  /** Of the kinds that are asked for, the one whose oldest entry waits longest. */
  const chooseKind = (kinds: readonly BatchKind[]): BatchKind | null => {
    let chosen: { kind: BatchKind; entry: number } | null = null
    for (const kind of kinds) {
      const entry = entries.firstWaiting(kind)
      if (entry !== null && (chosen === null || entry < chosen.entry)) chosen = { kind, entry }
    }
    return chosen?.kind ?? null
  }

  return {
    hasWaiting: (kinds: readonly BatchKind[]) => chooseKind(kinds) !== null,

    /** The batch that was numbered and is not acknowledged, with the same bytes. */
    findAgain(): OutgoingBatch | null {
      const found = inFlight.get()
      if (found === undefined) return null
      const { kind, journal_id, seq } = found
      const items = itemsOf.all(found.id)
      return { kind, journal_id, seq, items: items.length, body: composeBody(found, items) }
    },

    compose(kinds: readonly BatchKind[], limits: BatchLimits, now: number): OutgoingBatch | null {
      const kind = chooseKind(kinds)
      if (kind === null) return null
      const { journal_id, last_acknowledged } = row.get()
      const key = { journal_id, seq: last_acknowledged + 1, kind, created_at: Math.trunc(now) }
      const items: string[] = []
      let bytes = Buffer.byteLength(composeBody(key, []))
      let last = 0
      for (const { entry, item } of waiting.iterate(kind, Math.max(1, limits.items))) {
        bytes += Buffer.byteLength(item) + (items.length > 0 ? 1 : 0)
        if (items.length > 0 && bytes > limits.bytes) break
        items.push(item)
        last = entry
      }
      const body = composeBody(key, items)
      const values = [journal_id, key.seq, kind, key.created_at, items.length, digestOf(body)]
      const { lastInsertRowid } = insert.run(...values)
      take.run(lastInsertRowid, kind, last)
      return { kind, journal_id, seq: key.seq, items: items.length, body }
    },

    acknowledge(batch: OutgoingBatch, now: number, worked: number): void {
      const found = findInFlight(batch)
      if (found === null) return
      acknowledge.run(Math.trunc(now), worked, found.id)
      row.setAcknowledged(found.seq)
    },

    quarantine(
      batch: OutgoingBatch,
      items: readonly { index: number; reason: string }[],
      now: number,
      worked: number,
    ): number {
      const found = findInFlight(batch)
      if (found === null) return 0
      const ids = members.all(found.id)
      const reasons = new Map(items.flatMap(({ index, reason }) => (ids[index] === undefined ? [] : [[index, reason]])))
      dissolveRow(found.id)
      for (const [index, reason] of reasons) {
        quarantine.add(ids[index] as number, reason.slice(0, MOST_REASON), now, worked)
      }
      return reasons.size
    },

    dissolve(batch: OutgoingBatch): void {
      const found = findInFlight(batch)
      if (found !== null) dissolveRow(found.id)
    },

    renumber(held: { journal_id: string; last_seq: number } | null): { resent: number } {
      const flying = inFlight.get()
      if (flying !== undefined) dissolveRow(flying.id)
      const after = held === null ? 0 : lastToKeep(held)
      const resent = releaseAfter.run(after).changes
      removeAfter.run(after)
      row.rewindThinning(0)
      row.setJournalId(randomUUID())
      return { resent }
    },

    hasAcknowledged: (worked: number) => oldestAcknowledged.get(worked) !== undefined,

    /** Lets go the batch that was acknowledged first, if that was after no more work than `worked`. Gives its entries. */
    dropAcknowledged(worked: number): number | null {
      const id = oldestAcknowledged.get(worked)
      if (id === undefined) return null
      const { changes } = removeEntries.run(id)
      remove.run(id)
      return changes
    },
  }

  /** The batch up to which all stays acknowledged: in time, so journals before that of `held` stay too. */
  function lastToKeep(held: { journal_id: string; last_seq: number }): number {
    const { first, held: last } = lastHeld.get(held.last_seq, held.journal_id.toLowerCase()) ?? NOTHING
    if (last !== null) return last
    if (first !== null) return first - 1
    // nothing of it is here any more: those that are came before it if it is the current one, and after it otherwise
    return held.journal_id.toLowerCase() === row.get().journal_id ? Number.MAX_SAFE_INTEGER : 0
  }
}

const NOTHING = { first: null, held: null }
