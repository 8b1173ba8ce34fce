import { resolve } from 'node:path'
import { loadAddon, unpackAddon } from '../core/store/sqlite/native-addon.ts'
import { restoreBackup } from '../core/store/sqlite/restore.ts'
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
  const addon = unpackAddon()
  const { former } = restoreBackup(file, database, addon === null ? {} : { nativeBinding: loadAddon(addon) })
  return { file: resolve(file), database, former }
}
