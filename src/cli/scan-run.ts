import type { Printer } from '../core/model/printer.ts'
import type { ScanEvent, ScanSummary } from '../core/model/scan-event.ts'
import { type ScanOptions, scan } from '../core/scan/scan.ts'
import { Progress } from './progress.ts'

export interface ScanResult {
  printers: Printer[]
  /** One sentence for each device that answered and could not be read. */
  failures: string[]
  summary: ScanSummary
}

/**
 * Runs one scan to its end with a progress bar on stderr, and gathers what it found.
 * @param onPrinter is told of each printer as soon as it is read, with the bar out of the way; null for nobody
 */
export async function runScan(
  options: ScanOptions,
  onPrinter: ((printer: Printer) => void) | null,
): Promise<ScanResult> {
  const progress = new Progress()
  const printers: Printer[] = []
  const failures: string[] = []
  try {
    for await (const event of scan(options)) {
      if (event.type === 'read') {
        printers.push(event.printer)
        if (!onPrinter) continue
        progress.clear()
        onPrinter(event.printer)
      } else if (event.type === 'failed') failures.push(describeFailure(event, options.deadline))
      else if (event.type === 'progress') progress.show(event.progress)
      else if (event.type === 'done') return { printers, failures, summary: event.summary }
    }
  } finally {
    progress.clear()
  }
  throw new Error('the scan ended without its last event')
}

function describeFailure({ address, code, message }: ScanEvent & { type: 'failed' }, deadline: number): string {
  return code === 'deadline' ? `${address} was not read within ${deadline} s (--deadline)` : message
}
