import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'

/** `node open-in-child.ts JOURNAL`: says whether it can be opened, or the code of the error. */
try {
  openJournal(process.argv[2] as string, { size_mb: 100, days: 30, now: Date.now() }).close()
  process.stdout.write('opened')
} catch (error) {
  process.stdout.write((error as { code: string }).code)
}
