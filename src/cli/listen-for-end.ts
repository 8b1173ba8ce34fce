import { listenForStop } from '../core/lifecycle/stop-signal.ts'

/** As `listenForStop`, and SIGHUP as well: of what lives in a terminal, and ends when that is closed. */
export function listenForEnd(): { readonly signal: AbortSignal; dispose(): void } {
  const stop = listenForStop()
  const hangUp = new AbortController()
  const onHangUp = () => hangUp.abort('SIGHUP')
  process.on('SIGHUP', onHangUp)
  return {
    signal: AbortSignal.any([stop.signal, hangUp.signal]),
    dispose() {
      stop.dispose()
      process.off('SIGHUP', onHangUp)
    },
  }
}
