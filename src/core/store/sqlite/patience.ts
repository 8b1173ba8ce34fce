import { BUSY_TIMEOUT_MS, type Database } from './open-database.ts'
import { sqliteCode } from './sqlite-error.ts'

/**
 * Who has waited in vain for another program's lock does not wait again until something came through: what stands behind
 * would wait as long, one after the other.
 */
export function keepPatience(db: Database) {
  let isPatient = true
  const wait = (patient: boolean) => {
    if (patient === isPatient) return
    db.pragma(`busy_timeout = ${patient ? BUSY_TIMEOUT_MS : 0}`)
    isPatient = patient
  }
  return {
    /** The lock is gone. */
    gain: () => wait(true),
    /** With any error. */
    lose(error: unknown) {
      if (/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '')) wait(false)
    },
  }
}
