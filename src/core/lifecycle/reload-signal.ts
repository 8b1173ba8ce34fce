/**
 * Calls `reload` for every SIGHUP, one call after the other; signals that come while one runs are one more call.
 * @param reload handles its own failures
 * @returns what takes the listener away again
 */
export function listenForReload(reload: () => Promise<void>): { dispose(): void } {
  let isRunning = false
  let isWanted = false
  const onSignal = async () => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      await reload()
    }
    isRunning = false
  }
  process.on('SIGHUP', onSignal)
  return { dispose: () => void process.off('SIGHUP', onSignal) }
}
