/** Exit code of a program that a second signal ends at once. */
const INTERRUPTED = 130

/**
 * One AbortSignal for SIGINT and SIGTERM: the first asks the program to finish with what it has, the second ends it.
 * @returns the signal, whose reason is the name of the system's, and what takes the listeners away again
 */
export function listenForStop(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
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
