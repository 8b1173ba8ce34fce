import type { Database } from '../../store/sqlite/open-database.ts'
import type { Memory } from './journal.ts'

/** A key that is none of `Memory`. */
const TRIAL = '.trial'

/** What the agent keeps between runs beside readings. */
export function prepareMemory(db: Database) {
  const read = db.prepare<[string], string>('SELECT value FROM memory WHERE key = ?').pluck()
  const write = db.prepare(
    'INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  const forget = db.prepare('DELETE FROM memory WHERE key = ?')
  return {
    /** Larger than one page, so that a disk with little room left does not pass for one with room. */
    writeTrial: () => void write.run(TRIAL, 'x'.repeat(65_536)),
    forgetTrial: () => void forget.run(TRIAL),

    recall<K extends keyof Memory>(key: K): Memory[K] | null {
      const text = read.get(key)
      return text === undefined ? null : (JSON.parse(text) as Memory[K])
    },
    remember<K extends keyof Memory>(key: K, value: Memory[K] | null): void {
      if (value === null) forget.run(key)
      else write.run(key, JSON.stringify(value))
    },
  }
}
