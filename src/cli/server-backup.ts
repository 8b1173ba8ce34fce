import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { openDatabase } from './open-database.ts'
import { loadServerConfig } from './server-config.ts'
import type { ServerFlags } from './server-flags.ts'

/** Copying that much takes long enough to say so. */
const LARGE = 64 * 1024 * 1024

export interface BackupResult {
  readonly file: string
  readonly bytes: number
  readonly database: string
}

/**
 * Copies the database of the config to a new file.
 * @param terminal is told what goes on where somebody watches
 * @throws PrintMasterError bad_flag when `file` is there already; StoreError
 */
export async function backupDatabase(
  flags: ServerFlags,
  file: string,
  terminal: NodeJS.WriteStream,
): Promise<BackupResult> {
  const target = resolve(file)
  if (existsSync(target)) {
    throw new PrintMasterError('bad_flag', `${quoteText(target)} is there already; name another file`)
  }
  const { database } = await loadServerConfig(flags)
  const store = await openDatabase(database, { readonly: true })
  try {
    const { size } = statSync(database)
    if (terminal.isTTY && size > LARGE) terminal.write(`copying ${Math.round(size / 1e6)} MB ...\n`)
    const { bytes } = await store.backup(target)
    return { file: target, bytes, database }
  } finally {
    await store.close()
  }
}
