import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Environment } from './read-environment.ts'

const FILE = 'printmaster.db'

/**
 * Where the database is: `[database] path`, else `printmaster.db` in the state directory that systemd gives a service
 * (STATE_DIRECTORY, the first of several), else in the platform's data directory of the user.
 */
export async function findDatabase(config: Pick<Config, 'database'>, env: Environment = process.env): Promise<string> {
  if (config.database.path !== null) return config.database.path
  const state = env.STATE_DIRECTORY?.split(':', 1)[0]
  if (state) return join(state, FILE)
  // asks for the user's home directory while it loads, which not every service account has
  const { default: envPaths } = await import('env-paths')
  return join(envPaths('printmaster', { suffix: '' }).data, FILE)
}
