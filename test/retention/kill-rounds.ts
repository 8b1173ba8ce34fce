import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { readArchive } from '../../src/core/retention/archive/archive-file.ts'
import { openDirectoryPlace } from '../../src/core/retention/archive/directory-place.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { NOW } from '../store/sample-batches.ts'
import { ageFleet } from './aged-fleet.ts'
import { listManifests } from './archive/list-manifests.ts'

export interface Killed {
  readonly kills: number
  readonly readings: number
  readonly archived: number
  readonly left: number
  readonly faults: readonly string[]
}

const SCRIPT = fileURLToPath(new URL('run-once.ts', import.meta.url))
const LONGEST_MS = 250
/** So much work that no run ends before it is killed. */
const PRINTERS_OF_ROUND = 0.6

/**
 * Runs of retention that are killed at random moments, on one database: after each, every reading is in the database or
 * in an archive that was verified, and in the end none is in two archives and the figures are those of the beginning.
 */
export async function runRetentionKillRounds(directory: string, rounds: number, random: () => number): Promise<Killed> {
  const file = join(directory, 'printmaster.db')
  let store = openSqliteStore(file)
  const { from, to } = await ageFleet(store, file, Math.ceil(rounds * PRINTERS_OF_ROUND), 200, NOW)
  const figures = async () => JSON.stringify((await store.listPages({ from, to, limit: 100 })).items)
  const wanted = await figures()
  await store.close()
  const all = readIds(file)
  const faults: string[] = []
  let kills = 0
  for (let round = 0; round < rounds; round += 1) {
    if (await runOnce(directory, file, Math.floor(random() * LONGEST_MS))) kills += 1
    const missing = await findMissing(file, directory, all)
    if (missing > 0) faults.push(`round ${round}: ${missing} readings are nowhere`)
    if (faults.length > 3) break
  }
  await runOnce(directory, file, null)
  const archived = await readArchived(directory, file, true)
  const left = readIds(file)
  if (archived.count !== archived.ids.size)
    faults.push(`${archived.count - archived.ids.size} readings are in two archives`)
  if ([...all].some((id) => !archived.ids.has(id) && !left.has(id))) faults.push('readings are nowhere')
  store = openSqliteStore(file)
  if ((await figures()) !== wanted) faults.push('the figures are others now')
  const { problems } = await store.check()
  faults.push(...problems)
  await store.close()
  return { kills, readings: all.size, archived: archived.count, left: left.size, faults }
}

/** True when it was killed. @param after milliseconds; null: to its end */
async function runOnce(directory: string, file: string, after: number | null): Promise<boolean> {
  const child = spawn(process.execPath, [SCRIPT, file, directory, String(NOW)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  await Promise.race([once(child.stdout, 'data'), ended])
  if (after !== null) {
    await Promise.race([sleep(after), ended])
    child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  if (signal === null && code !== 0) throw new Error(`retention ended with ${code}`)
  return signal === 'SIGKILL'
}

function readIds(file: string): Set<string> {
  const db = new Database(file)
  const ids = db.prepare('SELECT hex(reading_id) FROM metrics_history').pluck().all() as string[]
  db.close()
  return new Set(ids)
}

async function findMissing(file: string, directory: string, all: ReadonlySet<string>): Promise<number> {
  const here = readIds(file)
  if (here.size === all.size) return 0
  const { ids } = await readArchived(directory, file, false)
  return [...all].filter((id) => !here.has(id) && !ids.has(id)).length
}

/** Only of archives that the database knows. @param isWhole every file at the place has to be known */
async function readArchived(directory: string, file: string, isWhole: boolean) {
  const db = new Database(file)
  const known = new Set(db.prepare('SELECT name FROM archives').pluck().all() as string[])
  db.close()
  const place = openDirectoryPlace(join(directory, 'archive'))
  const ids = new Set<string>()
  let count = 0
  for await (const manifest of listManifests(join(directory, 'archive'), 'metrics_history')) {
    if (!known.has(manifest.data)) {
      if (isWhole) throw new Error(`${manifest.data} is not recorded`)
      continue
    }
    for await (const row of readArchive(place, manifest)) {
      ids.add((row.reading_id as Buffer).toString('hex').toUpperCase())
      count += 1
    }
  }
  return { ids, count }
}
