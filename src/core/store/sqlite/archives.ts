import type { Archive, NewArchive, RemovedRows, RetiredKey, RetiredRange } from '../retention.ts'
import type { AuditLog } from './audit-log.ts'
import type { Database } from './open-database.ts'
import type { RetiredRows } from './retired-rows.ts'

interface Row extends Omit<Archive, 'range'> {
  readonly id: number
  readonly range: string
}

const COLUMNS =
  'id, archive_id, source, place, name, rows, bytes, sha256, first_at, last_at, range, verified_at, deleted_at'

/** Files that rows went to; a row leaves only as part of one that is recorded here. */
export function prepareArchives(db: Database, retired: RetiredRows, audit: AuditLog) {
  const insert = db.prepare(
    `INSERT INTO archives (archive_id, source, place, name, rows, bytes, sha256, first_at, last_at, range, verified_at)
     VALUES (@archive_id, @source, @place, @name, @rows, @bytes, @sha256, @first_at, @last_at, @range, @verified_at)`,
  )
  const open = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM archives WHERE deleted_at IS NULL ORDER BY id`)
  const list = db.prepare<[object], Row>(
    `SELECT ${COLUMNS} FROM archives WHERE (@source IS NULL OR source = @source) AND id > @after ORDER BY id LIMIT @limit`,
  )
  const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM archives WHERE archive_id = ?`)
  const finish = db.prepare('UPDATE archives SET deleted_at = ? WHERE archive_id = ?')

  const begun = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const begin = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  const end = db.prepare('DELETE FROM meta WHERE key = ?')
  const keyOf = (source: string) => `archiving:${source}`

  return {
    begin(source: string, archive_id: string, created_at: number): { archive_id: string; created_at: number } {
      const known = begun.get(keyOf(source))
      if (known !== undefined) return JSON.parse(known)
      begin.run(keyOf(source), JSON.stringify({ archive_id, created_at }))
      return { archive_id, created_at }
    },
    record(archive: NewArchive, now: number): void {
      end.run(keyOf(archive.source))
      insert.run({ ...archive, range: JSON.stringify(archive.range), verified_at: now })
      const { archive_id, source, name, rows, sha256, place } = archive
      audit.append({
        actor: { type: 'server', id: 'retention', ip_address: null },
        agent_id: null,
        action: 'archive_written',
        resource_type: 'archive',
        resource_id: archive_id,
        outcome: 'success',
        details: { source, name, place, rows, sha256 },
        occurred_at: now,
        recorded_at: now,
      })
    },
    /** Those with rows that may still be here, oldest first. */
    listOpen: (): Archive[] => open.all().map(readRow),
    list: (source: string | null, after: number, limit: number): (Archive & { readonly id: number })[] =>
      list.all({ source, after, limit }).map((row) => ({ ...readRow(row), id: row.id })),
    /** Deletes some of the rows that an archive holds. */
    remove(archive_id: string, after: RetiredKey | null, limit: number, now: number): RemovedRows {
      const row = find.get(archive_id)
      if (row === undefined || row.deleted_at !== null) return { deleted: 0, next: null }
      const range = JSON.parse(row.range) as RetiredRange
      const removed =
        range.source === 'audit_log'
          ? { deleted: 0, next: null }
          : retired.remove({ ...range, after: after ?? range.after }, limit)
      if (removed.next === null) finish.run(now, archive_id)
      return removed
    },
  }
}

const readRow = ({ id: _, range, ...row }: Row): Archive => ({ ...row, range: JSON.parse(range) })
