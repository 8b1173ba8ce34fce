import { setTimeout as sleep } from 'node:timers/promises'
import type { Printer } from '../core/model/printer.ts'
import { describeChanges } from '../core/output/changes.ts'
import type { RenderPlan } from '../core/output/render.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { runScan } from './scan-run.ts'

/** Scans every `seconds` until interrupted; each round prints, with its time, what is not as it was. */
export async function watch(
  seconds: number,
  options: ScanOptions,
  first: readonly Printer[],
  plan: RenderPlan,
  onPrinter: (printer: Printer) => void,
  write: (text: string) => void,
): Promise<void> {
  let before = first.filter(plan.accepts)
  while (!options.signal.aborted) {
    try {
      await sleep(seconds * 1000, undefined, { signal: options.signal })
    } catch {
      return // interrupted while waiting
    }
    const { printers, summary } = await runScan(options, onPrinter)
    if (summary.interrupted) return
    const after = printers.filter(plan.accepts)
    if (plan.format === 'table') {
      const time = options.now().toTimeString().slice(0, 8)
      for (const line of describeChanges(before, after)) write(`${time} ${line}\n`)
    }
    before = after
  }
}
