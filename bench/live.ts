import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { WebSocket } from 'ws'
import { createToken, type ServerProcess, startServerProcess } from '../test/server/server-process.ts'
import { printFigure } from './figure.ts'
import type { AgentsOrder, AgentsReport } from './live-orders.ts'
import { readProcess } from './read-process.ts'
import type { BenchOptions } from './run.ts'
import { Workspace } from './workspace.ts'

/** As the plan names them: so many megabytes for so many connections. */
const FLEETS: ReadonlyArray<{ agents: number; planned_megabytes: number }> = [
  { agents: 1000, planned_megabytes: 15 },
  { agents: 10_000, planned_megabytes: 150 },
]
const VIEWS = 50
const DROPS = 20
const HEARTBEAT_MS = 30_000
/** Two heartbeats of each agent. */
const MEASURED_MS = 60_000
const SETTLING_MS = 10_000
const LONGEST_WAIT_MS = 120_000
const REGISTRATIONS_AT_ONE_TIME = 32
/** All agents enrol with one token and from one address, which is not what is measured. */
const UNLIMITED = { PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000', PRINTMASTER_SECURITY_BURST: '100000' }

/**
 * What connected agents cost one server process, beside a server of the bare library with as many connections, how soon all
 * are back after it was started again, and how soon a socket that was cut is seen in 50 views.
 */
export async function run({ only }: BenchOptions): Promise<void> {
  const root = new URL('..', import.meta.url).pathname
  execFileSync(process.execPath, [`${root}scripts/build.ts`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [load = 0] = loadavg()
  console.log(
    `live: a heartbeat each ${HEARTBEAT_MS / 1000} s; Node ${process.versions.node}, ${availableParallelism()} cores, load ${load.toFixed(1)}`,
  )
  for (const fleet of FLEETS) {
    if (only.length > 0 && !only.includes(String(fleet.agents))) continue
    await measureFleet(fleet)
  }
}

async function measureFleet({ agents, planned_megabytes }: (typeof FLEETS)[number]): Promise<void> {
  const name = `${agents} connected agents`
  const bare = await measureBare(agents)
  const workspace = new Workspace()
  const { directory } = workspace
  const enrolment = createToken(directory, 'enrolment')
  const viewer = createToken(directory, 'viewer')
  const first = await startServerProcess(directory, UNLIMITED)
  const registered = await registerAll(first.url, enrolment, agents)
  // what registering left behind is not what connections cost
  await first.end('SIGTERM')
  const port = Number(new URL(first.url).port)
  let server = await startServerProcess(directory, UNLIMITED, port)
  const players = startAgents(workspace)
  try {
    await wait(SETTLING_MS)
    const before = readProcess(pidOf(server))
    players.tell({
      kind: 'connect',
      address: `${server.url.replace('http', 'ws')}/ws/agent`,
      tokens: registered.map(({ token }) => token),
      heartbeat_ms: HEARTBEAT_MS,
    })
    await players.untilOpen(agents)
    await wait(SETTLING_MS)
    const connected = readProcess(pidOf(server))
    await wait(MEASURED_MS)
    const after = readProcess(pidOf(server))
    const grown = after.megabytes - before.megabytes
    printFigure({
      name: `${name}: memory that they add`,
      value: grown,
      unit: 'MB',
      digits: 0,
      peers: [{ name: 'bare ws, idle', value: bare }],
      target: { words: 'within twice the bare server', isMet: agents < 10_000 ? null : grown <= bare * 2 },
      note: `the plan: ${planned_megabytes} MB; ${((grown * 1024) / agents).toFixed(1)} kB each; ${after.megabytes.toFixed(0)} MB in all`,
    })
    printFigure({
      name: `${name}: processor`,
      value: ((after.cpuSeconds - connected.cpuSeconds) / (MEASURED_MS / 1000)) * 100,
      unit: '% of a core',
    })
    await measureViews(name, server, viewer, players, registered)

    const began = performance.now()
    await server.end('SIGTERM')
    const stopped = performance.now()
    await players.untilClosed()
    server = await startServerProcess(directory, UNLIMITED, port)
    const listening = performance.now()
    await players.untilOpen(agents)
    printFigure({
      name: `${name}: all back after the start of the server`,
      value: (performance.now() - listening) / 1000,
      unit: 's',
      note: `it took ${((stopped - began) / 1000).toFixed(1)} s to stop and ${((listening - stopped) / 1000).toFixed(1)} s to listen again`,
    })
  } finally {
    players.stop()
    await server.end('SIGTERM')
    workspace.clear()
  }
}

interface Registered {
  readonly agent_id: string
  readonly token: string
}

async function registerAll(url: string, enrolment: string, count: number): Promise<Registered[]> {
  const client = new Agent({ connections: REGISTRATIONS_AT_ONE_TIME })
  const registered: Registered[] = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      const answer = await request(`${url}/api/v1/agents/register`, {
        method: 'POST',
        dispatcher: client,
        headers: { authorization: `Bearer ${enrolment}`, 'content-type': 'application/json' },
        body: JSON.stringify({ agent_id: `agent-${index}`, heartbeat_interval_seconds: HEARTBEAT_MS / 1000 }),
      })
      const body = (await answer.body.json()) as { agent_id: string; token: string; error?: { message: string } }
      if (body.error !== undefined) throw new Error(body.error.message)
      registered[index] = { agent_id: body.agent_id, token: body.token }
    }
  }
  await Promise.all(Array.from({ length: REGISTRATIONS_AT_ONE_TIME }, work))
  await client.close()
  return registered
}

interface Players {
  tell(order: AgentsOrder): void
  untilOpen(count: number): Promise<void>
  untilClosed(): Promise<void>
  /** The moment that the process told of: a socket was cut, or it was welcomed. */
  next(kind: AgentsReport['kind'], index: number): Promise<number>
  stop(): void
}

function startAgents(workspace: Workspace): Players {
  const child = startChild(workspace, 'live-agents.ts')
  let open = 0
  const looking = new Set<(report: AgentsReport) => void>()
  child.on('message', (report: AgentsReport) => {
    if (report.kind !== 'dropped') open = report.count
    for (const look of looking) look(report)
  })
  return {
    tell: (order) => void child.send(order),
    async untilOpen(count) {
      const until = performance.now() + LONGEST_WAIT_MS
      while (open < count) {
        if (performance.now() > until) throw new Error(`only ${open} of ${count} agents are connected`)
        await wait(20)
      }
    },
    async untilClosed() {
      const until = performance.now() + LONGEST_WAIT_MS
      while (open > 0) {
        if (performance.now() > until) throw new Error(`${open} agents are connected still`)
        await wait(20)
      }
    },
    next: (kind, index) =>
      new Promise((resolve) => {
        const look = (report: AgentsReport) => {
          if (report.kind !== kind || report.index !== index) return
          looking.delete(look)
          resolve(report.at)
        }
        looking.add(look)
      }),
    stop: () => child.disconnect(),
  }
}

function startChild(workspace: Workspace, file: string): ChildProcess {
  return workspace.start(process.execPath, [join(import.meta.dirname, file)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** Megabytes that idle connections add to a server of the bare library. */
async function measureBare(count: number): Promise<number> {
  const workspace = new Workspace()
  const child = startChild(workspace, 'bare-sockets.ts')
  const [port] = (await once(child, 'message')) as [number]
  const players = startAgents(workspace)
  await wait(1000)
  const before = readProcess(child.pid as number)
  const tokens = Array.from({ length: count }, () => 'none')
  players.tell({ kind: 'connect', address: `ws://127.0.0.1:${port}/`, tokens, heartbeat_ms: 3_600_000 })
  await players.untilOpen(count)
  await wait(SETTLING_MS)
  const after = readProcess(child.pid as number)
  players.stop()
  child.disconnect()
  await Promise.all([once(child, 'exit')])
  workspace.clear()
  return after.megabytes - before.megabytes
}

/** Cuts the sockets of some agents and lets them come back, and looks when each view shows it. */
async function measureViews(
  name: string,
  server: ServerProcess,
  token: string,
  players: Players,
  registered: readonly Registered[],
): Promise<void> {
  const seen = new Map<string, number[]>()
  const views = await Promise.all(
    Array.from({ length: VIEWS }, () =>
      openView(server.url, token, (agent_id, status, at) => {
        const key = `${agent_id} ${status}`
        seen.get(key)?.push(at)
      }),
    ),
  )
  await Promise.all(views.map(({ shown }) => shown))
  const offline: number[] = []
  const back: number[] = []
  for (let drop = 0; drop < DROPS; drop++) {
    const index = Math.floor((drop * registered.length) / DROPS)
    const { agent_id } = registered[index] as Registered
    offline.push(...(await timeChange('offline', 'dropped', { kind: 'drop', index }, agent_id)))
    back.push(...(await timeChange('active', 'open', { kind: 'return', index }, agent_id)))
  }
  for (const { ws } of views) ws.terminate()
  const seconds = { p50: percentile(offline, 50) / 1000, p99: percentile(offline, 99) / 1000 }
  printFigure({
    name: `${name}: from a cut socket to offline in ${VIEWS} views, p50`,
    value: seconds.p50,
    unit: 's',
    note: 'of which 3 s are left for a clean return',
  })
  printFigure({
    name: `${name}: the same, p99`,
    value: seconds.p99,
    unit: 's',
    target: { words: 'the plan: within 5 s', isMet: seconds.p99 < 5 },
  })
  printFigure({
    name: `${name}: from a welcome to active in ${VIEWS} views, p50`,
    value: percentile(back, 50),
    unit: 'ms',
    digits: 0,
  })
  printFigure({
    name: `${name}: the same, p99`,
    value: percentile(back, 99),
    unit: 'ms',
    digits: 0,
    target: { words: 'aim: under 250 ms', isMet: percentile(back, 99) < 250 },
  })

  async function timeChange(status: string, kind: AgentsReport['kind'], order: AgentsOrder, agent_id: string) {
    const times: number[] = []
    seen.set(`${agent_id} ${status}`, times)
    const happened = players.next(kind, (order as { index: number }).index)
    players.tell(order)
    const at = await happened
    const until = performance.now() + LONGEST_WAIT_MS
    while (times.length < VIEWS) {
      if (performance.now() > until) throw new Error(`${times.length} of ${VIEWS} views show ${agent_id} as ${status}`)
      await wait(5)
    }
    seen.delete(`${agent_id} ${status}`)
    return times.map((time) => Math.max(0, time - at))
  }
}

interface Rows {
  readonly agents?: readonly { readonly agent_id: string; readonly status: string }[]
  readonly is_last?: boolean
}

async function openView(
  url: string,
  token: string,
  onAgent: (agent_id: string, status: string, at: number) => void,
): Promise<{ ws: WebSocket; shown: Promise<void> }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws/ui`, ['printmaster'], {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  })
  const shown = new Promise<void>((resolve) => {
    ws.on('message', (data) => {
      const at = Date.now()
      const { type, data: rows } = JSON.parse(String(data)) as { type: string; data: Rows }
      if (type === 'snapshot' && rows.is_last) resolve()
      if (type !== 'changes') return
      for (const { agent_id, status } of rows.agents ?? []) onAgent(agent_id, status, at)
    })
  })
  await once(ws, 'open')
  ws.send(JSON.stringify({ type: 'hello', data: {} }))
  return { ws, shown }
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] as number
}

const pidOf = ({ child }: ServerProcess): number => child.pid as number
