import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { gzipSync } from 'node:zlib'
import { Agent } from 'undici'
import { v7 } from 'uuid'
import { makeDevice, makeReading } from '../test/server/made-up-readings.ts'
import { createToken, type ServerProcess, startServerProcess } from '../test/server/server-process.ts'
import { printFigure } from './figure.ts'
import { median } from './rounds.ts'
import type { BenchOptions } from './run.ts'
import { Workspace } from './workspace.ts'

const AGENTS = 20
const BATCHES_PER_AGENT = 6
const READINGS_PER_BATCH = 5000
const PRINTERS_PER_AGENT = 500
/** Uploads that are under way at one time. */
const UPLOADS = 6
const HEARTBEAT_EVERY_MS = 10
const IDLE_HEARTBEATS = 5000
/** Nobody is slowed down here: the limit of one agent is not what is measured. */
const UNLIMITED = { PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000', PRINTMASTER_SECURITY_BURST: '100000' }

interface Round {
  readonly readingsPerSecond: number
  readonly barePerSecond: number
  readonly heartbeatP99: number
  readonly idleHeartbeat: number
  readonly megabytes: number
  readonly bytesPerReading: number
}

/**
 * Readings a second, end to end: gzip, validation, one server process of its own and its database on disk, beside bare
 * better-sqlite3 that inserts the same rows into the same tables, with the same `synchronous = FULL`.
 */
export async function run({ runs }: BenchOptions): Promise<void> {
  const root = new URL('..', import.meta.url).pathname
  execFileSync(process.execPath, [`${root}scripts/build.ts`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [load = 0] = loadavg()
  console.log(
    `ingest: median of ${runs}; Node ${process.versions.node}, ${availableParallelism()} cores, load ${load.toFixed(1)}`,
  )
  const rounds: Round[] = []
  for (let i = 0; i < runs; i++) rounds.push(await measureRound(root))
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  const ratio = median(rounds.map(({ readingsPerSecond, barePerSecond }) => readingsPerSecond / barePerSecond))
  printFigure({ name: 'bare better-sqlite3, the same rows', value: of('barePerSecond'), unit: 'rows/s', digits: 0 })
  printFigure({ name: 'ingest, batches of 5,000, gzip', value: of('readingsPerSecond'), unit: 'readings/s', digits: 0 })
  printFigure({
    name: 'ratio to bare inserts',
    value: ratio,
    unit: '',
    target: { words: 'at least 0.5, aim for 0.7', isMet: ratio >= 0.5 },
  })
  printFigure({
    name: 'a heartbeat while ingest is saturated, p99',
    value: of('heartbeatP99'),
    unit: 'ms',
    digits: 1,
    target: { words: 'aim: under 50 ms', isMet: of('heartbeatP99') < 50 },
  })
  printFigure({ name: 'processor time of one heartbeat', value: of('idleHeartbeat'), unit: 'ms', digits: 3 })
  printFigure({ name: 'most memory of the server', value: of('megabytes'), unit: 'MB', digits: 0 })
  printFigure({ name: 'database, for each reading', value: of('bytesPerReading'), unit: 'bytes', digits: 0 })
}

async function measureRound(root: string): Promise<Round> {
  const workspace = new Workspace()
  const directory = workspace.directory
  const enrolment = createToken(directory, 'enrolment')
  const server = await startServerProcess(directory, UNLIMITED)
  const client = new Agent({ connections: UPLOADS + 2 })
  try {
    const agents = await Promise.all(Array.from({ length: AGENTS }, () => register(server, client, enrolment)))
    const bodies = agents.map((_, agent) => makeBatches(agent))
    // as agents do: what a discovery found comes before its readings
    for (const [agent, { token }] of agents.entries()) {
      const devices = Array.from({ length: PRINTERS_PER_AGENT }, (_, i) =>
        makeDevice(agent * PRINTERS_PER_AGENT + i, 0),
      )
      await post(server, client, '/api/v1/devices/batch', token, Buffer.from(JSON.stringify({ devices })))
    }
    const { seconds, heartbeats } = await saturate(server, client, agents, bodies)
    const idleHeartbeat = await measureHeartbeats(server, client, agents)
    const megabytes = readPeakMemory(server.child.pid)
    await server.end('SIGTERM')
    const readings = AGENTS * BATCHES_PER_AGENT * READINGS_PER_BATCH
    const bare = JSON.parse(
      execFileSync(
        process.execPath,
        [`${root}bench/bare-inserts.ts`, workspace.path('printmaster.db'), `${READINGS_PER_BATCH}`],
        {
          encoding: 'utf8',
        },
      ),
    ) as { rows: number; seconds: number; bytes: number }
    if (bare.rows !== readings) throw new Error(`${bare.rows} of ${readings} readings are in the database`)
    return {
      readingsPerSecond: readings / seconds,
      barePerSecond: bare.rows / bare.seconds,
      heartbeatP99: percentile(heartbeats, 0.99),
      idleHeartbeat,
      megabytes,
      bytesPerReading: bare.bytes / bare.rows,
    }
  } finally {
    if (server.child.exitCode === null) await server.end('SIGKILL')
    await client.close()
    workspace.clear()
  }
}

interface Registered {
  readonly agent_id: string
  readonly token: string
}

async function register(server: ServerProcess, dispatcher: Agent, enrolment: string): Promise<Registered> {
  return post(server, dispatcher, '/api/v1/agents/register', enrolment, Buffer.from('{}')) as Promise<Registered>
}

function makeBatches(agent: number): Buffer[] {
  const journal_id = v7()
  return Array.from({ length: BATCHES_PER_AGENT }, (_, batch) => {
    const metrics = Array.from({ length: READINGS_PER_BATCH }, (_, i) => {
      const printer = agent * PRINTERS_PER_AGENT + (i % PRINTERS_PER_AGENT)
      return makeReading(printer, batch * 10 + Math.floor(i / PRINTERS_PER_AGENT))
    })
    return gzipSync(JSON.stringify({ journal_id, seq: batch + 1, metrics }), { level: 6 })
  })
}

async function saturate(
  server: ServerProcess,
  client: Agent,
  agents: readonly Registered[],
  bodies: readonly Buffer[][],
) {
  const queue = Array.from({ length: BATCHES_PER_AGENT }, (_, batch) =>
    agents.map((agent, i) => ({ agent, body: bodies[i]?.[batch] as Buffer })),
  ).flat()
  const heartbeats: number[] = []
  let over = false
  const beat = async () => {
    for (let i = 0; !over; i++) {
      const began = performance.now()
      await post(
        server,
        client,
        '/api/v1/agents/heartbeat',
        (agents[i % AGENTS] as Registered).token,
        Buffer.from('{"status":"active"}'),
      )
      heartbeats.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_EVERY_MS))
    }
  }
  const upload = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await post(server, client, '/api/v1/metrics/batch', next.agent.token, next.body, { 'content-encoding': 'gzip' })
    }
  }
  const beating = beat()
  const began = performance.now()
  await Promise.all(Array.from({ length: UPLOADS }, upload))
  const seconds = (performance.now() - began) / 1000
  over = true
  await beating
  return { seconds, heartbeats }
}

/** Milliseconds of the server's processor time for one heartbeat of an agent that has nothing to tell. */
async function measureHeartbeats(server: ServerProcess, client: Agent, agents: readonly Registered[]): Promise<number> {
  const before = readProcessorTime(server.child.pid)
  const body = Buffer.from(
    JSON.stringify({ status: 'active', uptime_seconds: 86_400, devices_count: 25, memory_mb: 120, cpu_percent: 5.2 }),
  )
  let sent = 0
  const beat = async () => {
    while (sent < IDLE_HEARTBEATS) {
      const agent = agents[sent++ % AGENTS] as Registered
      await post(server, client, '/api/v1/agents/heartbeat', agent.token, body)
    }
  }
  await Promise.all(Array.from({ length: UPLOADS }, beat))
  return (readProcessorTime(server.child.pid) - before) / IDLE_HEARTBEATS
}

async function post(
  server: ServerProcess,
  dispatcher: Agent,
  path: string,
  token: string,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const answer = await dispatcher.request({
    origin: server.url,
    path,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200 && answer.statusCode !== 201) throw new Error(`${path}: ${answer.statusCode} ${text}`)
  return JSON.parse(text)
}

function readPeakMemory(pid: number | undefined): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
}

/** Milliseconds, user and system; the kernel counts in hundredths of a second. */
function readProcessorTime(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
