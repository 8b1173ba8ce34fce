import { open, unlink } from 'node:fs/promises'
import { PrintMasterError } from '../core/model/error.ts'
import { recordDevice } from '../core/scan/record-device.ts'
import type { ScanOptions } from '../core/scan/scan.ts'
import { formatRecording } from '../core/snmp/recording.ts'
import { scrubRecording } from '../core/snmp/scrub.ts'
import { SnmpError } from '../core/snmp/snmp-error.ts'

/**
 * Records everything that one device answers into a new file, whole or not at all.
 * @returns what to tell the user
 * @throws PrintMasterError file_unwritable, or network_unreachable when the device does not answer
 */
export async function recordTo(path: string, address: string, options: ScanOptions, scrub: boolean): Promise<string> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'it is there already; name another file' : `${error.code}`
    throw new PrintMasterError(error.code === 'EEXIST' ? 'bad_flag' : 'file_unwritable', `--record ${path}: ${reason}`)
  })
  try {
    const { values, missing } = await recordDevice(address, options, () => undefined)
    const kept = scrub ? scrubRecording(values) : values
    await file.writeFile(formatRecording(kept))
    await file.close()
    const gaps =
      missing.length > 0 ? `; not complete: ${missing.map(({ part, reason }) => `${part} (${reason})`).join(', ')}` : ''
    const note = scrub
      ? 'serial numbers, addresses, names and contacts are made up'
      : 'with serial numbers, addresses, names and contacts'
    return `wrote ${kept.size} objects to ${path} (${note})${gaps}`
  } catch (error) {
    await file.close()
    await unlink(path)
    if (error instanceof SnmpError) throw new PrintMasterError('network_unreachable', `--record: ${error.message}`)
    throw error
  }
}
