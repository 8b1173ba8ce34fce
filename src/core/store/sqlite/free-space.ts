import type { Database } from './open-database.ts'

/** Space that deleted rows left, and how it is given back to the system. */
export function prepareFreeSpace(db: Database) {
  const read = (name: string) => db.pragma(name, { simple: true }) as number
  return {
    state: () => ({
      free_bytes: read('freelist_count') * read('page_size'),
      total_bytes: read('page_count') * read('page_size'),
      /** False for a database of before this was known: `compact` makes it one. */
      shrinks: read('auto_vacuum') === 2,
    }),
    /** Gives some pages back; true when nothing is left to give. */
    release(pages: number): boolean {
      if (read('auto_vacuum') !== 2) return true
      db.pragma(`incremental_vacuum(${pages})`)
      return read('freelist_count') === 0
    },
    /** Writes the whole file anew, once; nobody else gets to write meanwhile. */
    compact(): void {
      db.pragma('auto_vacuum = INCREMENTAL')
      db.exec('VACUUM')
    },
  }
}
