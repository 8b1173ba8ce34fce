import { BaseCommand } from '../cli/base-command.ts'
import { EXIT } from '../cli/exit-codes.ts'
import { statusFlags } from '../cli/status-flags.ts'

export default class Status extends BaseCommand {
  static override summary = 'Say how the agent of this machine is, without asking a server.'
  static override description = [
    'Asks the health page of the agent; where nothing answers, its journal is read.',
    [
      'Exit codes:',
      '0    shown',
      '1    there is neither an agent nor a journal that can be read',
      '2    wrong usage or config',
      'With --exit-code:',
      '0    all is well',
      '1    a printer is offline, the server takes nothing now, readings were refused or lost',
      '2    the agent is not running, its uplink is halted, its journal is full',
      '3    it cannot be told, or wrong usage',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/printmaster/config.ini --json',
    '<%= config.bin %> <%= command.id %> --local --exit-code',
  ]
  static override flags = statusFlags

  async run(): Promise<void> {
    this.isMonitoring = this.argv.includes('--exit-code')
    const { flags } = await this.parse(Status)
    this.refuseEmpty(flags)
    const [{ readLocalStatus }, { judgeAgent }, { formatAgentStatus }, { lookOf }] = await Promise.all([
      import('../cli/status-local.ts'),
      import('../cli/status-judge.ts'),
      import('../cli/status-text.ts'),
      import('../cli/terminal.ts'),
    ])
    const status = await readLocalStatus(flags, Date.now())
    if (flags['exit-code']) {
      const { code, line } = judgeAgent(status)
      process.stdout.write(`${line}\n`)
      if (code !== EXIT.ok) this.exit(code)
    } else if (flags.json || flags.format === 'json') {
      this.log(JSON.stringify(status))
      if (!status.running) this.logToStderr(status.notice)
    } else {
      if (!status.running) this.logToStderr(status.notice)
      process.stdout.write(formatAgentStatus(status, lookOf(process.stdout), Date.now()))
    }
  }
}
