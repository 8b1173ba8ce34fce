import { BaseCommand } from '../cli/base-command.ts'
import { demoFlags } from '../cli/demo-flags.ts'
import { EXIT } from '../cli/exit-codes.ts'

export default class Demo extends BaseCommand {
  static override summary = 'Show it all at work: simulated printers, three agents, a server and the live view.'
  static override description = [
    'The printers print, run low and jam, a minute of theirs in each second; one of the agents drops and comes back. On a ' +
      'terminal the live view of the server follows (? lists its keys, q ends it), otherwise a short tour is printed as text. ' +
      'All of it is on loopback and in a temporary directory, and nothing is left behind; what a demo leaves that is killed, the next one removes.',
    [
      'Exit codes:',
      '0    shown',
      '1    it could not be brought up, or did not do what it should',
      '2    wrong usage',
      '130  ended by a signal',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tour',
    '<%= config.bin %> <%= command.id %> --tour --duration 120 --keep',
  ]
  static override flags = demoFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Demo)
    const { runDemo } = await import('../cli/demo-run.ts')
    const code = await runDemo(flags, this.config.version)
    if (code !== EXIT.ok) this.exit(code)
  }
}
