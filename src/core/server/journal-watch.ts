import { LRUCache } from 'lru-cache'

const MAX_AGENTS = 10_000
/** More of them at one time are still two machines too many. */
const MAX_JOURNALS = 8
/** Of one agent: those that were told of last. */
const MAX_PAIRS = 64
const TELL_EVERY_MS = 3_600_000

/** A journal, as it was heard of: by the arrival of requests, in milliseconds of a clock that nobody sets. */
export interface HeardJournal {
  readonly journal_id: string
  readonly first: number
  readonly last: number
  /** Where the last request came from. */
  readonly ip_address: string
}

export interface JournalWatch {
  /** Notes a journal. Gives the others of this agent that are in use beside it. */
  hear(agent_id: string, journal_id: string, arrived_at: number, ip_address: string): readonly HeardJournal[]
  /**
   * True when it is time to tell of an agent that uses one journal beside others: with one of them it was not told of yet,
   * and the last time is an hour ago.
   */
  isNews(agent_id: string, one: string, others: readonly string[], arrived_at: number): boolean
}

interface Told {
  readonly last: number
  readonly pairs: Set<string>
}

/**
 * Tells two machines with one agent_id from one that began a new journal: a journal that was given up is not heard of
 * again once its successor was. Known of the life of this process alone.
 *
 * @param aliveMs who was silent for longer is gone
 */
export function createJournalWatch(aliveMs: number): JournalWatch {
  const agents = new LRUCache<string, readonly HeardJournal[]>({ max: MAX_AGENTS })
  const told = new LRUCache<string, Told>({ max: MAX_AGENTS })
  return {
    hear(agent_id, said, arrived_at, ip_address) {
      const journal_id = said.toLowerCase()
      const alive = (agents.get(agent_id) ?? []).filter(({ last }) => arrived_at - last <= aliveMs)
      const before = alive.find((each) => each.journal_id === journal_id)
      const heard: HeardJournal = {
        journal_id,
        first: Math.min(before?.first ?? arrived_at, arrived_at),
        last: Math.max(before?.last ?? arrived_at, arrived_at),
        ip_address,
      }
      const others = alive.filter((each) => each.journal_id !== journal_id)
      agents.set(agent_id, [...others.slice(1 - MAX_JOURNALS), heard])
      return others.filter((other) => areBothAlive(heard, other))
    },
    isNews(agent_id, one, others, arrived_at) {
      const { last, pairs } = told.get(agent_id) ?? { last: Number.NEGATIVE_INFINITY, pairs: new Set<string>() }
      const found = others.map((other) => [one.toLowerCase(), other.toLowerCase()].toSorted().join(' '))
      if (found.every((pair) => pairs.has(pair)) || arrived_at - last < TELL_EVERY_MS) return false
      told.set(agent_id, { last: arrived_at, pairs: new Set([...pairs, ...found].slice(-MAX_PAIRS)) })
      return true
    },
  }
}

/** The older one was heard of again after the newer one had come. */
function areBothAlive(one: HeardJournal, other: HeardJournal): boolean {
  const [older, newer] = one.first <= other.first ? [one, other] : [other, one]
  return older.last > newer.first
}
