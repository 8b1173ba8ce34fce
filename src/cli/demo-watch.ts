import { createApiClient } from '../core/client/api-client.ts'
import { followServer } from '../core/client/view-client.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { createFeed } from '../tui/feed/feed.ts'
import type { LiveStore } from '../tui/feed/live-store.ts'

/** What the server tells of its fleet, as it tells it. */
export interface DemoWatch {
  readonly rows: LiveStore
  onChange(listener: () => void): void
  /**
   * Resolves once the rows hold what is wanted: true; false when the signal aborted before.
   * @param what completes "the server of the demo did not show ..."
   * @throws PrintMasterError server_unreachable when they never do
   */
  until(holds: (rows: LiveStore) => boolean, what: string, limit_seconds?: number): Promise<boolean>
  close(): Promise<void>
}

const LIMIT_SECONDS = 60

/** Follows a server by its live channel, as the view does. */
export function watchServer(access: Parameters<typeof createApiClient>[0], signal: AbortSignal): DemoWatch {
  const api = createApiClient(access)
  const ending = new AbortController()
  const end = AbortSignal.any([signal, ending.signal])
  const feed = createFeed({
    api,
    follow: (after_seq, onMessage, until) => followServer({ ...access, after_seq }, onMessage, until),
  })
  const running = feed.run(end)
  return {
    rows: feed.store,
    onChange: (listener) => void feed.subscribe(listener),
    async until(holds, what, limit_seconds = LIMIT_SECONDS) {
      if (end.aborted) return false
      const { promise, resolve } = Promise.withResolvers<'holds' | 'late' | 'ended'>()
      const look = () => holds(feed.store) && resolve('holds')
      const onEnd = () => resolve('ended')
      const leave = feed.subscribe(look)
      const timer = setTimeout(() => resolve('late'), limit_seconds * 1000)
      end.addEventListener('abort', onEnd)
      look()
      const outcome = await promise
      end.removeEventListener('abort', onEnd)
      clearTimeout(timer)
      leave()
      if (outcome !== 'late') return outcome === 'holds'
      throw new PrintMasterError(
        'server_unreachable',
        `the server of the demo did not show ${what} within ${limit_seconds} s; with --keep, demo.log says more`,
      )
    },
    async close() {
      ending.abort()
      await running
      await api.close()
    },
  }
}
