import { parseArgs } from 'node:util'
import { type FuzzResult, fuzzDecoder, fuzzRecordings } from '../test/snmp/fuzz-case.ts'

const USAGE = 'usage: npm run soak -- [--cases N] [--seed S]'
const DEFAULT_CASES = 2_000_000
const ROUND = 50_000
/** A recording takes about as long as so many messages. */
const RECORDING_SHARE = 20

function readNumber(name: string, text: string, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > max) throw new RangeError(`--${name} ${text}: must be a whole number from 1 to ${max}`)
  return number
}

function report(name: string, seed: number, { cases, accepted, slowestMs }: FuzzResult): void {
  const memory = Math.round(process.memoryUsage().rss / 1048576)
  console.log(
    `${name} seed ${seed}: ${cases} cases, ${accepted} read, slowest ${slowestMs.toFixed(1)} ms, ${memory} MiB`,
  )
}

/** Damaged messages and recordings for as long as wanted, in rounds: the seed of a round finds its cases again. */
function main(): void {
  const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } })
  const cases = readNumber('cases', values.cases ?? `${DEFAULT_CASES}`, 1e9)
  const first = readNumber('seed', values.seed ?? `${1 + Math.floor(Math.random() * 1e9)}`, 2e9)
  console.log(`seed ${first}, ${cases} cases`)
  for (let done = 0, seed = first; done < cases; done += ROUND, seed++) {
    const round = Math.min(ROUND, cases - done)
    report('decoder', seed, fuzzDecoder(round, seed))
    report('recordings', seed, fuzzRecordings(Math.ceil(round / RECORDING_SHARE), seed))
  }
  console.log('nothing found')
}

try {
  main()
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error)
  process.exitCode = error instanceof RangeError || error instanceof TypeError ? 2 : 1
}
