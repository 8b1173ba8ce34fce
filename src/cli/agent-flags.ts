import { Flags } from '@oclif/core'
import { LOG_LEVELS } from '../core/config/log-words.ts'
import { configFlag } from './base-command.ts'

export const journalFlag = Flags.string({
  helpValue: 'FILE',
  summary: "The agent's journal (config: [journal] path).",
})

/** Flags of `agent`. */
export const agentFlags = {
  journal: journalFlag,
  'log-level': Flags.option({ options: LOG_LEVELS, summary: 'What is written to stderr (config: info).' })(),
  check: Flags.boolean({
    summary: 'Check config, credentials, targets, server and journal, and end without watching.',
  }),
  json: Flags.boolean({ summary: 'One JSON object on stdout: what was started, or what the check found.' }),
  config: configFlag,
}

export interface AgentFlags {
  readonly config?: string | undefined
  readonly journal?: string | undefined
  readonly 'log-level'?: string | undefined
}
