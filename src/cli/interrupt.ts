/**
 * One AbortSignal for SIGINT and SIGTERM: the first asks the program to finish with what it has, the second ends it.
 * @returns the signal, and what takes the listeners away again
 */
export function listenForInterrupt(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
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
