import { resolve } from 'node:path'
import { restoreBackup } from '../core/store/sqlite/restore.ts'
import { loadNativeBinding } from './native-binding.ts'
import { loadServerConfig } from './server-config.ts'
import type { ServerFlags } from './server-flags.ts'

export interface RestoreResult {
  readonly file: string
  readonly database: string
  /** Where the database is that stood there; null when there was none. */
  readonly former: string | null
}

/** Puts a backup in the place of the database of the config. @throws StoreError */
export async function restoreDatabase(flags: ServerFlags, file: string): Promise<RestoreResult> {
  const { database } = await loadServerConfig(flags)
  const { former } = restoreBackup(file, database, await loadNativeBinding())
  return { file: resolve(file), database, former }
}
