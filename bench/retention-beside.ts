import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { v7 } from 'uuid'
import type { RunState } from '../src/core/protocol/retention.ts'
import { openSqliteStore } from '../src/core/store/sqlite/sqlite-store.ts'
import { ageFleet } from '../test/retention/aged-fleet.ts'
import { makeReading } from '../test/server/made-up-readings.ts'
import { createToken, type ServerProcess, startServerProcess } from '../test/server/server-process.ts'
import { DAY } from '../test/store/sample-batches.ts'
import { printFigure } from './figure.ts'

const PRINTERS = 100
const DAYS = 120
const READINGS_OF_BATCH = 100
const BATCH_EVERY_MS = 50
const HEARTBEAT_EVERY_MS = 10
/** So long the same is measured without a run. */
const ALONE_MS = 15_000

interface Waits {
  readonly heartbeats: number[]
  readonly batches: number[]
}

/** A server that takes readings and heartbeats while its retention works through four months of readings. */
export async function measureBeside(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-bench-'))
  const client = new Agent({ connections: 8 })
  try {
    const file = join(directory, 'printmaster.db')
    const store = openSqliteStore(file)
    const { readings } = await ageFleet(store, file, PRINTERS, DAYS, Date.now() - DAY)
    await store.close()
    const [admin, enrolment] = [createToken(directory, 'admin'), createToken(directory, 'enrolment')]
    const limits = { PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000', PRINTMASTER_SECURITY_BURST: '100000' }
    const server = await startServerProcess(directory, limits)
    try {
      const { token } = (await send(server, client, 'POST', '/agents/register', enrolment, {})) as { token: string }
      const alone = await takeWaits(server, client, token, wait(ALONE_MS))
      const began = performance.now()
      let state = (await send(server, client, 'POST', '/retention/run', admin)) as RunState
      const run = async () => {
        while (state.running) {
          await wait(500)
          state = (await send(server, client, 'GET', '/retention/run', admin)) as RunState
        }
      }
      const beside = await takeWaits(server, client, token, run())
      const seconds = (performance.now() - began) / 1000
      if (state.error !== null) throw new Error(state.error)
      if (state.deleted < readings / 2) throw new Error(`only ${state.deleted} rows left`)
      const told = `${Math.round((beside.batches.length * READINGS_OF_BATCH) / seconds)} readings/s came in meanwhile`
      for (const [name, kind] of [
        ['a heartbeat', 'heartbeats'],
        [`a batch of ${READINGS_OF_BATCH} readings`, 'batches'],
      ] as const) {
        const p99 = percentile(beside[kind], 0.99)
        printFigure({
          name: `${name} while retention runs, p99`,
          value: p99,
          unit: 'ms',
          digits: 1,
          peers: [{ name: 'without a run', value: percentile(alone[kind], 0.99) }],
          target: { words: 'under 100 ms', isMet: p99 < 100 },
          note: `${beside[kind].length} of them in ${seconds.toFixed(1)} s`,
        })
      }
      console.log(`${state.deleted} rows were archived and deleted; ${told}`)
    } finally {
      await server.end('SIGTERM')
    }
  } finally {
    await client.close()
    rmSync(directory, { recursive: true })
  }
}

/** How long each heartbeat and each batch waited for its answer, milliseconds, until something is over. */
async function takeWaits(server: ServerProcess, client: Agent, token: string, over: Promise<void>): Promise<Waits> {
  const waits: Waits = { heartbeats: [], batches: [] }
  const journal_id = v7()
  let isOver = false
  const repeat = async (list: number[], every_ms: number, work: (i: number) => Promise<unknown>) => {
    for (let i = 1; !isOver; i += 1) {
      const began = performance.now()
      await work(i)
      list.push(performance.now() - began)
      await wait(every_ms)
    }
  }
  const heartbeats = repeat(waits.heartbeats, HEARTBEAT_EVERY_MS, () =>
    send(server, client, 'POST', '/agents/heartbeat', token, { status: 'active' }),
  )
  const batches = repeat(waits.batches, BATCH_EVERY_MS, (seq) => {
    const sampled_at = new Date().toISOString()
    const metrics = Array.from({ length: READINGS_OF_BATCH }, (_, i) => ({ ...makeReading(i, seq), sampled_at }))
    return send(server, client, 'POST', '/metrics/batch', token, { journal_id, seq, metrics })
  })
  await over
  isOver = true
  await Promise.all([heartbeats, batches])
  return waits
}

async function send(
  server: ServerProcess,
  dispatcher: Agent,
  method: 'GET' | 'POST',
  path: string,
  token: string,
  body?: object,
): Promise<unknown> {
  const authorization = `Bearer ${token}`
  const answer = await dispatcher.request({
    origin: server.url,
    path: `/api/v1${path}`,
    method,
    ...(body === undefined
      ? { headers: { authorization } }
      : {
          headers: { authorization, 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: gzipSync(JSON.stringify(body)),
        }),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`)
  return JSON.parse(text)
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
