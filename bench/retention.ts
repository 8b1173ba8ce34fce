import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openDirectoryPlace } from '../src/core/retention/archive/directory-place.ts'
import type { ArchivePlace } from '../src/core/retention/archive/place.ts'
import { listPolicies } from '../src/core/retention/policies.ts'
import { DEFAULT_DAYS } from '../src/core/retention/retention-options.ts'
import { type RetentionEvent, runRetention } from '../src/core/retention/run-retention.ts'
import { openSqliteStore } from '../src/core/store/sqlite/sqlite-store.ts'
import { ageFleet } from '../test/retention/aged-fleet.ts'
import { DAY, NOW } from '../test/store/sample-batches.ts'
import { printFigure } from './figure.ts'
import type { BenchOptions } from './run.ts'

const PRINTERS = 100
const DAYS = 120
const POLICIES = listPolicies(
  {
    ...DEFAULT_DAYS,
    hour: null,
    archive: null,
  },
  [],
)
/** What somebody would write by hand: days of counters and the lowest level, then the rows away, in one transaction. */
const BARE = [
  `CREATE TABLE bare AS SELECT device, sampled_at / 86400000 AS day, count(*) AS readings, min(page_count) AS first,
     max(page_count) AS last, min(lowest_supply) AS lowest, max(lowest_supply) AS highest,
     sum(status = 'printing') AS printing FROM metrics_history GROUP BY device, day`,
  'DELETE FROM metrics_history WHERE sampled_at < ?',
]

/** Roll-up and deletion beside the bare statements that do the same in one go, on copies of one database. */
export async function run({ runs }: BenchOptions): Promise<void> {
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
    db.exec(BARE[0] as string)
    db.prepare(BARE[1] as string).run(NOW - 30 * DAY)
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
  const events: RetentionEvent[] = []
  const run = {
    store: timed,
    place,
    policies: POLICIES,
    now: () => NOW,
    monotonic: () => performance.now(),
    pruneAudit: async () => 0,
    signal: new AbortController().signal,
  }
  for await (const event of runRetention(run)) events.push(event)
  const seconds = (performance.now() - began) / 1000
  const after = (await store.freeSpace()).total_bytes
  await store.close()
  return { seconds, longest, after }
}
