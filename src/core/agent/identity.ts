import type { Journal } from './journal/journal.ts'

/** How long after the discovery of a copy the server's word of another journal is taken to be about that copy. */
const COPY_DAYS = 7
const DAY_MS = 86_400_000

export interface OwnIdentity {
  readonly agent_id: string
  /** The journal came from another machine. */
  readonly isFromElsewhere: boolean
}

/**
 * Who this agent is: as config says, else as the journal does, else somebody new. A journal that was made on another
 * machine gets a new journal_id at once, so that what both send from now on stays apart; its agent_id stays until
 * the server says that the other machine still speaks (`becomeSomebodyElse`), because most journals that moved were moved.
 *
 * @param machine `identifyMachine()`
 * @param newId makes a UUID
 */
export function settleIdentity(
  journal: Journal,
  configured: string | null,
  machine: string | null,
  now: number,
  newId: () => string,
): OwnIdentity {
  const journalled = journal.recall('agent_id')
  const agent_id = configured ?? journalled ?? newId()
  if (journalled !== null && journalled !== agent_id) forgetRegistration(journal)
  if (journalled !== agent_id) journal.remember('agent_id', agent_id)

  const former = journal.recall('machine')
  const isFromElsewhere = former !== null && machine !== null && former !== machine
  if (isFromElsewhere) noteCopy(journal, now)
  if (machine !== null && former !== machine) journal.remember('machine', machine)
  return { agent_id, isFromElsewhere }
}

/** This journal is a copy, or was set back: from now on its batches have a journal_id of their own. */
export function noteCopy(journal: Journal, now: number): void {
  journal.renumber({ journal_id: journal.journal_id, last_seq: journal.last_acknowledged }, now)
  journal.remember('copied_at', now)
}

/** True where, of two machines with one agent_id, this one is the copy. */
export function isCopy(journal: Journal, now: number): boolean {
  const at = journal.recall('copied_at')
  return at !== null && Math.abs(now - at) < COPY_DAYS * DAY_MS
}

/** The token and what it was asked with belong to the former agent_id. */
export function forgetRegistration(journal: Journal): void {
  for (const key of ['agent_token', 'registration_key', 'halted', 'spent_enrolment'] as const) {
    journal.remember(key, null)
  }
}
