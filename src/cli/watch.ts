import { setTimeout as sleep } from 'node:timers/promises'
import { PrintMasterError } from '../core/model/error.ts'
import type { Printer } from '../core/model/printer.ts'
import { describeChanges } from '../core/output/changes.ts'
import type { RenderPlan } from '../core/output/render.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { runScan, type ScanResult } from './scan-run.ts'

/** What `watch` writes to: changes and printers are results, the rest is said to the user. */
export interface WatchOutput {
  write(text: string): void
  tell(sentence: string): void
  onPrinter: ((printer: Printer) => void) | null
}

/**
 * Scans every `seconds` until interrupted; each round prints, with its time, what is not as it was. A round in which
 * nothing could be asked (the network is away) is told and changes nothing.
 */
export async function watch(
  seconds: number,
  options: ScanOptions,
  first: ScanResult,
  plan: RenderPlan,
  output: WatchOutput,
): Promise<void> {
  let before = first.printers.filter(plan.accepts)
  let known = new Set(first.failures)
  while (await pause(seconds, options.signal)) {
    const round = await attemptScan(options, output)
    const time = options.now().toTimeString().slice(0, 8)
    if (typeof round === 'string') {
      output.tell(`${time} ${round}`)
      continue
    }
    if (round.summary.interrupted) return
    for (const failure of round.failures) if (!known.has(failure)) output.tell(`${time} failed: ${failure}`)
    known = new Set(round.failures)
    const after = round.printers.filter(plan.accepts)
    if (plan.format === 'table') {
      for (const line of describeChanges(before, after)) output.write(`${time} ${line}\n`)
    }
    before = after
  }
}

/** False when interrupted. */
async function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(seconds * 1000, undefined, { signal })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

async function attemptScan(options: ScanOptions, { onPrinter }: WatchOutput): Promise<ScanResult | string> {
  try {
    return await runScan(options, onPrinter)
  } catch (error) {
    if (error instanceof PrintMasterError && !error.isUsage) return error.message
    throw error
  }
}
