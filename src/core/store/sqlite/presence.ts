import type { PresenceDecision, PresenceRow } from '../store.ts'
import type { Changes } from './changes.ts'
import type { Database } from './open-database.ts'

export function preparePresence(_db: Database, _changes: Changes) {
  return {
    record(_decisions: readonly PresenceDecision[]): void {
      throw new Error('not there yet')
    },
    list(_after: number): readonly PresenceRow[] {
      throw new Error('not there yet')
    },
  }
}
