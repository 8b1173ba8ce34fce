/** Exit code of a program that a second signal ends at once. */
const INTERRUPTED = 130
/** One of the same name that comes sooner is the same: some programs signal a process and its group. */
const SAME_MS = 200

/**
 * One AbortSignal for SIGINT and SIGTERM: the first asks the program to finish with what it has, the second ends it.
 * @returns the signal, whose reason is the name of the system's, and what takes the listeners away again
 */
export function listenForStop(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  let first: number | null = null
  const onSignal = (name: NodeJS.Signals) => {
    first ??= performance.now()
    const isSame = name === controller.signal.reason && performance.now() - first < SAME_MS
    if (controller.signal.aborted && !isSame) process.exit(INTERRUPTED)
    controller.abort(name)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
