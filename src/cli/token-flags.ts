import { Flags } from '@oclif/core'
import { configFlag } from './base-command.ts'
import { databaseFlag } from './server-flags.ts'

const REMOTE = { helpGroup: 'REMOTE', dependsOn: ['server'] }

/** Flags of every `token` command: whose tokens, and how to get there. */
export const tokenFlags = {
  database: { ...databaseFlag, exclusive: ['server'] },
  server: Flags.string({
    helpGroup: 'REMOTE',
    helpValue: 'URL',
    summary: 'Ask this server instead of the database of this machine. Wants an admin token.',
  }),
  'token-file': Flags.string({
    ...REMOTE,
    helpValue: 'FILE',
    summary: 'File with the admin token; "-" is stdin. Else PRINTMASTER_TOKEN or PRINTMASTER_TOKEN_FILE.',
  }),
  ca: Flags.string({
    ...REMOTE,
    helpValue: 'FILE',
    summary: "PEM file with the authority of the server's certificate.",
  }),
  'allow-plaintext': Flags.boolean({
    ...REMOTE,
    summary: 'Send the admin token over plain http:// beyond loopback, where it can be read on the way.',
  }),
  json: Flags.boolean({ summary: 'JSON on stdout.' }),
  config: configFlag,
}

export interface TokenFlags {
  readonly config?: string | undefined
  readonly database?: string | undefined
  readonly server?: string | undefined
  readonly 'token-file'?: string | undefined
  readonly ca?: string | undefined
  readonly 'allow-plaintext'?: boolean | undefined
}

export const TOKEN_EXIT_CODES = [
  'Exit codes:',
  '0    done',
  '1    could not be done: server not reached or refused, no such token, database unusable',
  '2    wrong usage or config',
].join('\n')
