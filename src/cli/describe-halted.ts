import type { JournalView } from '../core/agent/journal/journal-view.ts'
import { describeHalt, isHalt } from '../core/agent/uplink/halts.ts'
import { cleanText } from '../core/output/clean-text.ts'

/** Why the uplink of a journal stands still, and what to do; null when it does not. */
export function describeHalted(journal: JournalView): string | null {
  const code = journal.recall('halted')
  if (code === null) return null
  return isHalt(code) ? describeHalt(code, journal.recall('agent_id') ?? 'this one') : cleanText(code)
}
