import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { INTERRUPTIBLE_EXIT_CODES } from '../../cli/retention-flags.ts'

export default class RetentionRun extends BaseCommand {
  static override summary = 'Bring readings into days and months, archive what is old, delete it, give the space back.'
  static override description = [
    'The server does this by itself once a day ([retention] hour). Cut off at any moment, it goes on with the next run; running it twice changes nothing. ' +
      'Nothing is deleted before its archive was read back.',
    INTERRUPTIBLE_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json --server https://printers.example --token-file admin.token',
  ]
  static override flags = { json: Flags.boolean({ summary: 'JSON on stdout.' }), ...accessFlags('an admin') }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionRun)
    this.refuseEmpty(flags)
    const [{ openRetentionOffice }, { describeRun }, { createProgressLine }, { listenForEnd }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-words.ts'),
      import('../../cli/progress-line.ts'),
      import('../../cli/listen-for-end.ts'),
    ])
    const office = await openRetentionOffice(flags, { readonly: false }, (sentence) => this.logToStderr(sentence))
    const end = listenForEnd()
    const progress = createProgressLine()
    try {
      const state = await office.run(end.signal, (now) => progress.show(describeRun(now))).finally(progress.clear)
      if (flags.json) this.log(JSON.stringify(state))
      this.logToStderr(describeRun(state))
      if (state.running) this.logToStderr('the server goes on with it; nobody waits for the end')
      if (end.signal.aborted) this.exit(EXIT.interrupted)
      if (state.error !== null) this.exit(EXIT.failed)
    } finally {
      end.dispose()
      await office.close()
    }
  }
}
