import { Flags } from '@oclif/core'
import { journalFlag } from './agent-flags.ts'
import { configFlag } from './base-command.ts'

/** Flags of `status`. */
export const statusFlags = {
  local: Flags.boolean({ summary: 'The agent of this machine. This is what is shown anyway.' }),
  format: Flags.option({
    options: ['table', 'json'] as const,
    default: 'table',
    summary: 'For people, or one object.',
  })(),
  json: Flags.boolean({ exclusive: ['format'], summary: 'The same as --format json.' }),
  'exit-code': Flags.boolean({
    exclusive: ['format', 'json'],
    summary: 'One summary line and the exit code 0 ok, 1 warning, 2 critical, 3 unknown.',
  }),
  journal: journalFlag,
  config: configFlag,
}

export interface StatusFlags {
  readonly config?: string | undefined
  readonly journal?: string | undefined
}
