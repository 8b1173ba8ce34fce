import { execFileSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { v7 } from 'uuid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeReading } from './made-up-readings.ts'
import { createToken, type ServerProcess, startServerProcess } from './server-process.ts'
import { createDirectory } from './start-test-server.ts'

const RUN = new URL('../../bin/run.js', import.meta.url).pathname

async function start(directory: string): Promise<ServerProcess> {
  const server = await startServerProcess(directory)
  onTestFinished(async () => {
    if (server.child.exitCode === null && server.child.signalCode === null) await server.end('SIGKILL')
  })
  return server
}

async function call({ url }: ServerProcess, path: string, token: string, body?: object) {
  const answer = await request(`${url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  return { status: answer.statusCode, headers: answer.headers, body: (await answer.body.json()) as any }
}

const batchOf = (journal_id: string, seq: number, samples: readonly number[]) => ({
  journal_id,
  seq,
  metrics: samples.map((sample) => makeReading(1, sample)),
})

describe('a journal restored from a copy', () => {
  it('is noticed at its first new batch, and loses nothing when it takes a new journal_id', async () => {
    const directory = createDirectory()
    const [enrolment, admin] = [createToken(directory, 'enrolment'), createToken(directory, 'admin')]
    const server = await start(directory)
    const { token } = (await call(server, '/agents/register', enrolment, { agent_id: 'site-1' })).body
    const journal_id = v7()
    const first = batchOf(journal_id, 1, [1, 2])
    const second = batchOf(journal_id, 2, [3, 4])
    await call(server, '/metrics/batch', token, first)
    expect((await call(server, '/metrics/batch', token, second)).body).toMatchObject({ stored: 2, last_seq: 2 })

    // the machine goes back to where batch 1 was its last, and lives on
    const other = batchOf(journal_id, 2, [5, 6])
    const refused = await call(server, '/metrics/batch', token, other)
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'journal_fork', details: { last_seq: 2 } } } })
    await call(server, '/metrics/batch', token, other)
    // what it sent before the copy was made is only a repeat
    const repeated = await call(server, '/metrics/batch', token, first)
    expect(repeated).toMatchObject({ status: 200, body: { stored: 2, duplicates: 0, last_seq: 2 } })
    expect(repeated.headers['idempotent-replayed']).toBe('true')

    const renumbered = { ...other, journal_id: v7(), seq: 1 }
    expect((await call(server, '/metrics/batch', token, renumbered)).body).toMatchObject({
      stored: 2,
      duplicates: 0,
      last_seq: 1,
    })
    const [{ device_id }] = (await call(server, '/devices', admin)).body.devices
    expect((await call(server, `/devices/${device_id}/metrics`, admin)).body.metrics).toHaveLength(6)
    const forks = (await call(server, '/audit?action=journal_fork', admin)).body.entries
    expect(forks).toMatchObject([
      { agent_id: 'site-1', resource_id: journal_id, outcome: 'denied', details: { seq: 2 } },
    ])
  })
})

describe('a server restored from a backup', () => {
  it('tells its agents how far it went back, and holds everything once they sent it again', async () => {
    const directory = createDirectory()
    const [enrolment, viewer] = [createToken(directory, 'enrolment'), createToken(directory, 'viewer')]
    const database = join(directory, 'printmaster.db')
    const backup = join(directory, 'backup.db')
    const before = await start(directory)
    const { token } = (await call(before, '/agents/register', enrolment, { agent_id: 'old', registration_key: v7() }))
      .body
    const journal_id = v7()
    const batches = [1, 2, 3].map((seq) => batchOf(journal_id, seq, [seq * 10, seq * 10 + 1]))
    const { store_id } = (await call(before, '/metrics/batch', token, batches[0])).body
    execFileSync(process.execPath, [RUN, 'server', 'backup', backup, '--database', database], { stdio: 'ignore' })
    await call(before, '/metrics/batch', token, batches[1])
    const registration = { agent_id: 'new', registration_key: v7() }
    const lost = (await call(before, '/agents/register', enrolment, registration)).body
    expect(await before.end('SIGTERM')).toBe(0)

    for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true })
    copyFileSync(backup, database)
    const after = await start(directory)
    const third = await call(after, '/metrics/batch', token, batches[2])
    // the same store, and one batch less than it had acknowledged: what came after the gap is held and does not hide it
    expect(third.body).toMatchObject({ store_id, stored: 2, last_seq: 1 })
    const beat = await call(after, '/agents/heartbeat', token, { journal_id })
    expect(beat.body).toMatchObject({ store_id, last_seq: 1 })
    expect((await call(after, '/metrics/batch', token, batches[1])).body).toMatchObject({
      stored: 2,
      duplicates: 0,
      last_seq: 3,
    })
    expect((await call(after, '/metrics/batch', token, batches[2])).headers['idempotent-replayed']).toBe('true')
    const [{ device_id }] = (await call(after, '/devices', viewer)).body.devices
    expect((await call(after, `/devices/${device_id}/metrics`, viewer)).body.metrics).toHaveLength(6)

    // an agent that registered after the backup is unknown, and comes back with its key
    expect((await call(after, '/agents/heartbeat', lost.token, {})).body.error.code).toBe('token_unknown')
    const again = await call(after, '/agents/register', enrolment, registration)
    expect(again.body).toMatchObject({ success: true, agent_id: 'new' })
    expect((await call(after, '/agents/heartbeat', again.body.token, {})).status).toBe(200)
  })
})
