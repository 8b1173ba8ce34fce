import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openDirectoryPlace } from '../src/core/retention/archive/directory-place.ts'
import { restoreSpan } from '../src/core/retention/restore-span.ts'
import { runRetention } from '../src/core/retention/run-retention.ts'
import type { DevicePages } from '../src/core/store/retention.ts'
import { openSqliteStore } from '../src/core/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/core/store/store.ts'
import { ageFleet } from '../test/retention/aged-fleet.ts'
import { DAY, NOW } from '../test/store/sample-batches.ts'
import { printFigure } from './figure.ts'
import { retentionRun } from './retention-run.ts'

const PRINTERS = 1000
const DAYS = 730
/** Of the whole time, and of a part that begins and ends within a day. */
const SPANS = [
  [NOW - (DAYS + 1) * DAY, NOW],
  [NOW - 620.3 * DAY, NOW - 200.7 * DAY],
] as const

/** Two years of hourly readings of 1,000 printers: archived, deleted, a month of them restored. Reports must stay what they were. */
export async function measureYears(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-bench-'))
  try {
    const file = join(directory, 'years.db')
    const store = openSqliteStore(file)
    const place = openDirectoryPlace(join(directory, 'archive'))
    const { readings } = await ageFleet(store, file, PRINTERS, DAYS, NOW)
    const wanted = await report(store)
    const before = (await store.freeSpace()).total_bytes
    const began = performance.now()
    for await (const _event of runRetention(retentionRun(store, place, NOW)));
    const seconds = (performance.now() - began) / 1000
    const after = (await store.freeSpace()).total_bytes
    expectSame(wanted, await report(store), 'after the run')
    const span = { from: NOW - 400 * DAY, to: NOW - 370 * DAY }
    const signal = new AbortController().signal
    const { restored } = await restoreSpan(store, place, { ...span, until: NOW + 7 * DAY, signal })
    if (restored !== PRINTERS * 30 * 24) throw new Error(`${restored} readings came back`)
    expectSame(wanted, await report(store), 'after a month was restored')
    const name = `${PRINTERS} printers, two years`
    printFigure({ name: `${name}: archived and deleted`, value: readings / seconds, unit: 'readings/s', digits: 0 })
    printFigure({
      name: `${name}: database after`,
      value: after / 1e6,
      unit: 'MB',
      digits: 0,
      note: `${(before / 1e6).toFixed(0)} MB before, ${readings} readings; reports are the same`,
    })
    await store.close()
    printFigure({ name: `${name}: its file`, value: statSync(file).size / 1e6, unit: 'MB', digits: 0 })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function report(store: Store): Promise<DevicePages[]> {
  const all: DevicePages[] = []
  for (const [from, to] of SPANS) {
    for (let cursor: string | undefined; ; ) {
      const { items, next_cursor } = await store.listPages({ from, to, limit: 50, ...(cursor && { cursor }) })
      all.push(...items)
      if (next_cursor === null) break
      cursor = next_cursor
    }
  }
  return all
}

function expectSame(wanted: readonly DevicePages[], found: readonly DevicePages[], when: string): void {
  if (!isDeepStrictEqual(wanted, found)) throw new Error(`pages are other ones ${when}`)
}
