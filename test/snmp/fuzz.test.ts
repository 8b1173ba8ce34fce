import { describe, expect, it } from 'vitest'
import { type FuzzResult, fuzzDecoder, fuzzRecordings } from './fuzz-case.ts'

const SEED = 20_260_101
const DECODER_CASES = 250_000
const RECORDING_CASES = 10_000
/** Far above what any case takes; a case that needs it has run away. */
const HANG_MS = 2000

function check(name: string, { cases, accepted, slowestMs }: FuzzResult): void {
  console.log(`${name}: seed ${SEED}, ${cases} cases, ${accepted} read, slowest ${slowestMs.toFixed(1)} ms`)
  // Both ways out were taken: the damage is neither always fatal nor always harmless.
  expect(accepted).toBeGreaterThan(cases / 100)
  expect(accepted).toBeLessThan((cases * 99) / 100)
  expect(slowestMs).toBeLessThan(HANG_MS)
}

describe('damaged input', () => {
  it('never gets more out of the SNMP decoder than a BerError', { timeout: 60_000 }, () => {
    check('decoder', fuzzDecoder(DECODER_CASES, SEED))
  })

  it('never gets more out of the recording reader than a PrintMasterError', { timeout: 60_000 }, () => {
    check('recordings', fuzzRecordings(RECORDING_CASES, SEED))
  })
})
