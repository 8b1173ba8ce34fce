import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { quoteText } from '../core/targets/quote-text.ts'

/**
 * The file may be written, or made in the nearest folder that is there.
 * @param what for messages: `the database`
 * @returns problems, one sentence each
 */
export async function checkFilePlace(what: string, file: string): Promise<string[]> {
  for (const [path, isFile] of [[file, true] as const, ...listParents(file)]) {
    try {
      const found = await stat(path)
      if (isFile && !found.isFile()) return [`${what} ${quoteText(file)} is no file`]
      if (!isFile && !found.isDirectory()) {
        return [`${what} ${quoteText(file)} cannot be made: ${quoteText(path)} is no directory`]
      }
      await access(path, constants.W_OK)
      // SQLite keeps files of its own beside the database
      if (isFile) await access(dirname(path), constants.W_OK)
      return []
    } catch (error) {
      const refusal = error as NodeJS.ErrnoException
      if (refusal.code === 'ENOENT' || (refusal.code === 'ENOTDIR' && path !== '/')) continue
      const which = isFile ? 'it' : quoteText(path)
      return [`${what} ${quoteText(file)} cannot be written: ${which}: ${describeRefusal(refusal)}`]
    }
  }
  return []
}

/** The nearest folder above a file that is there. */
export async function findFolder(file: string): Promise<string> {
  for (const [path] of listParents(file)) {
    const found = await stat(path).catch(() => null)
    if (found?.isDirectory()) return path
  }
  return dirname(file)
}

function listParents(path: string): Array<readonly [string, false]> {
  const parent = dirname(path)
  return parent === path ? [] : [[parent, false], ...listParents(parent)]
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
}

function describeRefusal({ code, message }: NodeJS.ErrnoException): string {
  return REASONS[code ?? ''] ?? message
}
