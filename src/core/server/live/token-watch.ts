import type { Store } from '../../store/store.ts'
import type { Door } from '../auth/door.ts'
import type { ServerLog } from '../server-options.ts'
import type { OpenSocket, SocketKeeper } from './socket-keeper.ts'

/** Tokens that are asked for at one time. */
const PART = 1000

/** Closes the sockets whose token was revoked, or replaced, soon after that was done. */
export interface TokenWatch {
  /** A socket was added; what its token opens may have been looked up just before it changed. */
  noteAdded(): void
  close(): void
}

/** @param recheck_ms between one look and the next, however often tokens change */
export function watchTokens(
  door: Pick<Door, 'onChange'>,
  store: Pick<Store, 'findEndedTokens'>,
  keepers: readonly SocketKeeper<OpenSocket>[],
  { log, now, recheck_ms }: { log: ServerLog; now: () => number; recheck_ms: number },
): TokenWatch {
  let timer: NodeJS.Timeout | null = null
  let looked_at = Number.NEGATIVE_INFINITY
  let changed_at = Number.NEGATIVE_INFINITY
  let isClosed = false

  const look = async () => {
    looked_at = performance.now()
    const ids = new Set(
      keepers.flatMap((keeper) =>
        keeper
          .all()
          .map(({ principal }) => principal.token_id)
          .toArray(),
      ),
    )
    const ended = new Set<string>()
    const list = [...ids]
    for (let from = 0; from < list.length; from += PART) {
      for (const id of await store.findEndedTokens(list.slice(from, from + PART), now())) ended.add(id)
    }
    if (ended.size === 0) return
    for (const keeper of keepers) {
      for (const socket of keeper.all()) {
        if (ended.has(socket.principal.token_id)) keeper.close(socket, 'token_refused')
      }
    }
  }
  const schedule = () => {
    if (timer !== null || isClosed) return
    const wait = Math.max(0, looked_at + recheck_ms - performance.now())
    timer = setTimeout(() => {
      timer = null
      look().catch((error: Error) => {
        log.error({ reason: error.message }, 'tokens of open sockets cannot be looked up; trying again')
        schedule()
      })
    }, wait).unref()
  }
  door.onChange(() => {
    changed_at = performance.now()
    schedule()
  })
  return {
    noteAdded() {
      if (performance.now() - changed_at < recheck_ms) schedule()
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
