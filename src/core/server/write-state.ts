import type { ServerLog } from './server-options.ts'

const TRY_EVERY_MS = 5000

/** Whether the database took what was written to it last. */
export interface WriteState {
  readonly works: boolean
  /** Said by whoever wrote. @param reason why it did not work; each is logged once until a write works again */
  tell(works: boolean, reason?: string): void
  /** Finds out, where something was refused that may have been no write: true when a small write works. */
  check(): Promise<boolean>
  close(): void
}

/**
 * After a write that failed the database is tried until it takes one: a server that is not ready gets no requests that
 * would find out.
 *
 * @param tryWrite writes next to nothing
 * @param everyMs between one try and the next
 */
export function createWriteState(tryWrite: () => Promise<void>, log: ServerLog, everyMs = TRY_EVERY_MS): WriteState {
  let works = true
  let isClosed = false
  let timer: NodeJS.Timeout | null = null
  let trying: Promise<void> | null = null
  const logged = new Set<string | undefined>()

  const stop = () => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  const tryOnce = () => {
    trying ??= tryWrite()
      .then(
        () => tell(true),
        (error: Error) => tell(false, error.message),
      )
      .finally(() => {
        trying = null
      })
    return trying
  }
  const tell = (now: boolean, reason?: string) => {
    if (isClosed) return
    if (now) {
      stop()
      logged.clear()
      if (!works) log.info({}, 'the database takes writes again')
    } else {
      if (!logged.has(reason)) log.error({ reason }, 'the database refuses writes: not ready until it takes one')
      logged.add(reason)
      timer ??= setInterval(() => void tryOnce(), everyMs).unref()
    }
    works = now
  }
  return {
    get works() {
      return works
    },
    tell,
    async check() {
      if (works) await tryOnce()
      return works
    },
    close() {
      isClosed = true
      stop()
    },
  }
}
