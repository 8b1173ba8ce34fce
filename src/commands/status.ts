import { BaseCommand } from '../cli/base-command.ts'
import { EXIT } from '../cli/exit-codes.ts'
import { type ServerStatusFlags, type StatusFlags, statusFlags } from '../cli/status-flags.ts'

export default class Status extends BaseCommand {
  static override summary = 'Show the fleet of a server, live on a terminal; or say how the agent of this machine is.'
  static override description = [
    'With --server, or PRINTMASTER_SERVER, the agents and printers of that server are shown: on a terminal in a view that ' +
      'follows every change (? lists its keys), otherwise, or with --once, --json, --format or --exit-code, in one answer.',
    'Without a server, or with --local, the health page of the agent is asked; where nothing answers, its journal is read.',
    [
      'Exit codes:',
      '0    shown',
      '1    the server cannot be reached or refuses; there is neither an agent nor a journal that can be read',
      '2    wrong usage or config',
      '130  the view was ended by a signal',
      'With --exit-code:',
      '0    all is well',
      '1    a printer is low or warns, an agent is inactive; of this machine: a printer is offline, the server takes nothing now, readings were refused or lost',
      '2    an agent is offline, a printer is offline, out of something or in error; of this machine: the agent is not running, its uplink is halted, its journal is full',
      '3    it cannot be told, or wrong usage',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --server https://printers.example:9090 --token-file viewer.token',
    '<%= config.bin %> <%= command.id %> --server https://printers.example:9090 --token-file viewer.token --exit-code',
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/printmaster/config.ini --json',
    '<%= config.bin %> <%= command.id %> --local --exit-code',
  ]
  static override flags = statusFlags

  async run(): Promise<void> {
    this.isMonitoring = this.argv.includes('--exit-code')
    const { flags } = await this.parse(Status)
    this.refuseEmpty(flags)
    const { chooseServer } = await import('../cli/status-place.ts')
    const server = chooseServer(flags, process.env)
    if (server === null) return this.showLocal(flags)
    const { showServerStatus } = await import('../cli/status-server.ts')
    const code = await showServerStatus(server, flags, (sentence) => this.logToStderr(sentence))
    if (code !== EXIT.ok) this.exit(code)
  }

  private async showLocal(flags: ServerStatusFlags & StatusFlags): Promise<void> {
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
      const look = { ...lookOf(process.stdout), ...(flags['no-color'] && { color: false }) }
      process.stdout.write(formatAgentStatus(status, look, Date.now()))
    }
  }
}
