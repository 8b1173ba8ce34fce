import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { hashToken } from '../../../src/core/server/auth/hash-token.ts'
import { restoreBackup } from '../../../src/core/store/sqlite/restore.ts'
import { createDirectory, LOCAL, startTestServer, type TestServer } from '../../server/start-test-server.ts'
import { startGateway } from './gateway.ts'
import { openUplink } from './open-uplink.ts'
import { listReadings } from './server-readings.ts'

const tokenOf = async (server: TestServer) => (await server.makeToken('enrolment')).token

describe('a server that went back', () => {
  it('gets again what it lost when a backup was put back', async () => {
    const directory = createDirectory()
    const server = await startTestServer()
    const gateway = await startGateway(server.url)
    const agent = openUplink(gateway.url, await tokenOf(server))
    const readings = agent.record(5)
    agent.uplink.upload('metrics')
    await agent.drained()
    const backup = join(directory, 'backup.db')
    await server.store.backup(backup)
    for (let round = 0; round < 3; round++) {
      readings.push(...agent.record(5))
      agent.uplink.upload('metrics')
      await agent.drained()
    }
    const former = agent.journal.journal_id

    const database = join(directory, 'restored.db')
    restoreBackup(backup, database)
    const restored = await reopen(database)
    gateway.target = restored.url
    // nothing new has to be read for it: a heartbeat is enough
    await vi.waitFor(async () => expect(await listReadings(restored)).toEqual(readings), {
      timeout: 10_000,
      interval: 50,
    })
    await agent.drained()
    expect(agent.journal.journal_id).not.toBe(former)
    expect(agent.log.filter(({ message }) => message.includes('went back'))).toMatchObject([
      { fields: { last_seq: 1, acknowledged: 4, resent: 15 } },
    ])
    expect(agent.forks()).toBe(0)
  })

  it('gets all that is still here when it has another database', async () => {
    const [one, two] = [await startTestServer(), await startTestServer()]
    const gateway = await startGateway(one.url)
    const token = await tokenOf(one)
    const agent = openUplink(gateway.url, token)
    const readings = agent.record(7)
    agent.uplink.upload('metrics')
    await agent.drained()
    // the other one is brought up with the same enrolment token
    const facts = { scope: 'enrolment', name: null, agent_id: null, expires_at: null, max_uses: null } as const
    await two.store.createToken({ ...facts, hash: hashToken(token) }, LOCAL, Date.now())
    gateway.target = two.url
    await vi.waitFor(async () => expect(await listReadings(two)).toEqual(readings), { timeout: 10_000, interval: 50 })
    await agent.drained()
    await agent.becomes('connected')
    expect(agent.log.filter(({ message }) => message.includes('another database'))).toHaveLength(1)
    expect(agent.journal.recall('store_id')).toBe((await two.store.describe()).store_id)
  })

  it('is not taken to have gone back by an answer from before a batch was acknowledged', async () => {
    const server = await startTestServer()
    const gateway = await startGateway(server.url)
    const agent = openUplink(gateway.url, await tokenOf(server))
    await agent.becomes('connected')
    const { journal_id } = agent.journal
    let release: (() => void) | null = null
    gateway.intercept = async ({ path, json, headers }) => {
      if (!path.endsWith('/heartbeat') || release !== null) return null
      const answer = await server.call(path, { token: String(headers.authorization).slice(7), body: json })
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return { status: answer.status, body: answer.body }
    }
    await vi.waitFor(() => expect(release).not.toBeNull(), { timeout: 5000, interval: 5 })
    agent.record(1)
    agent.uplink.upload('metrics')
    await agent.drained()
    const heard = gateway.requests.length
    ;(release as unknown as () => void)()
    await vi.waitFor(() => expect(gateway.requests.length).toBeGreaterThan(heard + 1), { timeout: 5000, interval: 5 })
    expect(agent.journal.journal_id).toBe(journal_id)
    expect(agent.journal.last_acknowledged).toBe(1)
  })
})

describe('a journal that lives twice', () => {
  it('is numbered anew when its numbers are taken, and loses nothing', async () => {
    const server = await startTestServer()
    const directory = createDirectory()
    const token = await tokenOf(server)
    const first = openUplink(server.url, token, { directory })
    const readings = first.record(2)
    first.uplink.upload('metrics')
    await first.drained()
    await first.stop()
    const copy = join(createDirectory(), 'copy.db')
    copyFileSync(join(directory, 'agent', 'journal.db'), copy)

    const second = openUplink(server.url, token, { directory })
    readings.push(...second.record(2))
    second.uplink.upload('metrics')
    await second.drained()
    expect(second.forks()).toBe(0)
    await second.stop()

    // the machine is set back to its snapshot
    const set = createDirectory()
    mkdirSync(join(set, 'agent'))
    copyFileSync(copy, join(set, 'agent', 'journal.db'))
    const third = openUplink(server.url, token, { directory: set, waits: true })
    readings.push(...third.record(3))
    const former = third.journal.journal_id
    third.start()
    await third.drained()
    expect(third.forks()).toBe(1)
    expect(third.journal.journal_id).not.toBe(former)
    expect(await listReadings(server)).toEqual(readings)
  })

  it('hears of the other journal by its heartbeats', async () => {
    const server = await startTestServer()
    const gateway = await startGateway(server.url)
    const agent = openUplink(gateway.url, await tokenOf(server))
    await agent.becomes('connected')
    expect(agent.otherJournals()).toBe(0)
    const answer = {
      success: true,
      agent_id: String(agent.journal.recall('agent_id')),
      server_time: 'now',
      last_seq: null,
    }
    const store_id = agent.journal.recall('store_id')
    gateway.intercept = ({ path }) =>
      path.endsWith('/heartbeat')
        ? { status: 200, body: { ...answer, store_id, other_journal: true, newer_key: 1 } }
        : null
    await vi.waitFor(() => expect(agent.otherJournals()).toBeGreaterThan(0), { timeout: 5000, interval: 5 })
    expect(agent.uplink.facts().state).toBe('connected')
  })
})

/** A server on a database that is there already. */
async function reopen(database: string): Promise<TestServer> {
  return startTestServer({ options: (defaults) => ({ ...defaults, database }) })
}
