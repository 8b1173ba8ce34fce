import type { Database } from './open-database.ts'

/** Space that deleted rows left, and how it is given back to the system. */
export function prepareFreeSpace(db: Database) {
  const read = (name: string) => db.pragma(name, { simple: true }) as number
  return {
    state: () => ({
      free_bytes: read('freelist_count') * read('page_size'),
      total_bytes: read('page_count') * read('page_size'),
    }),
    /** Gives some pages back; true when nothing is left to give. A file that was not made to shrink keeps them for new rows. */
    release(pages: number): boolean {
      if (read('auto_vacuum') !== 2) return true
      db.pragma(`incremental_vacuum(${pages})`)
      return read('freelist_count') === 0
    },
  }
}
