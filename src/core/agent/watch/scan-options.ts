import type { ScanOptions } from '../../scan/scan.ts'
import type { WatchOptions } from '../agent-options.ts'

/** What every scan of the watch has in common. */
export function composeScanOptions({
  options,
  signal,
  now,
}: {
  options: WatchOptions
  signal: AbortSignal
  now(): Date
}): Pick<ScanOptions, 'timeout' | 'retries' | 'rate' | 'concurrency' | 'deadline' | 'profiles' | 'now' | 'signal'> {
  const { timeout_ms, retries, rate, concurrency, deadline_seconds, profiles } = options
  return { timeout: timeout_ms, retries, rate, concurrency, deadline: deadline_seconds, profiles, now, signal }
}
