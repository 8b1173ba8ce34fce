import type { ChangesPage } from '../../store/store.ts'
import type { LiveSettings } from './live-settings.ts'

/** One walk along the changes, for all who follow. */
export interface ChangeFeed {
  /** Up to here changes were given; null while nobody follows. */
  readonly head: number | null
  /** Begins behind `seq`. */
  follow(seq: number): void
  stop(): void
  /** Something was written. */
  poke(): void
}

export interface FeedParts {
  read(after: number): Promise<ChangesPage>
  /** Behind `head`, in order. Changes that are no longer kept are told by `isLost`, and the walk is over. */
  onPage(page: ChangesPage): void
  onError(error: Error): void
  readonly settings: Pick<LiveSettings, 'gather_ms' | 'poll_ms'>
}

export function createChangeFeed({ read, onPage, onError, settings }: FeedParts): ChangeFeed {
  const { gather_ms, poll_ms } = settings
  let head: number | null = null
  let timer: NodeJS.Timeout | null = null
  let isRunning = false
  let isPoked = false
  let began_at = Number.NEGATIVE_INFINITY

  const schedule = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (head === null || isRunning) return
    const wait = began_at + (isPoked ? gather_ms : poll_ms) - performance.now()
    timer = setTimeout(run, Math.max(0, wait)).unref()
  }
  const run = async () => {
    if (head === null || isRunning) return
    const after = head
    isRunning = true
    isPoked = false
    began_at = performance.now()
    try {
      const page = await read(after)
      // it may have ended, and begun elsewhere, meanwhile
      if (head !== after) return
      if (page.isLost) head = null
      else if (page.seq > after) {
        head = page.seq
        // there may be more
        isPoked = true
      }
      if (page.isLost || page.seq > after) onPage(page)
    } catch (error) {
      onError(error as Error)
    } finally {
      isRunning = false
      schedule()
    }
  }

  return {
    get head() {
      return head
    },
    follow(seq) {
      head = seq
      isPoked = true
      schedule()
    },
    stop() {
      head = null
      schedule()
    },
    poke() {
      if (isPoked || head === null) return
      isPoked = true
      schedule()
    },
  }
}
