import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { PrintMasterError } from '../core/model/error.ts'
import type { Printer } from '../core/model/printer.ts'
import { formatExplanation } from '../core/output/explanation.ts'
import type { Format } from '../core/output/formats.ts'
import { checkThresholds, judgePrinters } from '../core/output/monitoring.ts'
import { formatPrinterLine, formatPrinters, planRender, type RenderPlan } from '../core/output/render.ts'
import { DEFAULT_THRESHOLDS, type Thresholds } from '../core/output/severity.ts'
import { formatSummary } from '../core/output/summary.ts'
import { SnmpError } from '../core/snmp/snmp-error.ts'
import { EXIT } from './exit-codes.ts'
import { recordTo } from './record-to.ts'
import { type AskingFlags, composeScanRequest, onlyAddress } from './scan-request.ts'
import { runScan, type ScanResult } from './scan-run.ts'
import { flush, lookOf } from './terminal.ts'
import { watch } from './watch.ts'
import { holdYoungGeneration } from './young-generation.ts'

/** The flags of `scan`, as oclif gives them. */
export interface ScanFlags extends AskingFlags {
  format: Format
  json: boolean
  columns?: string | undefined
  sort?: string | undefined
  filter?: string[] | undefined
  watch?: number | undefined
  'exit-code': boolean
  warning?: number | undefined
  critical?: number | undefined
  record?: string | undefined
  'record-raw': boolean
}

/**
 * Scans and prints: results to stdout, sentences through `tell`.
 * @returns the exit code
 * @throws PrintMasterError for what is wrong with targets, flags, config and network
 */
export async function runScanCommand(
  targets: readonly string[],
  flags: ScanFlags,
  tell: (sentence: string) => void,
): Promise<number> {
  const format = flags.json ? 'json' : flags.format
  const { columns = null, sort = null, filter = [] } = flags
  const plan = planRender({ format, columns, sort, filter, ...lookOf(process.stdout) })
  const thresholds = readThresholds(flags)
  checkCombinations(flags, format)

  const request = await composeScanRequest(targets, flags)
  for (const notice of request.notices) tell(notice)
  holdYoungGeneration()
  const { signal, dispose } = listenForStop()
  const options = { ...request.options, signal }
  const write = (text: string) => void process.stdout.write(text)
  const onPrinter = format === 'ndjson' ? (printer: Printer) => write(formatPrinterLine(printer, plan) ?? '') : null
  try {
    if (flags.record) {
      const address = onlyAddress(request.addresses, '--record')
      tell(await recordTo(flags.record, address, options, !flags['record-raw']))
    }
    const result = await runScan(options, onPrinter)
    if (flags['exit-code']) {
      tellResult(result, tell)
      return judge(result, plan, thresholds)
    }
    if (flags.explain && format === 'table') write(formatExplanation(result.printers.filter(plan.accepts), plan))
    else if (!onPrinter) for (const piece of formatPrinters(result.printers, plan)) write(piece)
    await flush(process.stdout)
    tellResult(result, tell)
    if (flags.watch && !signal.aborted) {
      tell(`scanning again every ${flags.watch} s, until Ctrl-C`)
      await watch(flags.watch, options, result, plan, { write, tell, onPrinter })
    }
  } catch (error) {
    if (!(error instanceof SnmpError && signal.aborted)) throw error
    tell('interrupted; nothing was recorded')
  } finally {
    dispose()
  }
  return signal.aborted ? EXIT.interrupted : EXIT.ok
}

function readThresholds(flags: ScanFlags): Thresholds {
  const { warning_percent, critical_percent } = DEFAULT_THRESHOLDS
  const thresholds = {
    warning_percent: flags.warning ?? warning_percent,
    critical_percent: flags.critical ?? critical_percent,
  }
  checkThresholds(thresholds)
  return thresholds
}

/** @throws PrintMasterError bad_flag */
function checkCombinations({ sort, watch: seconds, record }: ScanFlags, format: Format): void {
  if (sort !== undefined && format === 'ndjson') {
    throw new PrintMasterError(
      'bad_flag',
      '--sort does not go with --format ndjson, which prints each printer as it is read; use --format json',
    )
  }
  if (seconds && (format === 'json' || format === 'csv' || record)) {
    throw new PrintMasterError('bad_flag', '--watch goes with --format table or ndjson, and not with --record')
  }
}

/** Prints the one line for a monitoring system. @returns the exit code */
function judge({ printers, failures, summary }: ScanResult, plan: RenderPlan, thresholds: Thresholds): number {
  const verdict = judgePrinters(printers.filter(plan.accepts), thresholds, failures.length)
  const cutShort = `PRINTMASTER UNKNOWN - interrupted; ${formatSummary(summary)}`
  process.stdout.write(`${summary.interrupted ? cutShort : verdict.line}\n`)
  return summary.interrupted ? EXIT.unknown : verdict.code
}

/** Who could not be read, and the figures. */
function tellResult({ failures, summary }: ScanResult, tell: (sentence: string) => void): void {
  for (const failure of failures) tell(`failed: ${failure}`)
  tell(formatSummary(summary))
}
