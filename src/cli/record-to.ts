import { type FileHandle, open, unlink } from 'node:fs/promises'
import { PrintMasterError } from '../core/model/error.ts'
import { recordDevice } from '../core/scan/record-device.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { formatRecording } from '../core/snmp/recording.ts'
import { scrubRecording } from '../core/snmp/scrub.ts'
import { SnmpError } from '../core/snmp/snmp-error.ts'
import { quoteText } from '../core/targets/quote-text.ts'

/** Mistakes in the path, which the user can put right; what else goes wrong lies with the machine. */
const MISTAKES: Readonly<Record<string, string>> = {
  EEXIST: 'it exists already; name another file',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENAMETOOLONG: 'the name is too long',
}
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
}

/**
 * Records everything that one device answers into a new file, whole or not at all.
 * @returns what to tell the user
 * @throws PrintMasterError bad_flag or file_unwritable; network_unreachable when the device does not answer
 * @throws SnmpError aborted, by the signal
 */
export async function recordTo(path: string, address: string, options: ScanOptions, scrub: boolean): Promise<string> {
  if (path === '-')
    throw new PrintMasterError('bad_flag', '--record wants the name of a new file; stdout is for results')
  const file = await open(path, 'wx', scrub ? 0o644 : 0o600).catch((error) => refuse(path, error))
  try {
    const { values, missing } = await recordDevice(address, options, () => undefined)
    const kept = scrub ? scrubRecording(values) : values
    await writeAll(file, path, formatRecording(kept))
    const gaps =
      missing.length > 0 ? `; not complete: ${missing.map(({ part, reason }) => `${part} (${reason})`).join(', ')}` : ''
    const note = scrub
      ? 'serial numbers, addresses, names and contacts are made up'
      : 'with serial numbers, addresses, names and contacts'
    return `wrote ${kept.size} objects to ${path} (${note})${gaps}`
  } catch (error) {
    await file.close()
    await unlink(path)
    if (error instanceof SnmpError && error.code !== 'aborted' && !options.signal.aborted) {
      throw new PrintMasterError('network_unreachable', `--record: ${error.message}`)
    }
    throw error
  }
}

async function writeAll(file: FileHandle, path: string, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.close()
  } catch (error) {
    refuse(path, error as NodeJS.ErrnoException)
  }
}

function refuse(path: string, error: NodeJS.ErrnoException): never {
  const code = error.code ?? error.message
  const mistake = MISTAKES[code]
  const reason = mistake ?? REFUSALS[code] ?? `writing it failed (${code})`
  throw new PrintMasterError(
    mistake ? 'bad_flag' : 'file_unwritable',
    `--record: cannot write ${quoteText(path)}: ${reason}`,
    { cause: error },
  )
}
