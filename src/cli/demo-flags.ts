import { Flags } from '@oclif/core'

/** Flags of `demo`. */
export const demoFlags = {
  tour: Flags.boolean({ summary: 'The short tour as text, on a terminal too.' }),
  duration: Flags.integer({
    min: 5,
    max: 86_400,
    default: 20,
    helpValue: 'SECONDS',
    summary: 'How long the tour watches the printers, at least.',
  }),
  keep: Flags.boolean({ summary: 'Leave the directory with databases and log behind, and say where it is.' }),
}

export interface DemoFlags {
  readonly tour: boolean
  readonly duration: number
  readonly keep: boolean
}
