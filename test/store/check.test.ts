import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore, type SqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { openTemporary } from './open-temporary.ts'
import {
  ADMIN,
  enrolAgent,
  hash,
  ingest,
  KNOCKER,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  printer,
} from './sample-batches.ts'

/** A store that was worked with, and somebody else's way into its file. */
async function open() {
  const { store, file } = await openTemporary()
  const agent_id = await enrolAgent(store, 'site-1')
  await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
  const db = new Database(file)
  onTestFinished(() => void db.close())
  expect((await store.check()).problems).toEqual([])
  return { store, db, agent_id }
}

const problemsOf = async (store: SqliteStore) => (await store.check()).problems

describe('where the audit log ends', () => {
  it.each([
    ['no text', "UPDATE meta SET value = 'x' WHERE key = 'audit_end'"],
    ['a number alone', "UPDATE meta SET value = '3' WHERE key = 'audit_end'"],
    ['a hash that is too short', "UPDATE meta SET value = substr(value, 1, 40) WHERE key = 'audit_end'"],
    ['a number', "UPDATE meta SET value = 3 WHERE key = 'audit_end'"],
    ['bytes', "UPDATE meta SET value = CAST(value AS BLOB) WHERE key = 'audit_end'"],
    ['nothing', "DELETE FROM meta WHERE key = 'audit_end'"],
    ['nothing, like the log', "DELETE FROM meta WHERE key = 'audit_end'; DELETE FROM audit_log"],
  ])('has to be known: %s', async (_, sql) => {
    const { store, db } = await open()
    db.exec(sql)
    const problems = await problemsOf(store)
    expect(problems[0]).toMatch(/^audit_end in the table meta is (damaged|missing)/)
    // the connection is as good as before
    expect(await problemsOf(store)).toEqual(problems)
    expect(await store.listTokens(NOW)).not.toEqual([])
  })

  it('the rest of the chain is looked at all the same', async () => {
    const { store, db } = await open()
    db.exec("DELETE FROM meta WHERE key = 'audit_end'; UPDATE audit_log SET actor = 'nobody' WHERE seq = 2")
    expect(await problemsOf(store)).toEqual([
      expect.stringContaining('audit_end'),
      expect.stringContaining('audit entry 2: actor'),
    ])
  })

  it('a beginning that nobody here wrote is told, and nothing is added to it', async () => {
    const { store, db } = await open()
    db.exec("INSERT INTO meta (key, value) VALUES ('audit_start', 'x')")
    expect(await problemsOf(store)).toEqual([expect.stringMatching(/^audit_start in the table meta is damaged/)])
    db.exec('DELETE FROM audit_log')
    await expect(store.createToken(newToken(), ADMIN, NOW)).rejects.toMatchObject({ code: 'corrupt' })
  })

  it('an empty database needs none', async () => {
    const { store } = await openTemporary()
    expect(await problemsOf(store)).toEqual([])
  })
})

describe('the schema', () => {
  it.each([
    [
      "CREATE TRIGGER hush AFTER INSERT ON audit_log BEGIN UPDATE tokens SET scope = 'admin'; END",
      'The trigger hush on audit_log was not made by PrintMaster.',
    ],
    ['CREATE VIEW mine AS SELECT * FROM tokens', 'The view mine was not made by PrintMaster.'],
    ['CREATE TABLE "no""te" (text TEXT)', 'The table no"te was not made by PrintMaster.'],
    ['DROP INDEX metrics_history_by_device', 'The index metrics_history_by_device is missing.'],
    ['DROP TABLE alerts', 'The table alerts is missing.'],
    ['ALTER TABLE agents ADD COLUMN nickname TEXT', 'The table agents is not as PrintMaster makes it.'],
    [
      'DROP INDEX tokens_by_agent; CREATE INDEX tokens_by_agent ON tokens (name)',
      'The index tokens_by_agent is not as PrintMaster makes it.',
    ],
  ])('%s', async (sql, problem) => {
    const { store, db } = await open()
    db.exec(sql)
    expect(await problemsOf(store)).toContain(problem)
  })

  it('without a table that everything needs is told at once', async () => {
    const { store, file } = await openTemporary()
    await store.close()
    const db = new Database(file)
    db.exec('DROP TABLE changes')
    db.close()
    expect(() => openSqliteStore(file, { readonly: true })).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringContaining('no such table: changes') }),
    )
  })

  it('statistics of SQLite are no part of it', async () => {
    const { store, db } = await open()
    db.exec('ANALYZE')
    expect(await problemsOf(store)).toEqual([])
  })
})

describe('tokens', () => {
  it('that open other doors than they were made for are named', async () => {
    const { store, db } = await open()
    const { token_id } = await store.createToken(newToken({ scope: 'viewer' }), ADMIN, NOW)
    db.prepare("UPDATE tokens SET scope = 'admin' WHERE token_id = ?").run(token_id)
    const raised = [`The token ${token_id} opens as admin, but the audit log says that it was made as viewer.`]
    expect(await problemsOf(store)).toEqual(raised)

    const agentToken = db.prepare("SELECT token_id FROM tokens WHERE scope = 'agent'").pluck().get() as string
    db.prepare("UPDATE tokens SET scope = 'admin' WHERE token_id = ?").run(agentToken)
    expect([...(await problemsOf(store))].sort()).toEqual(
      [...raised, `The token ${agentToken} opens as admin, but the audit log knows no making of it.`].sort(),
    )
  })

  it('that are revoked and open again are named, and the other way round', async () => {
    const { store, db } = await open()
    const make = async () => (await store.createToken(newToken({ scope: 'viewer' }), ADMIN, NOW)).token_id
    const [opened, shut, moved, kept] = [await make(), await make(), await make(), await make()]
    for (const token_id of [opened, moved, kept]) await store.revokeToken(token_id, ADMIN, NOW)
    expect(await problemsOf(store)).toEqual([])
    const set = db.prepare('UPDATE tokens SET revoked_at = ? WHERE token_id = ?')
    set.run(null, opened)
    set.run(NOW, shut)
    set.run(NOW + 1000, moved)
    expect(await problemsOf(store)).toEqual([
      `The token ${opened} is not revoked, but the audit log says that it was revoked 2026-01-15T12:00:00.000Z.`,
      `The token ${shut} is revoked, but the audit log does not say so.`,
      `The token ${moved} is revoked since 2026-01-15T12:00:01.000Z, but the audit log says that it was revoked 2026-01-15T12:00:00.000Z.`,
    ])
  })

  it('are not vouched for by what an agent tells', async () => {
    const { store, db, agent_id } = await open()
    const token_id = randomUUID()
    db.prepare(
      "INSERT INTO tokens (token_id, scope, hash, created_at, created_by) VALUES (?, 'admin', ?, ?, 'root')",
    ).run(token_id, hash(), NOW)
    const told = {
      event_id: null,
      actor: { type: 'agent' as const, id: agent_id, ip_address: null },
      agent_id,
      action: 'token_created',
      resource_type: 'token',
      resource_id: token_id,
      outcome: 'success',
      details: { scope: 'admin' },
      occurred_at: NOW,
      recorded_at: NOW,
    }
    expect(await store.recordAudit([told])).toBe(1)
    expect(await problemsOf(store)).toEqual([
      `The token ${token_id} opens as admin, but the audit log knows no making of it.`,
    ])
  })

  it('of agents come and go with registrations', async () => {
    const { store } = await open()
    const { token_id } = await store.createToken(newToken(), ADMIN, NOW)
    const registration = newRegistration(token_id)
    await store.registerAgent(registration, KNOCKER, NOW)
    await store.registerAgent({ ...registration, token_hash: hash() }, KNOCKER, NOW)
    const agentToken = (await store.listTokens(NOW)).find((each) => each.agent_id === registration.new_agent_id)
    await store.revokeToken(agentToken?.token_id as string, ADMIN, NOW)
    expect(await problemsOf(store)).toEqual([])
  })
})
