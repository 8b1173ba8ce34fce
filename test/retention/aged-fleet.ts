import Database from 'better-sqlite3'
import { v7 as makeId } from 'uuid'
import { createRandom } from '../../src/core/snmp/player/random.ts'
import { uuidToBytes } from '../../src/core/store/derive-id.ts'
import type { Store } from '../../src/core/store/store.ts'
import { at, DAY, enrolAgent, HOUR, newBatch, printer } from '../store/sample-batches.ts'

export interface AgedFleet {
  readonly from: number
  readonly to: number
  readonly readings: number
}

const PER_TRANSACTION = 20_000

/**
 * Hourly readings of some printers up to `to`: printing by day, cartridges that empty, a counter reset now and then. The
 * first of each comes as a batch; the others are written as ingest writes them, in the order in which they would have come.
 */
export async function ageFleet(
  store: Store,
  file: string,
  printers: number,
  days: number,
  to: number,
): Promise<AgedFleet> {
  const random = createRandom(7)
  const from = to - days * DAY
  const agent = await enrolAgent(store, 'site-a', from)
  const states = Array.from({ length: printers }, (_, i) => ({
    serial: `PMX${10_000 + i}`,
    page_count: Math.floor(random() * 100_000),
    percent: 100,
    worn: 0,
  }))
  const first = states.map(({ serial, page_count }) => printer(serial, { page_count, sampled_at: at(from - HOUR) }))
  for (let i = 0; i < first.length; i += 1000) {
    await store.ingestBatches([newBatch(agent, 'metrics', first.slice(i, i + 1000), { received_at: from })])
  }
  const db = new Database(file)
  const devices = states.map(({ serial }) => db.prepare('SELECT id FROM devices WHERE serial = ?').pluck().get(serial))
  const insert = db.prepare(
    `INSERT INTO metrics_history (reading_id, agent, device, sampled_at, received_at, status, page_count, lowest_supply, rest)
     VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)`,
  )
  let readings = printers
  db.exec('BEGIN')
  for (let time = from; time < to; time += HOUR) {
    const hour = new Date(time).getUTCHours()
    for (const [i, state] of states.entries()) {
      const pages = hour > 6 && hour < 18 ? Math.floor(random() * 30) : 0
      if (random() < 0.0001) state.page_count = 0
      state.page_count += pages
      state.worn += pages
      if (state.worn > 100) [state.worn, state.percent] = [0, state.percent <= 3 ? 100 : state.percent - 1]
      const sampled_at = time + Math.floor(random() * 60_000)
      const rest = {
        manufacturer: 'HP',
        model: 'LaserJet M404dn',
        serial: state.serial,
        supplies: [
          {
            index: 1,
            kind: 'toner',
            color: 'black',
            name: 'TK-1',
            level: { state: 'percent', percent: state.percent },
          },
        ],
        uptime_seconds: Math.floor((time - from) / 1000),
      }
      const status = pages > 0 ? 'printing' : 'idle'
      const id = uuidToBytes(makeId({ msecs: sampled_at }))
      insert.run(
        id,
        devices[i],
        sampled_at,
        sampled_at + 120_000,
        status,
        state.page_count,
        state.percent,
        JSON.stringify(rest),
      )
      readings += 1
      if (readings % PER_TRANSACTION === 0) db.exec('COMMIT; BEGIN')
    }
  }
  db.exec('COMMIT')
  db.close()
  return { from: from - 2 * HOUR, to, readings }
}
