import type { Printer } from '../core/model/printer.ts'
import type { ScanSummary } from '../core/model/scan-event.ts'
import { type ScanOptions, scan } from '../core/scan/scan.ts'
import { Progress } from './progress.ts'

export interface ScanResult {
  printers: Printer[]
  failures: string[]
  summary: ScanSummary
}

/** Runs one scan to its end with a progress bar on stderr, and gathers what it found. */
export async function runScan(options: ScanOptions, onPrinter: (printer: Printer) => void): Promise<ScanResult> {
  const progress = new Progress()
  const printers: Printer[] = []
  const failures: string[] = []
  try {
    for await (const event of scan(options)) {
      if (event.type === 'read') {
        printers.push(event.printer)
        onPrinter(event.printer)
      } else if (event.type === 'failed') failures.push(event.message)
      else if (event.type === 'progress') progress.show(event.progress)
      else if (event.type === 'done') return { printers, failures, summary: event.summary }
    }
  } finally {
    progress.clear()
  }
  throw new Error('the scan ended without its last event')
}
