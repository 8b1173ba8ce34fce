import { Args } from '@oclif/core'
import { BaseCommand, EXIT } from '../cli/base-command.ts'
import { listenForInterrupt } from '../cli/interrupt.ts'
import { recordTo } from '../cli/record-to.ts'
import { askingFlags, globalFlags, outputFlags, purposeFlags, targetFlags } from '../cli/scan-flags.ts'
import { composeScanRequest, onlyAddress } from '../cli/scan-request.ts'
import { runScan, type ScanResult } from '../cli/scan-run.ts'
import { flush, lookOf } from '../cli/terminal.ts'
import { watch } from '../cli/watch.ts'
import { holdYoungGeneration } from '../cli/young-generation.ts'
import { PrintMasterError } from '../core/model/error.ts'
import type { Printer } from '../core/model/printer.ts'
import { formatExplanation } from '../core/output/explanation.ts'
import { checkThresholds, judgePrinters } from '../core/output/monitoring.ts'
import { formatPrinterLine, formatPrinters, planRender, type RenderPlan } from '../core/output/render.ts'
import { DEFAULT_THRESHOLDS, type Thresholds } from '../core/output/severity.ts'
import { formatSummary } from '../core/output/summary.ts'
import { SnmpError } from '../core/snmp/snmp-error.ts'

export default class Scan extends BaseCommand {
  static override summary =
    'Find the printers on a network and say what they are, what they have printed and what they need.'
  static override usage = '<%= command.id %> [TARGET...] [FLAG...]'
  static override description = [
    'TARGET is an address, a network (10.1.0.0/24), a range (10.1.0.10-20, 10.1.0.10-2.20, 10.1.0.1-10.1.3.254), ' +
      'a wildcard (10.1.0.x, 10.1.*.1), a host name, or an IPv6 address or prefix (up to /112); several may be given. ' +
      'Without a target, those of config.ini are scanned, else the local IPv4 networks.',
    'Results go to stdout, everything else to stderr.',
    [
      'Exit codes:',
      '0    scan done',
      '1    nothing could be asked',
      '2    wrong usage or config',
      '130  interrupted; what was found so far is printed',
      'With --exit-code: 0 ok, 1 warning, 2 critical, 3 unknown, interrupted or wrong usage.',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    { description: 'Scan a network', command: '<%= config.bin %> scan 192.168.1.0/24' },
    {
      description: 'Every printer with a supply below 15 %, as CSV',
      command: `<%= config.bin %> scan 10.1.0.0/16 --filter 'supplies.level.percent<15' --format csv`,
    },
    {
      description: 'One JSON object a line, as soon as each printer is read',
      command: '<%= config.bin %> scan -f targets.txt --format ndjson',
    },
    {
      description: 'SNMPv3, keys from files',
      command:
        '<%= config.bin %> scan 10.1.0.7 --v3-user monitor --auth-protocol sha256 --auth-key-file auth.key --priv-protocol aes128 --priv-key-file priv.key',
    },
    {
      description: 'A check for a monitoring system',
      command: '<%= config.bin %> scan 10.1.0.7 --exit-code --warning 15 --critical 5',
    },
    {
      description: 'Record a printer for a bug report, personal data scrubbed',
      command: '<%= config.bin %> scan 10.1.0.7 --record printer.snmprec',
    },
  ]
  static override args = {
    target: Args.string({
      description: 'Address, network, range, wildcard or host name; several may be given.',
      ignoreStdin: true, // what is piped in is for -f - and keys
    }),
  }
  static override strict = false
  static override flags = { ...targetFlags, ...askingFlags, ...outputFlags, ...purposeFlags, ...globalFlags }

  async run(): Promise<void> {
    this.isMonitoring = this.argv.includes('--exit-code')
    const { argv, flags } = await this.parse(Scan)
    this.refuseEmpty(flags)
    const format = flags.json ? 'json' : flags.format
    const { columns = null, sort = null, filter = [] } = flags
    const plan = planRender({ format, columns, sort, filter, ...lookOf(process.stdout) })
    const { warning_percent, critical_percent } = DEFAULT_THRESHOLDS
    const thresholds = {
      warning_percent: flags.warning ?? warning_percent,
      critical_percent: flags.critical ?? critical_percent,
    }
    checkThresholds(thresholds)
    if (sort !== null && format === 'ndjson') {
      throw new PrintMasterError(
        'bad_flag',
        '--sort does not go with --format ndjson, which prints each printer as it is read; use --format json',
      )
    }
    if (flags.watch && (format === 'json' || format === 'csv' || flags.record)) {
      throw new PrintMasterError('bad_flag', '--watch goes with --format table or ndjson, and not with --record')
    }

    const request = await composeScanRequest(argv as string[], flags)
    for (const notice of request.notices) this.logToStderr(notice)
    holdYoungGeneration()
    const { signal, dispose } = listenForInterrupt()
    const options = { ...request.options, signal }
    const write = (text: string) => void process.stdout.write(text)
    const onPrinter = format === 'ndjson' ? (printer: Printer) => write(formatPrinterLine(printer, plan) ?? '') : null
    try {
      if (flags.record) {
        const address = onlyAddress(request.addresses, '--record')
        this.logToStderr(await recordTo(flags.record, address, options, !flags['record-raw']))
      }
      const result = await runScan(options, onPrinter)
      if (flags['exit-code']) {
        this.tell(result)
        return this.exit(this.judge(result, plan, thresholds))
      }
      if (flags.explain && format === 'table') write(formatExplanation(result.printers.filter(plan.accepts), plan))
      else if (!onPrinter) for (const piece of formatPrinters(result.printers, plan)) write(piece)
      await flush(process.stdout)
      this.tell(result)
      if (flags.watch && !signal.aborted) {
        const tell = (sentence: string) => this.logToStderr(sentence)
        tell(`scanning again every ${flags.watch} s, until Ctrl-C`)
        await watch(flags.watch, options, result, plan, { write, tell, onPrinter })
      }
    } catch (error) {
      if (!(error instanceof SnmpError && signal.aborted)) throw error
      this.logToStderr('interrupted; nothing was recorded')
    } finally {
      dispose()
    }
    if (signal.aborted) return this.exit(EXIT.interrupted)
  }

  /** Prints the one line for a monitoring system. @returns the exit code */
  private judge({ printers, failures, summary }: ScanResult, plan: RenderPlan, thresholds: Thresholds): number {
    const verdict = judgePrinters(printers.filter(plan.accepts), thresholds, failures.length)
    const cutShort = `PRINTMASTER UNKNOWN - interrupted; ${formatSummary(summary)}`
    process.stdout.write(`${summary.interrupted ? cutShort : verdict.line}\n`)
    return summary.interrupted ? EXIT.unknown : verdict.code
  }

  /** Who could not be read, and the figures. */
  private tell({ failures, summary }: ScanResult): void {
    for (const failure of failures) this.logToStderr(`failed: ${failure}`)
    this.logToStderr(formatSummary(summary))
  }
}
