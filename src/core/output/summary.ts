import type { ScanSummary } from '../model/scan-event.ts'

/** `254 asked, 27 answered, 25 printers, 0 failed, 3.1 s`; an interrupted scan says so. */
export function formatSummary(
  summary: Pick<ScanSummary, 'asked' | 'answered' | 'printers' | 'failed' | 'seconds' | 'interrupted'>,
): string {
  const { asked, answered, printers, failed, seconds, interrupted } = summary
  const line = `${asked} asked, ${answered} answered, ${printers} ${printers === 1 ? 'printer' : 'printers'}, ${failed} failed, ${seconds.toFixed(1)} s`
  return interrupted ? `${line} (interrupted)` : line
}
