import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { AgentStatusPage } from '../src/core/agent/agent-facts.ts'
import { createToken, startServerProcess } from '../test/server/server-process.ts'
import { compileCSimulator } from './c-simulator.ts'
import { printFigure } from './figure.ts'
import { type Simulator, withFleet } from './fleet.ts'
import { playerSimulator } from './player-simulator.ts'
import { readProcess } from './read-process.ts'
import type { BenchOptions } from './run.ts'
import { Workspace } from './workspace.ts'

const FLEETS: ReadonlyArray<{ name: string; cidr: string; printers: number }> = [
  { name: 'idle', cidr: '127.60.0.0/24', printers: 0 },
  { name: '100', cidr: '127.60.0.0/24', printers: 100 },
  { name: '1000', cidr: '127.60.0.0/20', printers: 1000 },
  { name: '5000', cidr: '127.60.0.0/18', printers: 5000 },
]
/** The usual interval of reading. */
const INTERVAL = '5m'
/** One whole interval: every printer is read once in it. */
const MEASURED_MS = 300_000
const LONGEST_DISCOVERY_MS = 180_000

interface Sample {
  readonly cpuPercent: number
  readonly megabytes: number
  readonly peak: number
  readonly readings: number
}

/**
 * What an agent costs that watches so many simulated printers at a five-minute interval, with a server beside it that takes
 * its readings: memory and processor time of the built program over one whole interval, when the first discovery is over.
 */
export async function run({ only }: BenchOptions): Promise<void> {
  const root = new URL('..', import.meta.url).pathname
  execFileSync(process.execPath, [`${root}scripts/build.ts`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [load = 0] = loadavg()
  const workspace = new Workspace()
  const simulator = compileCSimulator(workspace, root) ?? playerSimulator(workspace, root)
  console.log(
    `agent: ${MEASURED_MS / 1000} s each; Node ${process.versions.node}, ${availableParallelism()} cores, load ${load.toFixed(1)}; printers: ${simulator.name}`,
  )
  for (const { name, cidr, printers } of FLEETS) {
    if (only.length > 0 && !only.includes(name)) continue
    const sample = await measure(root, simulator, cidr, printers)
    const label = printers === 0 ? 'an agent without printers' : `an agent watching ${printers} printers`
    const isSmall = printers <= 100
    printFigure({
      name: `${label}: memory`,
      value: sample.megabytes,
      unit: 'MB',
      digits: 0,
      note: `${sample.peak.toFixed(0)} at most, discovery included`,
      ...(isSmall && { target: { words: 'idle under 120 MB', isMet: sample.megabytes < 120 } }),
    })
    printFigure({
      name: `${label}: processor`,
      value: sample.cpuPercent,
      unit: '% of a core',
      note: `${sample.readings} readings`,
      ...(isSmall && { target: { words: 'idle under 1 %', isMet: sample.cpuPercent < 1 } }),
    })
  }
}

async function measure(root: string, simulator: Simulator, cidr: string, printers: number): Promise<Sample> {
  const workspace = new Workspace()
  const { directory } = workspace
  const server = await startServerProcess(directory)
  const token = createToken(directory, 'enrolment')
  try {
    // a network of one printer costs next to nothing where none is wanted
    return await withFleet(simulator, { cidr, printers: Math.max(1, printers) }, async (fleet) => {
      const config = workspace.path('config.ini')
      const targets = printers === 0 ? '127.61.0.0/24' : cidr
      writeFileSync(
        config,
        `[scan]\ntargets = ${targets}\n[snmp]\nport = ${fleet.port}\n[reading]\ninterval = ${INTERVAL}\n` +
          `[server]\nenabled = yes\nurl = ${server.url}\nenrolment_token = ${token}\n` +
          `[journal]\npath = journal.db\n[agent]\nhealth_port = 0\n`,
        { mode: 0o600 },
      )
      const agent = workspace.start(process.execPath, [`${root}bin/run.js`, 'agent', '--config', config, '--json'], {
        cwd: directory,
        env: Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('PRINTMASTER_'))),
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      if (!agent.stdout || agent.pid === undefined) throw new Error('the agent did not start')
      const [line] = (await once(createInterface({ input: agent.stdout }), 'line')) as [string]
      const { health_url } = JSON.parse(line) as { health_url: string }
      await untilDiscovered(health_url, printers)
      const before = readProcess(agent.pid)
      const sums: number[] = []
      const until = performance.now() + MEASURED_MS
      while (performance.now() < until) {
        await wait(5000)
        sums.push(readProcess(agent.pid).megabytes)
      }
      const after = readProcess(agent.pid)
      const readings = await countReadings(server.url, directory)
      await workspace.stop(agent)
      return {
        cpuPercent: ((after.cpuSeconds - before.cpuSeconds) / (MEASURED_MS / 1000)) * 100,
        megabytes: sums.reduce((sum, each) => sum + each, 0) / sums.length,
        peak: after.peak,
        readings,
      }
    })
  } finally {
    await server.end('SIGTERM')
    workspace.clear()
  }
}

async function untilDiscovered(url: string, printers: number): Promise<void> {
  const until = performance.now() + LONGEST_DISCOVERY_MS
  while (performance.now() < until) {
    const answer = await request(`${url}/status`)
    const { printers: known, discovery } = (await answer.body.json()) as AgentStatusPage
    if (known.total >= printers && !discovery.is_running && discovery.last !== null) return
    await wait(500)
  }
  throw new Error(`the agent did not find ${printers} printers in ${LONGEST_DISCOVERY_MS / 1000} s`)
}

/** All that the server holds when the measurement is over. */
async function countReadings(url: string, directory: string): Promise<number> {
  const token = createToken(directory, 'viewer')
  const answer = await request(`${url}/api/v1/agents/list`, { headers: { authorization: `Bearer ${token}` } })
  const { agents } = (await answer.body.json()) as { agents: { metrics_count: number }[] }
  return agents.reduce((sum, { metrics_count }) => sum + metrics_count, 0)
}
