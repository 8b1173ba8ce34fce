import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { RETENTION_EXIT_CODES } from '../../cli/retention-flags.ts'

export default class RetentionRun extends BaseCommand {
  static override summary = 'Bring readings into days and months, archive what is old, delete it, give the space back.'
  static override description = [
    'The server does this by itself once a day ([retention] hour). Cut off at any moment, it goes on with the next run; running it twice changes nothing. ' +
      'Nothing is deleted before its archive was read back.',
    RETENTION_EXIT_CODES,
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json --server https://printers.example --token-file admin.token',
  ]
  static override flags = { json: Flags.boolean({ summary: 'JSON on stdout.' }), ...accessFlags('an admin') }

  async run(): Promise<void> {
    const { flags } = await this.parse(RetentionRun)
    this.refuseEmpty(flags)
    const [{ openRetentionOffice }, { describeRun }, { listenForEnd }] = await Promise.all([
      import('../../cli/retention-office.ts'),
      import('../../cli/retention-words.ts'),
      import('../../cli/listen-for-end.ts'),
    ])
    const office = await openRetentionOffice(flags, { readonly: false }, (sentence) => this.logToStderr(sentence))
    const end = listenForEnd()
    const { stderr } = process
    let told = 0
    try {
      const state = await office.run(end.signal, (now) => {
        if (!stderr.isTTY || performance.now() - told < 200) return
        told = performance.now()
        stderr.write(`\r\u001b[2K${describeRun(now).slice(0, (stderr.columns || 80) - 1)}`)
      })
      if (stderr.isTTY && told > 0) stderr.write('\r\u001b[2K')
      if (flags.json) this.log(JSON.stringify(state))
      this.logToStderr(describeRun(state))
      if (end.signal.aborted) this.exit(EXIT.interrupted)
      if (state.error !== null) this.exit(EXIT.failed)
    } finally {
      end.dispose()
      await office.close()
    }
  }
}
