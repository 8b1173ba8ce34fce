import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PrintMasterError } from '../../model/error.ts'
import type { ArchivePlace } from './place.ts'

const PARTIAL = '.partial'

/** Files in a directory of this machine, for its user alone. */
export function openDirectoryPlace(directory: string): ArchivePlace {
  const root = resolve(directory)
  const failed = (what: string, error: unknown) =>
    new PrintMasterError('archive_failed', `${what}: ${why(error)}`, { cause: error })

  return {
    describe: () => root,
    async write(name, content) {
      const path = join(root, name)
      const partial = `${path}${PARTIAL}`
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        const file = await open(partial, 'w', 0o600)
        try {
          for await (const bytes of content) await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(partial, path)
        await syncDirectory(dirname(path))
      } catch (error) {
        await rm(partial, { force: true }).catch(() => undefined)
        if (error instanceof PrintMasterError || !isSystemError(error)) throw error
        throw failed(`the archive ${path} cannot be written`, error)
      }
    },
    async *read(name) {
      const path = join(root, name)
      try {
        yield* createReadStream(path) as AsyncIterable<Uint8Array>
      } catch (error) {
        throw failed(`the archive ${path} cannot be read`, error)
      }
    },
    close: async () => undefined,
  }
}

async function syncDirectory(path: string): Promise<void> {
  // a directory cannot be opened on every platform
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

const isSystemError = (error: unknown) => typeof (error as NodeJS.ErrnoException).code === 'string'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission; give it to the user of the server, or set another [retention] archive_directory',
  EPERM: 'no permission; give it to the user of the server, or set another [retention] archive_directory',
  EROFS: 'the file system is read-only; set another [retention] archive_directory',
  ENOSPC: 'the disk is full; make room, or set another [retention] archive_directory',
  EDQUOT: 'the quota of its user is used up; make room, or set another [retention] archive_directory',
  EFBIG: 'the file system takes no file of that size; set another [retention] archive_directory',
  EIO: 'the disk does not do what it is told; look at the log of the system',
  ENOTDIR: 'a part of the path is no directory; set another [retention] archive_directory',
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
}
const why = (error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  return REASONS[code] ?? code
}
