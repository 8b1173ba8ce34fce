import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { AgentOptions } from '../../../src/core/agent/agent-options.ts'
import { type AgentServices, type RunningAgent, startAgent } from '../../../src/core/agent/start-agent.ts'
import { systemClock } from '../../../src/core/lifecycle/clock.ts'
import { redactLine } from '../../../src/core/log/redact.ts'
import type { CommandRecord, CommandRequest } from '../../../src/core/protocol/commands.ts'
import { type RunningServer, startServer } from '../../../src/core/server/start-server.ts'
import { type FaultProxy, startFaultProxy } from '../../fault-proxy.ts'
import { createDirectory, startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { optionsFor, playFleet } from '../whole/fleet.ts'

export interface CommandSite {
  readonly server: TestServer
  readonly proxy: FaultProxy
  readonly options: AgentOptions
  readonly addresses: readonly string[]
  readonly admin: string
  readonly viewer: string
  agent(): RunningAgent
  start(more?: Partial<AgentServices>): Promise<RunningAgent>
  connected(): Promise<void>
  ask(request: CommandRequest): Promise<CommandRecord>
  /** Waits until it has ended, or is in the state. */
  ends(command: CommandRecord, state?: CommandRecord['state']): Promise<CommandRecord>
  /** Ends the server and begins another one with the same database. */
  restart(whileDown?: () => Promise<void>): Promise<RunningServer>
}

/** A server, a line, printers that answer, and an agent that is not started yet. */
export async function openCommandSite(
  net: string,
  printers: number,
  targets?: readonly string[],
): Promise<CommandSite> {
  const server = await startTestServer()
  const proxy = await startFaultProxy(Number(new URL(server.url).port))
  onTestFinished(() => proxy.close())
  const { player, addresses } = await playFleet(net, printers, { speed: 1 })
  onTestFinished(() => player.close())
  const { token: enrolment } = await server.makeToken('enrolment')
  const { token: admin } = await server.makeToken('admin')
  const { token: viewer } = await server.makeToken('viewer')
  const journal = join(createDirectory(), 'agent', 'journal.db')
  const options = optionsFor({
    journal,
    targets: targets ?? addresses,
    port: player.port,
    url: proxy.url,
    enrolment,
    interval: 3600,
  })
  let running: RunningAgent | null = null
  let agent_id = ''
  let current = server.server
  const agent = () => {
    if (running === null) throw new Error('no agent')
    return running
  }
  const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 20 })
  const call = (path: string, token: string, body?: object) =>
    fetch(`${proxy.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const site: CommandSite = {
    server,
    proxy,
    options,
    addresses,
    admin,
    viewer,
    agent,
    async start(more = {}) {
      const quiet = () => undefined
      const log = { error: quiet, warn: quiet, info: quiet, debug: quiet }
      const services = { clock: systemClock, log, version: '0.0.0', machine: 'machine', redact: redactLine, ...more }
      running = await startAgent(options, services)
      agent_id = running.facts().agent_id
      const started = running
      onTestFinished(() => started.close())
      return started
    },
    connected: () =>
      until(() => {
        const { channel } = agent().facts().uplink
        if (channel !== 'websocket') throw new Error(`not connected: ${JSON.stringify(agent().facts().uplink)}`)
      }),
    async ask(request) {
      const answer = await call(`/agents/${agent_id}/commands`, admin, request)
      if (answer.status !== 202) throw new Error(await answer.text())
      return (await answer.json()) as CommandRecord
    },
    ends: ({ command_id }, state) =>
      until(async () => {
        const answer = await call(`/commands/${command_id}`, viewer)
        const record = (await answer.json()) as CommandRecord
        if (state === undefined ? record.ended_at === null : record.state !== state) {
          throw new Error(`not there yet: ${JSON.stringify(record)}`)
        }
        return record
      }),
    async restart(whileDown) {
      await current.close()
      await whileDown?.()
      const quiet = () => undefined
      const log = { error: quiet, warn: quiet, info: quiet, debug: quiet }
      current = await startServer(server.options, { log, now: Date.now })
      const next = current
      onTestFinished(() => next.close())
      proxy.target = Number(new URL(next.url).port)
      return next
    },
  }
  return site
}

/** Discoveries that a command began, as the server knows them. */
export async function countScans({ server }: CommandSite): Promise<number> {
  const { items } = await server.store.listAudit({ limit: 1000, action: 'scan_initiated' })
  return items.filter(({ details }) => (details as { event?: { actor?: string } }).event?.actor === 'command').length
}
