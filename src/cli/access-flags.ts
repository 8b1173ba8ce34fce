import { Flags } from '@oclif/core'
import { configFlag } from './base-command.ts'
import { needs } from './flag-relations.ts'
import { databaseFlag } from './server-flags.ts'

/** Flags of how to get to a server. */
export const remoteFlags = (
  place: { readonly helpGroup?: string; readonly relationships?: ReturnType<typeof needs> } = {},
) => ({
  'token-file': Flags.string({
    ...place,
    helpValue: 'FILE',
    summary: 'File with the token; "-" is stdin. Else PRINTMASTER_TOKEN or PRINTMASTER_TOKEN_FILE.',
  }),
  ca: Flags.string({
    ...place,
    helpValue: 'FILE',
    summary: "PEM file with the authority of the server's certificate.",
  }),
  'allow-plaintext': Flags.boolean({
    ...place,
    summary: 'Send the token over plain http:// beyond loopback, where it can be read on the way.',
  }),
})

export interface RemoteFlags {
  readonly 'token-file'?: string | undefined
  readonly ca?: string | undefined
  readonly 'allow-plaintext'?: boolean | undefined
}

/** Flags of what works in the database of this machine, or at a server elsewhere. @param scope of the token that it wants */
export const accessFlags = (scope: 'a viewer' | 'an admin' | 'a viewer (for audit, an admin)') => ({
  database: { ...databaseFlag, exclusive: ['server'] },
  server: Flags.string({
    helpGroup: 'REMOTE',
    helpValue: 'URL',
    summary: `Ask this server instead of the database of this machine. Wants ${scope} token.`,
  }),
  ...remoteFlags({ helpGroup: 'REMOTE', relationships: needs('server') }),
  config: configFlag,
})

export interface AccessFlags extends RemoteFlags {
  readonly config?: string | undefined
  readonly database?: string | undefined
  readonly server?: string | undefined
}
