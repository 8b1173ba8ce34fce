import { existsSync } from 'node:fs'
import type { JournalView } from '../core/agent/journal/journal-view.ts'
import { openJournalReadonly } from '../core/agent/journal/open-journal-readonly.ts'
import { loadNativeBinding } from './native-binding.ts'

/** Looks into the journal beside the agent that may be using it; null where there is none. @throws JournalError */
export async function openJournalView(path: string): Promise<JournalView | null> {
  return existsSync(path) ? openJournalReadonly(path, await loadNativeBinding()) : null
}
