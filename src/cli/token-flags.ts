import { Flags } from '@oclif/core'
import { accessFlags } from './access-flags.ts'

/** Flags of every `token` command: whose tokens, and how to get there. */
export const tokenFlags = { ...accessFlags('an admin'), json: Flags.boolean({ summary: 'JSON on stdout.' }) }

export const TOKEN_EXIT_CODES = [
  'Exit codes:',
  '0    done',
  '1    could not be done: server not reached or refused, no such token, database unusable',
  '2    wrong usage or config',
].join('\n')
