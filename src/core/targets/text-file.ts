import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { PrintMasterError } from '../model/error.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'the name holds a NUL byte',
}

export interface TextFile {
  readonly text: string
  /** Permission bits; null for a stream. */
  readonly mode: number | null
}

/**
 * The UTF-8 text of a file or a stream, without a byte order mark. `name` is what messages call it.
 *
 * @throws PrintMasterError `file_unreadable` with the reason in words: not there, not allowed, more than `limit` bytes,
 * NUL bytes, not UTF-8. The system's error, where there is one, is the cause.
 */
export async function readTextFile(source: string | Readable, name: string, limit: number): Promise<TextFile> {
  try {
    if (typeof source !== 'string') return { text: decodeText(await readBytes(source, limit)), mode: null }
    const handle = await open(source)
    try {
      const { mode } = await handle.stat()
      const bytes = await readBytes(handle.createReadStream({ autoClose: false }), limit)
      return { text: decodeText(bytes), mode: mode & 0o777 }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason =
      error instanceof Unsuitable ? error.message : (REASONS[code] ?? `reading it failed (${code || 'unknown'})`)
    throw new PrintMasterError('file_unreadable', `cannot read ${name}: ${reason}`, { cause: error })
  }
}

class Unsuitable extends Error {}

async function readBytes(stream: Readable, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new Unsuitable(`it is larger than ${limit} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function decodeText(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new Unsuitable('it holds NUL bytes; save it as plain text in UTF-8')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Unsuitable('it is not UTF-8; save it as plain text in UTF-8')
  }
}
