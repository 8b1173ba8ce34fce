import { Flags } from '@oclif/core'
import { accessFlags } from '../../cli/access-flags.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { lookOf } from '../../cli/terminal.ts'

export default class ReportPages extends BaseCommand {
  static override summary = 'What was printed between two dates: the number that goes on an invoice.'
  static override description = [
    'Counted from readings as long as they are kept, and from days and months after that. A page belongs to the reading that showed it, ' +
      'so that spans that follow each other add up. Counters that were reset, rolled over or came with another board are recognised; each such correction is listed.',
    [
      'Exit codes:',
      '0    done',
      '1    could not be done: server not reached or refused, database unusable',
      '2    wrong usage or config',
    ].join('\n'),
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from 2026-10-01 --to 2026-10-31',
    '<%= config.bin %> <%= command.id %> --from 2026-10-01 --to 2026-10-31 --by location --format csv > october.csv',
    `<%= config.bin %> <%= command.id %> --from -30d --to -0d --json --server https://printers.example | jq '.rows[] | select(.corrections != [])'`,
  ]
  static override flags = {
    from: Flags.string({
      required: true,
      helpValue: 'TIME',
      summary: 'At this time or later: 2026-10-01 (UTC), 2026-10-01T00:00:00+02:00, or -30d.',
    }),
    to: Flags.string({
      required: true,
      helpValue: 'TIME',
      summary: 'Before this time; a date means to the end of that day.',
    }),
    by: Flags.option({
      options: ['device', 'agent', 'location'] as const,
      default: 'device',
      summary: 'What a line is: one device, or all that one agent reads, or that are at one place now.',
    })(),
    device: Flags.string({ helpValue: 'ID', summary: 'Only this device_id, and what was merged with it.' }),
    agent: Flags.string({ helpValue: 'AGENT_ID', summary: 'Only what this agent reads.' }),
    site: Flags.string({ helpValue: 'SITE_ID', summary: 'Only this site.' }),
    format: Flags.option({
      options: ['table', 'json', 'ndjson', 'csv'] as const,
      default: 'table',
      summary: 'A table for people; one JSON object, one object a line, or CSV with all counters.',
    })(),
    json: Flags.boolean({ exclusive: ['format'], summary: 'The same as --format json.' }),
    ...accessFlags('a viewer'),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportPages)
    this.refuseEmpty(flags)
    const { formatReport, formatReportCsv, readPagesReport } = await import('../../cli/report-pages.ts')
    const report = await readPagesReport(flags, (sentence) => this.logToStderr(sentence))
    const { stdout } = process
    if (flags.json || flags.format === 'json') this.log(JSON.stringify(report))
    else if (flags.format === 'ndjson') for (const row of report.rows) this.log(JSON.stringify(row))
    else if (flags.format === 'csv') stdout.write(formatReportCsv(report))
    else stdout.write(formatReport(report, lookOf(stdout)))
    if (report.rows.length === 0) this.logToStderr('there are no devices to report on')
  }
}
