import type { Clock } from '../lifecycle/clock.ts'

export interface Vitals {
  readonly uptime_seconds: number
  /** Resident. */
  readonly memory_mb: number
  /** Of one core, over the last minute or so; since the start before that. */
  readonly cpu_percent: number
}

const WINDOW_MS = 60_000

/** Watches what this process takes. */
export function createVitals(clock: Clock): () => Vitals {
  const began = clock.monotonic()
  let from = { at: began, cpu: process.cpuUsage() }
  let percent: number | null = null
  return () => {
    const now = clock.monotonic()
    const { user, system } = process.cpuUsage(from.cpu)
    const elapsed = now - from.at
    const present = elapsed > 0 ? (user + system) / 10 / elapsed : 0
    if (elapsed >= WINDOW_MS) {
      percent = present
      from = { at: now, cpu: process.cpuUsage() }
    }
    return {
      uptime_seconds: Math.floor((now - began) / 1000),
      memory_mb: Math.round(process.memoryUsage.rss() / 100_000) / 10,
      cpu_percent: Math.round((percent ?? present) * 10) / 10,
    }
  }
}
