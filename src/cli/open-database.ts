import { existsSync } from 'node:fs'
import { PrintMasterError } from '../core/model/error.ts'
import type { Store } from '../core/store/store.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { loadNativeBinding } from './native-binding.ts'

/**
 * Opens the database of this machine beside the server that may be using it. What needs SQLite is loaded only here.
 * @throws PrintMasterError file_unreadable when there is none; StoreError
 */
export async function openDatabase(path: string, { readonly }: { readonly: boolean }): Promise<Store> {
  if (!existsSync(path)) throw missing(path)
  return open(path, readonly)
}

/** The same, but makes a database where there is none; `made` says so. @throws StoreError */
export async function openOrMakeDatabase(path: string): Promise<{ store: Store; made: boolean }> {
  const made = !existsSync(path)
  return { store: await open(path, false), made }
}

async function open(path: string, readonly: boolean): Promise<Store> {
  const [{ openSqliteStore }, binding] = await Promise.all([
    import('../core/store/sqlite/sqlite-store.ts'),
    loadNativeBinding(),
  ])
  return openSqliteStore(path, { readonly, ...binding })
}

function missing(path: string): PrintMasterError {
  return new PrintMasterError(
    'file_unreadable',
    `there is no database ${quoteText(path)}; name the server's with --database FILE or [database] path`,
  )
}
