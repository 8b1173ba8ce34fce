import type { CheckReport } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import { checkSchema } from './check-schema.ts'
import { checkTokens } from './check-tokens.ts'
import type { Database, OpenOptions } from './open-database.ts'
import { sqliteCode } from './sqlite-error.ts'

const MOST_PROBLEMS = 20

/**
 * Reads the whole file: pages, the schema, references between tables, the chain of the audit log, and the tokens by what
 * it says of them.
 */
export function checkDatabase(
  db: Database,
  audit: AuditLog,
  options: Pick<OpenOptions, 'nativeBinding'> = {},
): CheckReport {
  const problems: string[] = []
  const attempt = (what: string, look: () => void) => {
    try {
      look()
    } catch (error) {
      if (sqliteCode(error) === null) throw error
      problems.push(`${what} cannot be read: ${(error as Error).message}`)
    }
  }
  const rows: Record<string, number> = {}
  attempt('The file', () => {
    const found = db.pragma(`integrity_check(${MOST_PROBLEMS})`) as { integrity_check: string }[]
    problems.push(...found.map((each) => each.integrity_check).filter((text) => text !== 'ok'))
  })
  attempt('The schema', () => problems.push(...checkSchema(db, options).slice(0, MOST_PROBLEMS)))
  attempt('References', () => {
    const found = db.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]
    for (const { table, rowid, parent } of found.slice(0, MOST_PROBLEMS)) {
      problems.push(`Row ${rowid ?? '?'} of ${table} refers to a row of ${parent} that is not there.`)
    }
  })
  attempt('The audit log', () => problems.push(...audit.verify()))
  attempt('The tokens', () => problems.push(...checkTokens(db).slice(0, MOST_PROBLEMS)))
  attempt('The tables', () => {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
      .pluck()
      .all() as string[]
    for (const name of tables) {
      attempt(`The table ${name}`, () => {
        rows[name] = db
          .prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`)
          .pluck()
          .get() as number
      })
    }
  })
  return { schema_version: db.pragma('user_version', { simple: true }) as number, problems, rows }
}
