import { isIP } from 'node:net'
import { PrintMasterError } from '../../model/error.ts'
import { isLoopback } from '../../model/is-loopback.ts'
import type { Recording } from '../recording.ts'
import type { Fault } from './faults.ts'
import type { PlayedDevice } from './host.ts'

const DEFAULT_PORT = 1161
const LAST_LOOPBACK = 0x7fff_fffe

/**
 * Reads `127.0.0.1:1161`, `127.0.0.1` or `[::1]:1161`.
 * @throws PrintMasterError `bad_flag`
 */
export function parseListen(text: string): { address: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([\d.]*))(?::(\d{1,5}))?$/.exec(text) ?? (text === '::1' ? [text, text] : null)
  const address = match?.[1] ?? match?.[2] ?? ''
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (!match || isIP(address) === 0 || !isLoopback(address) || port > 65_535) {
    const form = 'ADDRESS:PORT with a loopback address, for example 127.0.0.1:1161 or [::1]:1161'
    throw new PrintMasterError('bad_flag', `--listen ${JSON.stringify(text)}: must be ${form}`)
  }
  return { address, port }
}

/**
 * Gives each of `count` devices a recording, taking turns, and an address, counting up from `first`. The second device
 * with the same recording is its copy 1.
 * @throws PrintMasterError `bad_flag` when the loopback addresses do not suffice
 */
export function planDevices(options: {
  recordings: readonly Recording[]
  first: string
  count: number
  faults?: readonly Fault[]
}): PlayedDevice[] {
  const { recordings, first, count, faults = [] } = options
  const start = first.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  if (first === '::1' ? count > 1 : start + count - 1 > LAST_LOOPBACK) {
    throw new PrintMasterError(
      'bad_flag',
      `--count ${count}: there are not so many loopback addresses from ${first} on`,
    )
  }
  return Array.from({ length: count }, (_, i) => ({
    address: first === '::1' ? first : formatAddress(start + i),
    recording: recordings[i % recordings.length] as Recording,
    copy: Math.floor(i / recordings.length),
    faults,
  }))
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')
}
