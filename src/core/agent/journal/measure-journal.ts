import { statSync } from 'node:fs'
import type { Database } from '../../store/sqlite/open-database.ts'
import { WAL_LIMIT_BYTES } from './journal-schema.ts'

export type Size = ReturnType<typeof measureJournal>

const BYTES_PER_MB = 1_000_000
/** A small journal keeps most of its room for readings. */
const MOST_WAL_SHARE = 4

export function measureJournal(db: Database, path: string, size_mb: number) {
  const page_size = db.pragma('page_size', { simple: true }) as number
  let limit = size_mb * BYTES_PER_MB
  const freePages = () => db.pragma('freelist_count', { simple: true }) as number
  const pages = () => db.pragma('page_count', { simple: true }) as number
  const used = () => (pages() - freePages()) * page_size
  /** What the limit leaves beside the write-ahead log. */
  const room = () => limit - Math.min(WAL_LIMIT_BYTES, limit / MOST_WAL_SHARE)

  return {
    get limit_bytes() {
      return limit
    },
    get limit_mb() {
      return limit / BYTES_PER_MB
    },
    resize(mb: number) {
      limit = mb * BYTES_PER_MB
    },
    pages,
    freePages,
    /** Of entries and all else that is kept, and of the write-ahead log. */
    bytes: () => used() + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0),
    /** A share below the limit is where letting go ends, so that it need not begin again at once. */
    isOver: (share = 1) => used() > room() * share,
  }
}
