import { type FileHandle, open, unlink } from 'node:fs/promises'
import { PrintMasterError } from '../core/model/error.ts'
import { deviceIndices, hostIndex, profileOfDevice } from '../core/printer/device-index.ts'
import { identify } from '../core/printer/identify.ts'
import { readIdentity } from '../core/printer/identity.ts'
import { normalise } from '../core/printer/normalise.ts'
import { isPlaceholder } from '../core/printer/serial.ts'
import { Tables } from '../core/printer/tables.ts'
import type { Profile } from '../core/profiles/profile.ts'
import { recordDevice } from '../core/scan/record-device.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { isWithin } from '../core/snmp/oid.ts'
import type { Reading } from '../core/snmp/reading.ts'
import { formatRecording } from '../core/snmp/recording.ts'
import { type Secrets, scrubRecording } from '../core/snmp/scrub.ts'
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

const PRIVATE = '1.3.6.1.4.1'

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
    const reading = await recordDevice(address, options, () => undefined)
    const { values, missing } = reading
    const kept = scrub ? scrubRecording(values, { secrets: findSecrets(reading, options.profiles) }) : values
    await writeAll(file, path, formatRecording(kept))
    const gaps =
      missing.length > 0 ? `; not complete: ${missing.map(({ part, reason }) => `${part} (${reason})`).join(', ')}` : ''
    const note = scrub
      ? 'serial numbers, addresses, names and contacts are made up where they are known as such'
      : 'with serial numbers, addresses, names and contacts'
    const sentence = `wrote ${kept.size} objects to ${path} (${note})${gaps}`
    const own = [...kept.keys()].filter((oid) => isWithin(oid, PRIVATE)).length
    if (!scrub || own === 0) return sentence
    return `${sentence}\nlook through its ${own} lines that begin with ${PRIVATE} before you show it to anyone: a maker's own objects may hold more, and no profile says where`
  } catch (error) {
    await file.close()
    await unlink(path)
    if (error instanceof SnmpError && error.code !== 'aborted' && !options.signal.aborted) {
      throw new PrintMasterError('network_unreachable', `--record: ${error.message}`)
    }
    throw error
  }
}

/**
 * What the scan itself takes for the printer's or its owner's own: nothing of it may stay in the recording. Every source
 * of a serial or asset number counts, the one that was taken and those behind it.
 */
function findSecrets(reading: Reading, profiles: readonly Profile[]): Secrets {
  const printers = normalise(reading, profiles)
  const tables = new Tables(reading.values)
  const { chosen } = identify(reading.values, profiles)
  const parts = printers.flatMap(({ supplies }) => supplies.flatMap(({ part_number }) => part_number ?? []))
  const attempts = deviceIndices(tables).flatMap((device) => {
    const host = hostIndex(tables, device)
    const profile = profileOfDevice(chosen?.profile ?? null, device, host)
    const { serial, asset_number } = readIdentity(tables, { device, host }, null, profile, parts).attempts
    return [...serial, ...asset_number].map(({ value }) => value)
  })
  const own = printers.flatMap(({ serial, asset_number, supplies }) => [
    serial,
    asset_number,
    ...supplies.map((supply) => supply.serial ?? null),
  ])
  const names = printers.flatMap(({ hostname, location, contact }) => [hostname, location, contact])
  return {
    serials: keepReal([...own, ...attempts]),
    names: keepReal(names),
    macs: keepReal(printers.map(({ mac_address }) => mac_address)),
  }
}

function keepReal(texts: ReadonlyArray<string | null>): string[] {
  return [...new Set(texts)].filter((text) => text !== null && !isPlaceholder(text)) as string[]
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
