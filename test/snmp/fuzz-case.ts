import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { BerError } from '../../src/core/snmp/ber.ts'
import { decodeMessage } from '../../src/core/snmp/message.ts'
import { createRandom, type Random } from '../../src/core/snmp/player/random.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'
import { fixtureNames } from '../recordings/printer-fixture.ts'
import { composePackets, mutatePacket } from './mutate-packet.ts'

export interface FuzzResult {
  cases: number
  /** Cases that were read in spite of what was done to them. */
  accepted: number
  slowestMs: number
}

const FOLDER = join(import.meta.dirname, '../recordings/printers')
const HEAD = 1500

/** Runs one case; what it throws says which seed and case failed, and shows the input. */
function fuzz(
  cases: number,
  seed: number,
  makeInput: (random: Random) => Buffer,
  take: (bytes: Buffer) => boolean,
): FuzzResult {
  const random = createRandom(seed)
  const result = { cases, accepted: 0, slowestMs: 0 }
  for (let i = 0; i < cases; i++) {
    const input = makeInput(random)
    const copy = Buffer.from(input)
    const began = performance.now()
    try {
      if (take(input)) result.accepted++
    } catch (error) {
      throw new Error(`seed ${seed}, case ${i}, input ${copy.toString('hex')}`, { cause: error })
    }
    result.slowestMs = Math.max(result.slowestMs, performance.now() - began)
  }
  return result
}

/** Damaged SNMP messages: read, or refused with a BerError, and never more in the result than was in the message. */
export function fuzzDecoder(cases: number, seed: number): FuzzResult {
  const packets = composePackets(createRandom(seed))
  return fuzz(
    cases,
    seed,
    (random) => mutatePacket(packets, random),
    (bytes) => {
      try {
        const message = decodeMessage(bytes)
        const pdu = message.version !== '3' ? message.pdu : 'pdu' in message.scoped ? message.scoped.pdu : null
        if (pdu && pdu.varbinds.length * 2 > bytes.length) throw new Error('more variable bindings than bytes')
        return true
      } catch (error) {
        if (error instanceof BerError) return false
        throw error
      }
    },
  )
}

/** Damaged recordings: read, or refused with a PrintMasterError; lenient reading takes every line or counts it. */
export function fuzzRecordings(cases: number, seed: number): FuzzResult {
  const texts = fixtureNames('printers').map((name) => readFileSync(join(FOLDER, `${name}.snmprec`)))
  const pieces = texts.flatMap((text) => [text.subarray(0, HEAD), text.subarray(-HEAD)])
  return fuzz(
    cases,
    seed,
    (random) => mutatePacket(pieces, random),
    (bytes) => {
      const lines = bytes.reduce((count, byte) => count + Number(byte === 0x0a), 1)
      const { values, skipped } = parseRecording(bytes, 'lenient', { lenient: true })
      if (values.size + skipped > lines) throw new Error('more rows than lines')
      try {
        parseRecording(bytes, 'strict')
      } catch (error) {
        if (!(error instanceof PrintMasterError) || error.code !== 'bad_recording') throw error
        if (/[^\x20-\x7e]/.test(error.message)) throw new Error('the message holds bytes of the file', { cause: error })
        return false
      }
      if (skipped > 0) throw new Error('strict reading took what lenient reading left out')
      return true
    },
  )
}
