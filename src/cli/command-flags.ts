import { Args, Flags } from '@oclif/core'
import {
  COMMAND_KINDS,
  DEFAULT_COMMAND_SECONDS,
  LEAST_COMMAND_SECONDS,
  MOST_COMMAND_SECONDS,
} from '../core/protocol/commands.ts'
import { type RemoteFlags, remoteFlags } from './access-flags.ts'

export const commandArgs = {
  agent: Args.string({ name: 'agent', required: true, description: 'agent_id, or the name or host name of one agent' }),
  kind: Args.string({ name: 'kind', required: true, options: [...COMMAND_KINDS], description: 'What it is to do.' }),
}

/** Flags of `command`. */
export const commandFlags = {
  target: Flags.string({
    multiple: true,
    helpValue: 'TARGET',
    summary: 'scan_now: a part of its own targets, as scan takes them; else all of them.',
  }),
  ip: Flags.string({ helpValue: 'ADDRESS', summary: 'read_device: the printer.' }),
  port: Flags.integer({ min: 1, max: 65_535, helpValue: 'PORT', summary: 'read_device: its SNMP port.' }),
  expires: Flags.string({
    helpValue: 'TIME',
    summary: `Not begun later than so long from now, ${LEAST_COMMAND_SECONDS}s to ${MOST_COMMAND_SECONDS / 3600}h, for example 60s or 12h; ${DEFAULT_COMMAND_SECONDS / 60} minutes unless told.`,
  }),
  wait: Flags.boolean({ summary: 'Stay until it has ended, and say how far it is.' }),
  server: Flags.string({
    required: true,
    env: 'PRINTMASTER_SERVER',
    helpValue: 'URL',
    summary: 'The server that the agent reports to. Wants an admin token.',
  }),
  ...remoteFlags(),
  json: Flags.boolean({ summary: 'JSON on stdout.' }),
}

export interface CommandFlags extends RemoteFlags {
  readonly target?: readonly string[] | undefined
  readonly ip?: string | undefined
  readonly port?: number | undefined
  readonly expires?: string | undefined
  readonly server: string
}
