import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { simulateFlags } from '../cli/simulate-flags.ts'
import { FAULT_KINDS } from '../core/snmp/player/faults.ts'

export default class Simulate extends BaseCommand {
  static override summary = 'Play recordings as live printers on loopback addresses.'
  static override description =
    'Each device answers SNMP v1, v2c and (with --v3-user) v3 on an address of its own, until interrupted. ' +
    `Keys of the v3 user come from files, stdin or the environment (PRINTMASTER_SNMP_AUTH_KEY, PRINTMASTER_SNMP_PRIV_KEY).\n\nFaults: ${FAULT_KINDS.join(', ')}; percentages for loss and the like, milliseconds for latency.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> office.snmprec',
    '<%= config.bin %> <%= command.id %> recordings/ --count 25 --listen 127.0.0.1:1161 --live --speed 3600',
    '<%= config.bin %> <%= command.id %> office.snmprec --fault loss=10 --fault latency=200',
  ]
  static override strict = false
  static override args = {
    recording: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'A .snmprec file, or a folder of them; repeatable.',
    }),
  }
  static override flags = simulateFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Simulate)
    const { runSimulation } = await import('../cli/simulate-run.ts')
    await runSimulation(argv as string[], flags, {
      tell: (sentence) => this.logToStderr(sentence),
      print: (line) => this.log(line),
    })
  }
}
