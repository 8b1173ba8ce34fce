import { LRUCache } from 'lru-cache'

const MAX_AGENTS = 10_000
/** More of them at one time are still two machines too many. */
const MAX_JOURNALS = 8
const MAX_PAIRS = 10_000

/** A journal, as it was heard of: by the arrival of requests. */
export interface HeardJournal {
  readonly journal_id: string
  readonly first: number
  readonly last: number
  /** Where the last request came from. */
  readonly ip_address: string
}

export interface JournalWatch {
  /** Notes a journal. Gives the others of this agent that are in use beside it. */
  hear(agent_id: string, journal_id: string, received_at: number, ip_address: string): readonly HeardJournal[]
  /** True the first time that two journals of an agent are told of. */
  isNewPair(agent_id: string, one: string, other: string): boolean
}

/**
 * Tells two machines with one agent_id from one that began a new journal: a journal that was given up is not heard of
 * again once its successor was. Known of the life of this process alone.
 *
 * @param aliveMs who was silent for longer is gone
 */
export function createJournalWatch(aliveMs: number): JournalWatch {
  const agents = new LRUCache<string, readonly HeardJournal[]>({ max: MAX_AGENTS })
  const pairs = new LRUCache<string, true>({ max: MAX_PAIRS })
  return {
    hear(agent_id, said, received_at, ip_address) {
      const journal_id = said.toLowerCase()
      const alive = (agents.get(agent_id) ?? []).filter(({ last }) => received_at - last <= aliveMs)
      const before = alive.find((each) => each.journal_id === journal_id)
      const heard: HeardJournal = {
        journal_id,
        first: Math.min(before?.first ?? received_at, received_at),
        last: Math.max(before?.last ?? received_at, received_at),
        ip_address,
      }
      const others = alive.filter((each) => each.journal_id !== journal_id)
      agents.set(agent_id, [...others.slice(1 - MAX_JOURNALS), heard])
      return others.filter((other) => areBothAlive(heard, other))
    },
    isNewPair(agent_id, one, other) {
      const key = [agent_id, ...[one.toLowerCase(), other.toLowerCase()].toSorted()].join(' ')
      if (pairs.has(key)) return false
      pairs.set(key, true)
      return true
    },
  }
}

/** The older one was heard of again after the newer one had come. */
function areBothAlive(one: HeardJournal, other: HeardJournal): boolean {
  const [older, newer] = one.first <= other.first ? [one, other] : [other, one]
  return older.last > newer.first
}
