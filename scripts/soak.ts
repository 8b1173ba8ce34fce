import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../src/core/snmp/player/random.ts'
import { runSiteKillRounds } from '../test/agent/whole/kill-rounds.ts'
import { runRetentionKillRounds } from '../test/retention/kill-rounds.ts'
import { runKillRounds } from '../test/server/kill-rounds.ts'
import { type FuzzResult, fuzzDecoder, fuzzRecordings } from '../test/snmp/fuzz-case.ts'

const PARTS = ['fuzz', 'server', 'site', 'retention'] as const
const USAGE = `usage: npm run soak -- [--cases N] [--kills N] [--seed S] [--only ${PARTS.join('|')}]`
const DEFAULT_CASES = 2_000_000
const DEFAULT_KILLS = 200
const ROUND = 50_000
/** A recording takes about as long as so many messages. */
const RECORDING_SHARE = 20

function readNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1
  if (number < min || number > max) {
    throw new RangeError(`--${name} ${text}: must be a whole number from ${min} to ${max}`)
  }
  return number
}

function report(name: string, seed: number, { cases, accepted, slowestMs }: FuzzResult): void {
  const memory = Math.round(process.memoryUsage().rss / 1048576)
  console.log(
    `${name} seed ${seed}: ${cases} cases, ${accepted} read, slowest ${slowestMs.toFixed(1)} ms, ${memory} MiB`,
  )
}

function fuzz(cases: number, first: number): void {
  for (let done = 0, seed = first; done < cases; done += ROUND, seed++) {
    const round = Math.min(ROUND, cases - done)
    report('decoder', seed, fuzzDecoder(round, seed))
    report('recordings', seed, fuzzRecordings(Math.ceil(round / RECORDING_SHARE), seed))
  }
}

async function killServer(rounds: number, seed: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-soak-'))
  const found = await runKillRounds(directory, rounds, createRandom(seed))
  console.log(`server killed ${rounds} times, seed ${seed}: ${JSON.stringify(found)}`)
  if (found.faults.length > 0) throw new Error(`the database is left in ${directory}`)
  rmSync(directory, { recursive: true })
}

async function killSite(rounds: number, seed: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-soak-'))
  const found = await runSiteKillRounds(directory, rounds, createRandom(seed))
  console.log(`agent and server killed in ${rounds} rounds, seed ${seed}: ${JSON.stringify(found)}`)
  if (found.faults.length > 0) throw new Error(`journal and database are left in ${directory}`)
  rmSync(directory, { recursive: true })
}

async function killRetention(rounds: number, seed: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-soak-'))
  const found = await runRetentionKillRounds(directory, rounds, createRandom(seed))
  console.log(`retention killed in ${rounds} rounds, seed ${seed}: ${JSON.stringify(found)}`)
  if (found.faults.length > 0) throw new Error(`database and archives are left in ${directory}`)
  rmSync(directory, { recursive: true })
}

/**
 * Damaged messages and recordings, a server that is killed while agents upload, a site whose agent and server are killed over
 * a bad line, and runs of retention that are killed, for as long as wanted: the seed that is printed finds the cases again.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string' },
      kills: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const { only } = values
  if (only !== undefined && !PARTS.some((part) => part === only))
    throw new RangeError(`--only ${only}: there is no such part`)
  const isWanted = (part: (typeof PARTS)[number]) => only === undefined || only === part
  const seed = readNumber('seed', values.seed ?? `${1 + Math.floor(Math.random() * 1e9)}`, 1, 2e9)
  const cases = readNumber('cases', values.cases ?? `${DEFAULT_CASES}`, 0, 1e9)
  const kills = readNumber('kills', values.kills ?? `${DEFAULT_KILLS}`, 0, 1e6)
  console.log(`seed ${seed}, ${cases} cases, ${kills} kills`)
  if (isWanted('fuzz')) fuzz(cases, seed)
  if (kills > 0 && isWanted('server')) await killServer(kills, seed)
  if (kills > 0 && isWanted('site')) await killSite(kills, seed)
  if (kills > 0 && isWanted('retention')) await killRetention(kills, seed)
  console.log('nothing found')
}

try {
  await main()
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error)
  process.exitCode = error instanceof RangeError || error instanceof TypeError ? 2 : 1
}
