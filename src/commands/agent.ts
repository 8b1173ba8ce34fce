import type { AgentFlags } from '../cli/agent-flags.ts'
import { agentFlags } from '../cli/agent-flags.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { PrintMasterError } from '../core/model/error.ts'

export default class Agent extends BaseCommand {
  static override summary = 'Watch the printers of a site around the clock, and report to the server.'
  static override description = [
    'Looks for printers in the targets of [scan], reads those that it knows on a schedule, keeps every reading in its journal, and brings them to the server of [server]. ' +
      'Without a server it works alone. SIGHUP reads the config again, SIGUSR2 looks for printers now; SIGTERM and Ctrl-C write what is in hand, a second one ends at once.',
    [
      'Exit codes:',
      '0    stopped, or the check found nothing',
      '1    could not start: journal in use or unusable, port of the health page in use',
      '2    wrong usage or config; --check found problems',
      '130  ended at once by a second signal',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/printmaster/config.ini --check',
    '<%= config.bin %> <%= command.id %> --journal /var/lib/printmaster-agent/journal.db --log-level debug',
  ]
  static override flags = agentFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Agent)
    this.refuseEmpty(flags)
    if (flags.check) return this.checkSetup(flags)
    const { runAgent } = await import('../cli/agent-run.ts')
    await runAgent(flags, this.config.version, (started) => flags.json && this.log(JSON.stringify(started)))
  }

  private async checkSetup(flags: AgentFlags & { json: boolean }) {
    const { checkAgentSetup } = await import('../cli/agent-check.ts')
    const { problems, warnings, findings } = await checkAgentSetup(flags)
    if (flags.json) this.log(JSON.stringify({ ok: problems.length === 0, problems, warnings, findings }))
    for (const warning of warnings) this.logToStderr(warning)
    if (problems.length > 0) throw new PrintMasterError('bad_config', problems.join('\n'))
    for (const finding of findings) this.logToStderr(finding)
  }
}
