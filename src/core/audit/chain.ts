import { createHash } from 'node:crypto'

/** What stands before the first entry. */
export const CHAIN_START: Uint8Array = new Uint8Array(32)

/** SHA-256 over the hash before and the stored bytes. */
export function hashEntry(before: Uint8Array, body: string): Buffer {
  return createHash('sha256').update(before).update(body).digest()
}

/** A row as it is stored: the columns beside the body repeat what queries ask for. */
export interface StoredEntry {
  readonly seq: number
  readonly event_id: string
  readonly recorded_at: number
  readonly agent_id: string | null
  readonly actor: string
  readonly action: string
  readonly resource_type: string | null
  readonly resource_id: string | null
  readonly body: string
  readonly hash: Uint8Array
}

export interface ChainEnd {
  readonly seq: number
  readonly hash: Uint8Array
}

const REPEATED = [
  'seq',
  'event_id',
  'recorded_at',
  'agent_id',
  'actor',
  'action',
  'resource_type',
  'resource_id',
] as const

/** Entries one after the other, as they are handed in. */
export interface ChainCheck {
  /** One sentence for each kind of damage that the next entry shows. */
  add(entry: StoredEntry): string[]
  /** What shows at the end alone. `end` is where the chain has to end: what was cut off there shows in no entry. */
  finish(end: ChainEnd | null): string[]
  /** The last entry so far. */
  last(): ChainEnd | null
}

/**
 * Checks a chain from the entry after `start`: an entry that is missing, whose hash does not fit, or whose columns say other
 * than its body. Where `start` is not known (null), nothing is said of it.
 */
export function checkChain(start: ChainEnd | null): ChainCheck {
  let before = start
  return {
    add(entry) {
      const problems: string[] = []
      if (before !== null && entry.seq !== before.seq + 1) {
        const missing = entry.seq > before.seq ? `${before.seq + 1} to ${entry.seq - 1} are missing` : null
        problems.push(`audit entries ${missing ?? `are out of order: ${entry.seq} stands behind ${before.seq}`}`)
      }
      // after a gap nothing can be said of the first hash; the next ones are held against what is stored
      else if (before !== null && !sameBytes(hashEntry(before.hash, entry.body), entry.hash)) {
        problems.push(`audit entry ${entry.seq} does not fit its hash: it or the one before was changed`)
      }
      const differing = findDifference(entry)
      if (differing !== null) problems.push(`audit entry ${entry.seq}: ${differing}`)
      before = { seq: entry.seq, hash: entry.hash }
      return problems
    },
    finish(end) {
      if (before === null || end === null) return []
      if (before.seq < end.seq) return [`audit entries ${before.seq + 1} to ${end.seq} are missing at the end`]
      if (before.seq > end.seq) return [`audit entry ${end.seq + 1} and later ones were not written by PrintMaster`]
      return sameBytes(before.hash, end.hash) ? [] : [`the last audit entry ${end.seq} is not the one that was written`]
    },
    last: () => before,
  }
}

/** All sentences about a chain, at most `most`. */
export function verifyChain(
  entries: Iterable<StoredEntry>,
  start: ChainEnd | null,
  end: ChainEnd | null,
  most = 20,
): string[] {
  const check = checkChain(start)
  const problems: string[] = []
  for (const entry of entries) {
    if (problems.length >= most) return problems
    problems.push(...check.add(entry))
  }
  return [...problems, ...check.finish(end)]
}

function findDifference(entry: StoredEntry): string | null {
  let body: Record<string, unknown>
  try {
    body = JSON.parse(entry.body)
  } catch {
    return 'its body is not JSON'
  }
  const differing = REPEATED.filter((name) => body?.[name] !== entry[name])
  return differing.length === 0 ? null : `${differing.join(', ')} differ from what was recorded`
}

const sameBytes = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0
