import type { ApiClient } from '../../core/client/api-client.ts'

/** More than anybody looks at in a row. */
const MOST_KEPT = 60

/** What was asked for one screen; `data` stays while a newer answer is on its way. */
export interface Lookup {
  readonly data: unknown
  /** Why there is no (newer) answer; null when there is none. */
  readonly error: string | null
}

/** What only one screen needs, asked when it is shown. */
export interface Lookups {
  read(path: string): Lookup
  /** Asks unless the answer for this `stamp` is there or under way. */
  want(path: string, stamp: string): void
  subscribe(listener: () => void): () => void
}

const NOTHING: Lookup = { data: null, error: null }

/** @param onAnswer is told of every answer as well */
export function createLookups(
  api: Pick<ApiClient, 'send'>,
  onAnswer: (path: string, data: unknown) => void = () => undefined,
): Lookups {
  const kept = new Map<string, { stamp: string; lookup: Lookup }>()
  const listeners = new Set<() => void>()
  const keep = (path: string, stamp: string, lookup: Lookup) => {
    kept.delete(path)
    kept.set(path, { stamp, lookup })
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
    for (const listener of listeners) listener()
  }
  return {
    read: (path) => kept.get(path)?.lookup ?? NOTHING,
    want(path, stamp) {
      const known = kept.get(path)
      if (known?.stamp === stamp) return
      keep(path, stamp, known?.lookup ?? NOTHING)
      const isWanted = () => kept.get(path)?.stamp === stamp
      api.send('GET', path).then(
        (data) => {
          onAnswer(path, data)
          if (isWanted()) keep(path, stamp, { data, error: null })
        },
        (error: Error) => {
          if (isWanted()) keep(path, stamp, { data: known?.lookup.data ?? null, error: error.message })
        },
      )
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
