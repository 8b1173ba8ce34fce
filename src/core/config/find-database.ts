import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Environment } from './read-environment.ts'

/** Where the server's database is: `[database] path`, else `printmaster.db` in the usual place. */
export function findDatabase(config: Pick<Config, 'database'>, env: Environment = process.env): Promise<string> {
  return findUsualPlace(config.database.path, 'printmaster.db', env)
}

/** Where the agent's journal is: `[journal] path`, else `journal.db` in the usual place. */
export function findJournal(config: Pick<Config, 'journal'>, env: Environment = process.env): Promise<string> {
  return findUsualPlace(config.journal.path, 'journal.db', env)
}

/**
 * The usual place is the state directory that systemd gives a service (STATE_DIRECTORY, the first of several), else the
 * platform's data directory of the user.
 */
async function findUsualPlace(configured: string | null, file: string, env: Environment): Promise<string> {
  if (configured !== null) return configured
  const state = env.STATE_DIRECTORY?.split(':', 1)[0]
  if (state) return join(state, file)
  // asks for the user's home directory while it loads, which not every service account has
  const { default: envPaths } = await import('env-paths')
  return join(envPaths('printmaster', { suffix: '' }).data, file)
}
