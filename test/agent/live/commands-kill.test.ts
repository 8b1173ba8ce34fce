import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createDirectory, startTestServer } from '../../server/start-test-server.ts'
import type { AgentSetup } from '../whole/fleet.ts'

const CHILD = join(import.meta.dirname, '../whole/agent-child.ts')
const TARGETS = Array.from({ length: 20 }, (_, i) => `127.85.1.${i + 1}`)

/** Addresses that are silent, so that a discovery takes its time. */
async function openSilence(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '0.0.0.0')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return socket.address().port
}

/** An agent in a process of its own, whose first discovery is over. */
async function startChild(setup: AgentSetup, existed = true): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ ...setup, factor: 1 })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const isDone = Promise.withResolvers<void>()
  let hasBegun = false
  lines.on('line', (line) => {
    const { isDiscovering } = JSON.parse(line) as { isDiscovering?: boolean }
    hasBegun ||= isDiscovering === true
    if (isDiscovering === false && (hasBegun || existed)) isDone.resolve()
  })
  await isDone.promise
  return child
}

it('a command is done once at most, though the agent is killed in the middle of it', { timeout: 120_000 }, async () => {
  const server = await startTestServer()
  const { token: enrolment } = await server.makeToken('enrolment')
  const { token: admin } = await server.makeToken('admin')
  const journal = join(createDirectory(), 'agent', 'journal.db')
  const setup = { journal, targets: TARGETS, port: await openSilence(), url: server.url, enrolment, interval: 3600 }
  let child = await startChild(setup, false)
  const agent_id = await vi.waitFor(
    async () => {
      const { body } = await server.call('/api/v1/agents', { token: admin })
      return body.agents[0].agent_id as string
    },
    { timeout: 30_000, interval: 50 },
  )
  const path = `/api/v1/agents/${agent_id}/commands`
  const find = async (id: string) => (await server.call(`/api/v1/commands/${id}`, { token: admin })).body
  const reaches = (id: string, isThere: (state: string) => boolean) =>
    vi.waitFor(
      async () => {
        const record = await find(id)
        if (!isThere(record.state)) throw new Error(JSON.stringify(record))
        return record
      },
      { timeout: 30_000, interval: 10 },
    )
  const isHeard = (state: string) => state !== 'pending' && state !== 'sent'

  const asked = await server.call(path, { token: admin, body: { kind: 'scan_now' } })
  const id = asked.body.command_id
  expect((await reaches(id, isHeard)).state).toBe('running')
  child.kill('SIGKILL')
  await once(child, 'exit')
  child = await startChild(setup)
  const record = await reaches(id, (state) => isHeard(state) && state !== 'running')
  expect(record).toMatchObject({ state: 'failed', message: 'the agent ended while it ran' })

  const done = await server.call(path, { token: admin, body: { kind: 'send_diagnostics' } })
  expect(await reaches(done.body.command_id, (state) => state === 'succeeded')).toBeTruthy()
  child.kill('SIGTERM')
  await once(child, 'exit')
  child = await startChild(setup)
  const again = await server.call(path, { token: admin, body: { kind: 'send_diagnostics' } })
  await reaches(again.body.command_id, (state) => state === 'succeeded')
  const { items } = await server.store.listAudit({ limit: 1000, action: 'scan_initiated' })
  const byCommand = items.filter(({ details }) => JSON.stringify(details).includes('"actor":"command"'))
  expect(byCommand.length).toBeLessThanOrEqual(1)
  const ends = await server.store.listAudit({ limit: 1000, action: 'command_ended', resource_id: id })
  expect(ends.items).toHaveLength(1)
})
