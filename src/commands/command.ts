import { BaseCommand } from '../cli/base-command.ts'
import { commandArgs, commandFlags } from '../cli/command-flags.ts'
import { EXIT } from '../cli/exit-codes.ts'
import type { CommandKind } from '../core/protocol/commands.ts'

export default class Command extends BaseCommand {
  static override summary = 'Ask an agent to do something now, by its server.'
  static override description = [
    'scan_now looks for printers among the targets of the agent, or a part of them; read_device reads one printer that it watches; ' +
      'reload_config reads its config again; send_diagnostics brings what helps to see what is wrong with it. ' +
      'What lies beyond its own config, an agent refuses.',
    'Prints the id of the command, or with --json its record as the server took it. With --wait it prints the result once the ' +
      'command has ended, or with --json the record with the result in it.',
    [
      'Exit codes:',
      '0    the server took it; with --wait: it is done',
      '1    the server was not reached or refused; with --wait: it failed, was refused or expired',
      '2    wrong usage',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> 0198c0de-0000-7000-8000-000000000001 scan_now --wait --server https://printers.example --token-file admin.token',
    '<%= config.bin %> <%= command.id %> site-a scan_now --target 192.0.2.0/28 --server https://printers.example',
    '<%= config.bin %> <%= command.id %> site-a read_device --ip 192.0.2.7 --wait --json --server https://printers.example',
  ]
  static override args = commandArgs
  static override flags = commandFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Command)
    this.refuseEmpty(flags)
    const [{ composeCommandRequest }, { describeCommand, runCommand }] = await Promise.all([
      import('../cli/command-request.ts'),
      import('../cli/command-run.ts'),
    ])
    const request = composeCommandRequest(args.kind as CommandKind, flags)
    const record = await runCommand(args.agent, request, flags, (sentence) => this.logToStderr(sentence))
    if (flags.json) this.log(JSON.stringify(record))
    else if (!flags.wait) this.log(record.command_id)
    else if (record.result !== null) this.log(JSON.stringify(record.result, null, 2))
    if (flags.wait || record.state === 'pending') this.logToStderr(describeCommand(record))
    if (!flags.wait) return
    if (record.state !== 'succeeded') this.exit(EXIT.failed)
  }
}
