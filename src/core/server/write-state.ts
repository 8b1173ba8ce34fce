import type { ServerLog } from './server-options.ts'

const TRY_EVERY_MS = 5000

/** Whether the database took what was written to it last. */
export interface WriteState {
  readonly works: boolean
  /** Said by whoever wrote. */
  tell(works: boolean): void
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
  let timer: NodeJS.Timeout | null = null
  const close = () => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  let isTrying = false
  const tryAgain = async () => {
    if (isTrying) return
    isTrying = true
    await tryWrite().then(
      () => tell(true),
      () => undefined,
    )
    isTrying = false
  }
  const tell = (now: boolean) => {
    if (now === works) return
    works = now
    if (works) {
      close()
      log.info({}, 'the database takes writes again')
    } else {
      log.error({}, 'the database refuses writes: not ready until it takes one')
      timer ??= setInterval(() => void tryAgain(), everyMs).unref()
    }
  }
  return {
    get works() {
      return works
    },
    tell,
    close,
  }
}
