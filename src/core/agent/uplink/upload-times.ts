import type { UplinkFacts } from '../agent-facts.ts'
import type { Journal } from '../journal/journal.ts'
import { JournalError } from '../journal/journal-error.ts'

/** When the server last answered to what. */
export interface UploadTimes {
  note(what: 'last_heartbeat' | 'last_upload', at: number): void
  facts(): Pick<UplinkFacts, 'last_heartbeat' | 'last_upload'>
}

export function createUploadTimes(journal: Journal): UploadTimes {
  const known = { last_heartbeat: journal.recall('last_heartbeat'), last_upload: journal.recall('last_upload') }
  return {
    note(what, at) {
      known[what] = at
      try {
        journal.remember(what, at)
      } catch (error) {
        // on a full disk the way to the server stays open: what it takes makes room
        if (!(error instanceof JournalError)) throw error
      }
    },
    facts: () => ({ last_heartbeat: toText(known.last_heartbeat), last_upload: toText(known.last_upload) }),
  }
}

const toText = (at: number | null) => (at === null ? null : new Date(at).toISOString())
