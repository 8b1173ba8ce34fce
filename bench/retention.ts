import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openDirectoryPlace } from '../src/core/retention/archive/directory-place.ts'
import type { ArchivePlace } from '../src/core/retention/archive/place.ts'
import { runRetention } from '../src/core/retention/run-retention.ts'
import { openSqliteStore } from '../src/core/store/sqlite/sqlite-store.ts'
import { ageFleet } from '../test/retention/aged-fleet.ts'
import { DAY, NOW } from '../test/store/sample-batches.ts'
import { printFigure } from './figure.ts'
import { measureBeside } from './retention-beside.ts'
import { retentionRun } from './retention-run.ts'
import { measureYears } from './retention-years.ts'
import type { BenchOptions } from './run.ts'

const PRINTERS = 100
const DAYS = 120
const DAY_OF_ROW = 'device, sampled_at / 86400000 AS day'
const IN_ORDER = 'OVER (PARTITION BY device ORDER BY sampled_at)'
/**
 * What somebody would write by hand to get the same figures of a day: a counter's first, last and pages, seconds in each
 * state, each supply's lowest, highest and replacements; then the rows away. All in one transaction.
 */
const BARE = [
  `CREATE TABLE bare_counters AS SELECT device, day, min(page_count) AS first, max(page_count) AS last,
     sum(max(page_count - before, 0)) AS pages, sum(page_count < before) AS corrections
   FROM (SELECT ${DAY_OF_ROW}, page_count, lag(page_count) ${IN_ORDER} AS before FROM metrics_history) GROUP BY device, day`,
  `CREATE TABLE bare_states AS SELECT device, day, status, sum(min(next - sampled_at, 7200000)) / 1000 AS seconds
   FROM (SELECT ${DAY_OF_ROW}, sampled_at, status, lead(sampled_at) ${IN_ORDER} AS next FROM metrics_history)
   GROUP BY device, day, status`,
  `CREATE TABLE bare_levels AS SELECT device, day, supply, min(percent) AS lowest, max(percent) AS highest,
     sum(percent > before) AS replaced
   FROM (SELECT ${DAY_OF_ROW}, supplies.value ->> 'index' AS supply, supplies.value ->> '$.level.percent' AS percent,
       lag(supplies.value ->> '$.level.percent') OVER (PARTITION BY device, supplies.key ORDER BY sampled_at) AS before
     FROM metrics_history, json_each(rest, '$.supplies') supplies) GROUP BY device, day, supply`,
  'DELETE FROM metrics_history WHERE sampled_at < ?',
]
const CASES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  rate: compareRates,
  beside: measureBeside,
  years: measureYears,
}

/** `years` takes half an hour: it runs where it is named. */
export async function run(options: BenchOptions): Promise<void> {
  for (const [name, measure] of Object.entries(CASES)) {
    const isWanted = options.only.length > 0 ? options.only.includes(name) : name !== 'years'
    if (isWanted) await measure(options)
  }
}

/** Roll-up and deletion beside the bare statements that do the same in one go, on copies of one database. */
async function compareRates({ runs }: BenchOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-bench-'))
  try {
    const aged = join(directory, 'aged.db')
    const store = openSqliteStore(aged)
    const { readings } = await ageFleet(store, aged, PRINTERS, DAYS, NOW)
    const before = (await store.freeSpace()).total_bytes
    await store.close()
    const rates: { bare: number; plain: number; archived: number; longest: number; after: number }[] = []
    for (let i = 0; i < runs; i += 1) {
      const bare = timeBare(copy(aged, directory, `bare${i}`))
      const plain = await timeRun(copy(aged, directory, `plain${i}`), null)
      const archived = await timeRun(
        copy(aged, directory, `archived${i}`),
        openDirectoryPlace(join(directory, `archive${i}`)),
      )
      rates.push({
        bare: readings / bare,
        plain: readings / plain.seconds,
        archived: readings / archived.seconds,
        longest: plain.longest,
        after: plain.after,
      })
    }
    const middle = (name: keyof (typeof rates)[0]) =>
      rates.map((each) => each[name]).sort((a, b) => a - b)[runs >> 1] as number
    const ratio = middle('plain') / middle('bare')
    printFigure({
      name: 'rolled up and deleted by the bare statements',
      value: middle('bare'),
      unit: 'readings/s',
      digits: 0,
    })
    printFigure({
      name: 'rolled up and deleted',
      value: middle('plain'),
      unit: 'readings/s',
      digits: 0,
      peers: [{ name: 'bare', value: middle('bare') }],
      target: { words: 'ratio at least 0.5', isMet: ratio >= 0.5 },
    })
    printFigure({
      name: 'the same with archives that are read back',
      value: middle('archived'),
      unit: 'readings/s',
      digits: 0,
    })
    printFigure({
      name: 'longest step',
      value: middle('longest'),
      unit: 'ms',
      digits: 0,
      target: { words: 'under 50 ms', isMet: middle('longest') < 50 },
    })
    printFigure({
      name: 'database after',
      value: middle('after') / 1e6,
      unit: 'MB',
      digits: 1,
      note: `${(before / 1e6).toFixed(1)} MB before`,
    })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function copy(file: string, directory: string, name: string): string {
  const path = join(directory, `${name}.db`)
  copyFileSync(file, path)
  return path
}

function timeBare(file: string): number {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  const began = performance.now()
  db.transaction(() => {
    for (const sql of BARE) {
      const statement = db.prepare(sql)
      statement.run(...(sql.startsWith('DELETE') ? [NOW - 30 * DAY] : []))
    }
  })()
  const seconds = (performance.now() - began) / 1000
  db.close()
  return seconds
}

async function timeRun(file: string, place: ArchivePlace | null) {
  const store = openSqliteStore(file)
  let longest = 0
  const writing = new Set(['rollUp', 'foldMonths', 'removeRetired', 'removeArchived', 'dropPeriodPart', 'releaseSpace'])
  const timed = new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
      if (!writing.has(String(name))) return method
      return async (...args: unknown[]) => {
        const began = performance.now()
        const done = await method.apply(target, args)
        longest = Math.max(longest, performance.now() - began)
        return done
      }
    },
  })
  const began = performance.now()
  for await (const _event of runRetention(retentionRun(timed, place, NOW)));
  const seconds = (performance.now() - began) / 1000
  const after = (await store.freeSpace()).total_bytes
  await store.close()
  return { seconds, longest, after }
}
