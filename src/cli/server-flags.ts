import { Flags } from '@oclif/core'
import { LOG_LEVELS } from '../core/config/log-words.ts'
import { configFlag } from './base-command.ts'

export const databaseFlag = Flags.string({
  helpValue: 'FILE',
  summary: 'The SQLite database (config: [database] path).',
})

/** Flags of `server`. */
export const serverFlags = {
  listen: Flags.string({
    helpValue: 'ADDRESS:PORT',
    summary: 'IP address and port to listen on (config: 127.0.0.1:9090); port 0 takes any free one.',
  }),
  'allow-plaintext': Flags.boolean({
    summary: 'Listen beyond loopback without TLS, where tokens and readings can be read on the way.',
  }),
  'tls-certificate': Flags.string({
    helpValue: 'FILE',
    dependsOn: ['tls-key'],
    summary: 'PEM file with the certificate and those that it was issued by.',
  }),
  'tls-key': Flags.string({
    helpValue: 'FILE',
    dependsOn: ['tls-certificate'],
    summary: 'PEM file with its private key.',
  }),
  database: databaseFlag,
  'with-agent': Flags.boolean({
    summary: 'Run an agent for this site in the same process, which reports to this server.',
  }),
  'log-level': Flags.option({ options: LOG_LEVELS, summary: 'What is written to stderr (config: info).' })(),
  check: Flags.boolean({
    exclusive: ['check-db'],
    summary: 'Check config, certificate and database directory, and end without listening.',
  }),
  'check-db': Flags.boolean({
    summary: 'Check the database, its audit chain included; also while a server is using it.',
  }),
  json: Flags.boolean({ summary: 'One JSON object on stdout: where it listens, or what a check found.' }),
  config: configFlag,
}

export interface ServerFlags {
  readonly config?: string | undefined
  readonly listen?: string | undefined
  readonly 'allow-plaintext'?: boolean | undefined
  readonly 'tls-certificate'?: string | undefined
  readonly 'tls-key'?: string | undefined
  readonly database?: string | undefined
  readonly 'log-level'?: string | undefined
  readonly 'with-agent'?: boolean | undefined
}
