import type { CheckedBatch } from '../store.ts'
import type { Database } from './open-database.ts'

export interface StoredAnswer {
  readonly received: number
  readonly stored: number
  readonly duplicates: number
  readonly passed_over: number
  readonly stored_at: number
}

/** The batches of agents' journals, each with the answer that it got. */
export function prepareJournals(db: Database) {
  const find = db.prepare<[number, string, number], StoredAnswer & { readonly content_hash: Uint8Array }>(
    `SELECT content_hash, received, stored, duplicates, passed_over, stored_at FROM batches
     WHERE agent = ? AND journal_id = ? AND seq = ?`,
  )
  const insert = db.prepare(
    `INSERT INTO batches (agent, journal_id, seq, content_hash, received, stored, duplicates, passed_over, stored_at, other)
     VALUES (@agent, @journal_id, @seq, @content_hash, @received, @stored, @duplicates, @passed_over, @stored_at, @other)`,
  )
  const has = db
    .prepare<[number, string, number], number>('SELECT 1 FROM batches WHERE agent = ? AND journal_id = ? AND seq = ?')
    .pluck()
  const lastSeq = db
    .prepare<[number, string], number>('SELECT last_seq FROM journals WHERE agent = ? AND journal_id = ?')
    .pluck()
  const setLastSeq = db.prepare(
    `INSERT INTO journals (agent, journal_id, last_seq) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq`,
  )

  const list = db.prepare<[], { readonly agent: number; readonly journal_id: string; readonly last_seq: number }>(
    'SELECT agent, journal_id, last_seq FROM journals',
  )
  // in the order of their numbers, which is that of time; the newest of each journal stays, because a fork shows there
  const oldest = db.prepare<[object], { readonly seq: number; readonly stored_at: number }>(
    `SELECT seq, stored_at FROM batches WHERE agent = @agent AND journal_id = @journal_id AND seq < @last_seq
     ORDER BY seq LIMIT @limit`,
  )
  const drop = db.prepare('DELETE FROM batches WHERE agent = ? AND journal_id = ? AND seq = ?')

  /** A batch that fills a gap uncovers those that came before it. */
  const advance = (agent: number, journal_id: string, seq: number): void => {
    // batches are counted from 1: what a journal had before this database knew it is missing as well
    let last = lastSeq.get(agent, journal_id) ?? 0
    if (seq === last + 1) while (has.get(agent, journal_id, last + 1) !== undefined) last += 1
    setLastSeq.run(agent, journal_id, last)
  }

  return {
    /** What was stored under the key of a batch; null for a new one, or one without a key. */
    find(agent: number, batch: CheckedBatch): { readonly isSame: boolean; readonly answer: StoredAnswer } | null {
      if (batch.journal_id === null || batch.seq === null) return null
      const row = find.get(agent, batch.journal_id.toLowerCase(), batch.seq)
      if (row === undefined) return null
      const { content_hash, ...answer } = row
      return { isSame: Buffer.compare(content_hash, batch.content_hash) === 0, answer }
    },

    add(agent: number, batch: CheckedBatch, answer: StoredAnswer): void {
      const { seq, content_hash, other } = batch
      if (batch.journal_id === null || seq === null) return
      const journal_id = batch.journal_id.toLowerCase()
      insert.run({ ...answer, agent, journal_id, seq, content_hash, other })
      advance(agent, journal_id, seq)
    },

    /** Forgets old answers of batches behind which nothing is missing. Gives how many. */
    drop(before: number, limit: number): number {
      let dropped = 0
      for (const journal of list.all()) {
        const { agent, journal_id } = journal
        for (const { seq, stored_at } of oldest.all({ ...journal, limit: limit - dropped })) {
          if (stored_at >= before) break
          drop.run(agent, journal_id, seq)
          dropped += 1
        }
        if (dropped >= limit) break
      }
      return dropped
    },

    /** The highest sequence number up to which nothing is missing, 0 while the first is; null for a journal that is not known. */
    lastSeq: (agent: number, journal_id: string): number | null => lastSeq.get(agent, journal_id.toLowerCase()) ?? null,
  }
}
