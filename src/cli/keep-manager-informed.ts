import { runPeriodically } from '../core/lifecycle/run-periodically.ts'
import type { ServiceManager } from '../core/lifecycle/systemd.ts'

/** How often the status line is refreshed where no watchdog asks for more. */
const STATUS_INTERVAL = 30_000

/**
 * Keeps the status line true and, where systemd has a watchdog, tells it while all is well. Nothing to do without a
 * service manager.
 * @param look how it is at this moment
 */
export async function keepManagerInformed(
  manager: ServiceManager,
  signal: AbortSignal,
  look: () => Promise<{ isAlive: boolean; status: string }>,
): Promise<void> {
  if (!manager.isThere) return
  let shown = ''
  await runPeriodically(manager.watchdogInterval ?? STATUS_INTERVAL, signal, async () => {
    const { isAlive, status } = await look()
    if (signal.aborted) return
    if (isAlive && manager.watchdogInterval !== null) await manager.alive()
    if (status !== shown) await manager.status(status)
    shown = status
  })
}
