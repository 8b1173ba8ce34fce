import { statSync } from 'node:fs'
import { join } from 'node:path'
import { JournalError } from './journal-error.ts'

/** SQLite would only say that it cannot open it. @throws JournalError `unavailable` */
export function refuseDirectory(path: string): void {
  if (!isDirectory(path)) return
  throw new JournalError(
    'unavailable',
    `the journal ${path} is a directory: name a file in it, for example ${join(path, 'journal.db')}`,
  )
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // what is wrong with it, who opens it says
    return false
  }
}
