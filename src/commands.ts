import type { Command } from '@oclif/core'
import { commands as helpCommands } from '@oclif/plugin-help'
import Scan from './commands/scan.ts'
import Simulate from './commands/simulate.ts'

/** Every command by its name, named one by one so that they are in the single executable as well. */
export const COMMANDS: Record<string, Command.Class> = { ...helpCommands, scan: Scan, simulate: Simulate }
