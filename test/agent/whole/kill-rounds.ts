import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { startFaultProxy } from '../../fault-proxy.ts'
import { createToken, type ServerProcess, startServerProcess } from '../../server/server-process.ts'
import { compareSides, type Sides } from './compare-sides.ts'
import { type AgentSetup, playFleet } from './fleet.ts'

const PRINTERS = 8
/** An interval of reading of ten seconds takes so many times less. */
const FACTOR = 20
/** Agent and server live this long before the next kill, at most. */
const LONGEST_LIFE_MS = 1200
const LONGEST_DRAIN_MS = 180_000

export interface SiteKillReport extends Sides {
  readonly kills: { readonly agent: number; readonly server: number }
  /** Requests that the line spoilt. */
  readonly spoilt: number
}

interface AgentProcess {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
  /** What it said last of its queue. */
  queue(): number
}

/**
 * Kills an agent, its server or both with SIGKILL at random moments while printers are read, over a line that cuts, doubles
 * and reorders, and at the end holds the journal against the database.
 */
export async function runSiteKillRounds(
  directory: string,
  rounds: number,
  random: () => number,
  net = '127.82.1.',
): Promise<SiteKillReport> {
  const env = { PRINTMASTER_SECURITY_REQUESTS_PER_SECOND: '100000', PRINTMASTER_SECURITY_BURST: '100000' }
  const enrolment = createToken(directory, 'enrolment')
  const { player, addresses } = await playFleet(net, PRINTERS, { speed: 600 })
  let server: ServerProcess | null = await startServerProcess(directory, env)
  const proxy = await startFaultProxy(portOf(server), Math.floor(random() * 2 ** 31))
  const journal = join(directory, 'agent', 'journal.db')
  const setup = { journal, targets: addresses, port: player.port, url: proxy.url, enrolment, interval: 10 }
  const kills = { agent: 0, server: 0 }
  const faults: string[] = []
  let agent: AgentProcess | null = null
  let known = new Set<string>()
  try {
    for (let round = 0; round < rounds; round++) {
      server ??= await startServerProcess(directory, env)
      proxy.target = portOf(server)
      agent ??= await startAgentProcess(setup)
      const spoil = () => random() * 0.1
      proxy.set({
        cut_up: spoil(),
        cut_down: spoil(),
        drop_answer: spoil(),
        duplicate: spoil(),
        reorder: spoil(),
        bytes_per_second: random() < 0.2 ? 50_000 : null,
      })
      await wait(random() * LONGEST_LIFE_MS)
      const whom = random()
      if (whom < 0.7) {
        agent.child.kill('SIGKILL')
        await agent.exited
        agent = null
        kills.agent++
        known = checkJournal(journal, known, faults)
      }
      if (whom > 0.4) {
        await server.end('SIGKILL')
        server = null
        kills.server++
      }
    }
    proxy.heal()
    server ??= await startServerProcess(directory, env)
    proxy.target = portOf(server)
    agent ??= await startAgentProcess(setup)
    await untilDrained(agent)
    agent.child.kill('SIGTERM')
    await agent.exited
    agent = null
    const code = await server.end('SIGTERM')
    server = null
    if (code !== 0) faults.push(`the server ended with ${code} after SIGTERM`)
    checkJournal(journal, known, faults)
  } finally {
    agent?.child.kill('SIGKILL')
    await server?.end('SIGKILL')
    await proxy.close()
    await player.close()
  }
  const sides = await compareSides([journal], join(directory, 'printmaster.db'))
  const { cut_up, cut_down, drop_answer, duplicate, reorder } = proxy.counts
  return {
    ...sides,
    kills,
    spoilt: cut_up + cut_down + drop_answer + duplicate + reorder,
    faults: [...faults, ...sides.faults],
  }
}

const portOf = ({ url }: ServerProcess) => Number(new URL(url).port)

async function startAgentProcess(setup: AgentSetup): Promise<AgentProcess> {
  const program = join(import.meta.dirname, 'agent-child.ts')
  const child = spawn(process.execPath, [program, JSON.stringify({ ...setup, factor: FACTOR })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let queue = Number.POSITIVE_INFINITY
  let complaints = ''
  child.stderr.on('data', (bytes: Buffer) => {
    complaints += bytes
  })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { ready?: true; queue?: number }
      if (said.ready) resolve()
      if (said.queue !== undefined) queue = said.queue
    })
    exited.then(([code]) => reject(new Error(`the agent ended with ${code}: ${complaints}`)))
  })
  return { child, exited, queue: () => queue }
}

async function untilDrained(agent: AgentProcess): Promise<void> {
  const until = performance.now() + LONGEST_DRAIN_MS
  while (agent.queue() > 0) {
    if (performance.now() > until) throw new Error(`${agent.queue()} readings were not brought in time`)
    await wait(20)
  }
}

/** What was in the journal once has to stay. */
function checkJournal(path: string, before: ReadonlySet<string>, faults: string[]): Set<string> {
  const db = new Database(path, { readonly: true })
  const ids = db.prepare<[], string>("SELECT item ->> 'reading_id' FROM entries WHERE kind = 'metrics'").pluck().all()
  const health = db.pragma('integrity_check', { simple: true })
  db.close()
  if (health !== 'ok') faults.push(`the journal: ${health}`)
  const now = new Set(ids)
  for (const id of before) if (!now.has(id)) faults.push(`${id} is no longer in the journal`)
  return now
}
