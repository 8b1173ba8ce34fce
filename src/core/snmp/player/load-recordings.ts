import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PrintMasterError } from '../../model/error.ts'
import { parseRecording, type Recording } from '../recording.ts'

const EXTENSION = '.snmprec'
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Reads recordings from files, and from folders every `*.snmprec` right in them, by name.
 * @throws PrintMasterError `file_unreadable`, `bad_recording`
 */
export async function loadRecordings(paths: readonly string[]): Promise<Recording[]> {
  const recordings: Recording[] = []
  for (const path of paths) for (const file of await listFiles(path)) recordings.push(await loadRecording(file))
  return recordings
}

async function listFiles(path: string): Promise<string[]> {
  const found = await attempt(path, () => stat(path))
  if (!found.isDirectory()) return [path]
  const names = (await attempt(path, () => readdir(path))).filter((name) => name.endsWith(EXTENSION)).sort()
  if (names.length === 0) throw new PrintMasterError('file_unreadable', `${path}: no ${EXTENSION} file in this folder`)
  return names.map((name) => join(path, name))
}

async function loadRecording(path: string): Promise<Recording> {
  const { size } = await attempt(path, () => stat(path))
  if (size > MAX_BYTES) throw new PrintMasterError('bad_recording', `${path}: a recording may have 64 MiB`)
  const recording = parseRecording(await attempt(path, () => readFile(path)), path)
  if (recording.oids.length === 0) throw new PrintMasterError('bad_recording', `${path}: the recording is empty`)
  return recording
}

async function attempt<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : message
    throw new PrintMasterError('file_unreadable', `${path}: ${reason}`, { cause: error })
  }
}
