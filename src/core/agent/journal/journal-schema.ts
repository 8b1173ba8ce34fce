import { randomUUID } from 'node:crypto'
import type { FileSchema } from '../../store/sqlite/apply-migrations.ts'
import { INITIAL } from './migrations/0001-initial.ts'
import { COMMANDS } from './migrations/0002-commands.ts'
import { MOVE_AWAY } from './translate-journal-error.ts'

/** What the write-ahead log may keep of the disk. */
export const WAL_LIMIT_BYTES = 4_194_304

export const JOURNAL_SCHEMA: FileSchema = {
  // 'PMJL': tells journals from other files
  application_id: 0x504d4a4c,
  migrations: [INITIAL, COMMANDS],
  initialise: (db) => void db.prepare('INSERT INTO journal (one, journal_id) VALUES (1, ?)').run(randomUUID()),
  // small: an agent shares its machine with others
  tuning: { cache_kib: 4096, checkpoint_pages: 1000, wal_limit_bytes: WAL_LIMIT_BYTES, shrinks: true },
  words: {
    foreign: (path) => `${path} is no journal of PrintMaster: name another file`,
    program: 'printmaster agent',
    remedy: MOVE_AWAY,
  },
}
