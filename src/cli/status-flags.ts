import { Flags } from '@oclif/core'
import { FORMATS, type Format } from '../core/output/formats.ts'
import { type RemoteFlags, remoteFlags } from './access-flags.ts'
import { journalFlag } from './agent-flags.ts'
import { configFlag } from './base-command.ts'
import { excludes } from './flag-relations.ts'

const REMOTE = { helpGroup: 'SERVER' }

/** Flags of `status`. */
export const statusFlags = {
  local: Flags.boolean({
    exclusive: ['server'],
    summary: 'The agent of this machine. This is what is shown where no server is named.',
  }),
  server: Flags.string({
    ...REMOTE,
    helpValue: 'URL',
    summary: 'Show the fleet of this server. Else PRINTMASTER_SERVER. Wants a viewer token.',
  }),
  ...remoteFlags(REMOTE),
  once: Flags.boolean({
    ...REMOTE,
    summary: 'One answer, also on a terminal, where the live view is shown otherwise.',
  }),
  'screen-reader': Flags.boolean({
    ...REMOTE,
    summary: 'The live view as plain lines for a screen reader. Else INK_SCREEN_READER=true.',
  }),
  'no-color': Flags.boolean({ summary: 'Words alone. Else NO_COLOR.' }),
  format: Flags.option({
    options: FORMATS,
    default: 'table',
    summary: 'For people, one object, or, of a server, one row each: as an object a line, or csv.',
  })(),
  json: Flags.boolean({ exclusive: ['format', 'exit-code'], summary: 'The same as --format json.' }),
  'exit-code': Flags.boolean({
    relationships: excludes('format'),
    summary: 'One summary line and the exit code 0 ok, 1 warning, 2 critical, 3 unknown.',
  }),
  journal: { ...journalFlag, relationships: excludes('server') },
  config: configFlag,
}

export interface StatusFlags {
  readonly config?: string | undefined
  readonly journal?: string | undefined
}

/** What shows a server. */
export interface ServerStatusFlags extends RemoteFlags {
  readonly local?: boolean | undefined
  readonly journal?: string | undefined
  readonly server?: string | undefined
  readonly once?: boolean | undefined
  readonly 'screen-reader'?: boolean | undefined
  readonly 'no-color'?: boolean | undefined
  readonly format: Format
  readonly json?: boolean | undefined
  readonly 'exit-code'?: boolean | undefined
}
