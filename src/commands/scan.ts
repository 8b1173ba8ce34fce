import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { EXIT } from '../cli/exit-codes.ts'
import { askingFlags, globalFlags, outputFlags, purposeFlags, targetFlags } from '../cli/scan-flags.ts'

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
    const { runScanCommand } = await import('../cli/scan-command.ts')
    const code = await runScanCommand(argv as string[], flags, (sentence) => this.logToStderr(sentence))
    if (code !== EXIT.ok) this.exit(code)
  }
}
