import { execFile, fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { copyFile, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MIGRATIONS, migrate } from '../../src/core/store/sqlite/migrate.ts'
import { openDatabase } from '../../src/core/store/sqlite/open-database.ts'
import { composeStore, openSqliteStore, type SqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { makeDirectory, openTemporary } from './open-temporary.ts'
import {
  ADMIN,
  at,
  enrolAgent,
  ingest,
  listAll,
  NOW,
  newBatch,
  newToken,
  OFFLINE_AFTER,
  printer,
} from './sample-batches.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'StoreError', code })
const attempt = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}
/** A connection of somebody else to the same file. */
function connect(file: string): Database.Database {
  const db = new Database(file)
  onTestFinished(() => void db.close())
  return db
}

describe('the file', () => {
  it('is for its owner alone, in a directory that is made', async () => {
    const file = join(await makeDirectory(), 'deep', 'er', 'printmaster.db')
    const store = openSqliteStore(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(`${file}-wal`)).mode & 0o777).toBe(0o600)
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700)
    const { store_id } = await store.describe()
    await store.close()
    expect((await readdir(join(file, '..'))).sort()).toEqual(['printmaster.db'])
    const again = openSqliteStore(file)
    expect(await again.describe()).toEqual({ store_id, schema_version: MIGRATIONS.length, path: file })
    await again.close()
  })

  it('is durable: write-ahead log, synced at every commit, references checked', async () => {
    const db = openDatabase(join(await makeDirectory(), 'x.db'))
    onTestFinished(() => void db.close())
    migrate(db, 'x.db')
    const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map((name) =>
      db.pragma(name, { simple: true }),
    )
    expect(pragmas).toEqual(['wal', 2, 1, 5000])
  })

  it('says which directory cannot be made', async () => {
    const directory = await makeDirectory()
    await writeFile(join(directory, 'file'), '')
    const error = attempt(() => openSqliteStore(join(directory, 'file', 'sub', 'x.db')))
    expect(error).toEqual(refusal('unavailable'))
    expect((error as Error).message).toContain(join(directory, 'file', 'sub'))
    expect(attempt(() => openSqliteStore(directory))).toEqual(refusal('unavailable'))
  })

  it('a reader needs it to be there, and writes nothing', async () => {
    const { store, file, directory } = await openTemporary()
    expect(attempt(() => openSqliteStore(join(directory, 'none.db'), { readonly: true }))).toEqual(
      refusal('unavailable'),
    )
    expect(await readdir(directory)).not.toContain('none.db')
    const reader = openSqliteStore(file, { readonly: true })
    onTestFinished(() => reader.close())
    const agent_id = await enrolAgent(store)
    await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
    expect(await listAll(reader)).toHaveLength(1)
    await expect(reader.createToken(newToken(), ADMIN, NOW)).rejects.toEqual(refusal('unavailable'))
  })

  it('refuses what is no database, and leaves it as it is', async () => {
    const file = join(await makeDirectory(), 'notes.txt')
    const text = 'remember the milk\n'.repeat(500)
    await writeFile(file, text)
    const error = attempt(() => openSqliteStore(file))
    expect(error).toEqual(refusal('not_a_store'))
    expect((error as Error).message).toContain(file)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it("refuses another program's database, and leaves it as it is", async () => {
    const file = join(await makeDirectory(), 'other.db')
    const other = new Database(file)
    other.exec('CREATE TABLE songs (title TEXT)')
    other.close()
    const before = await readFile(file)
    expect(attempt(() => openSqliteStore(file))).toEqual(refusal('not_a_store'))
    expect((await readFile(file)).equals(before)).toBe(true)
  })
})

describe('migrations', () => {
  const JOURNAL = '01970000-0000-7000-8000-000000000001'
  const SECOND = 'ALTER TABLE agents ADD COLUMN nickname TEXT; UPDATE agents SET nickname = agent_id;'
  const migrateFile = (file: string, migrations: readonly string[]) => {
    const db = openDatabase(file)
    try {
      migrate(db, file, migrations)
    } finally {
      db.close()
    }
  }

  it('a newer schema is refused, and nothing touched', async () => {
    const { store, file, directory } = await openTemporary()
    await store.close()
    migrateFile(file, [...MIGRATIONS, SECOND])
    const [files, before] = [await readdir(directory), await readFile(file)]
    const error = attempt(() => openSqliteStore(file))
    expect(error).toEqual(refusal('newer_schema'))
    expect((error as Error).message).toContain(`schema ${MIGRATIONS.length + 1}`)
    expect((await readFile(file)).equals(before)).toBe(true)
    expect(await readdir(directory)).toEqual(files)
  })

  it('an old one with content is copied before it is changed, and no copy written over', async () => {
    const { store, file, directory } = await openTemporary()
    await enrolAgent(store, 'site-1')
    await store.close()
    const name = `printmaster.db.before-${MIGRATIONS.length + 1}`
    await writeFile(join(directory, name), 'something of yours')
    migrateFile(file, [...MIGRATIONS, SECOND])
    expect(await readFile(join(directory, name), 'utf8')).toBe('something of yours')
    const copy = join(directory, `${name}-1`)
    expect((await stat(copy)).mode & 0o777).toBe(0o600)
    expect(connect(file).prepare('SELECT nickname FROM agents').pluck().get()).toBe('site-1')
    const old = openSqliteStore(copy)
    expect(await old.findAgent('site-1', OFFLINE_AFTER, NOW)).toMatchObject({ agent_id: 'site-1' })
    await old.close()
  })

  it('a file of schema 1 keeps what it holds, gets what is new, and checks out', async () => {
    const file = join(await makeDirectory(), 'old.db')
    migrateFile(file, MIGRATIONS.slice(0, 1))
    const old = new Database(file)
    old.exec(`INSERT INTO agents (agent_id, registered_at) VALUES ('site-1', ${NOW});
      INSERT INTO agent_health (agent, period, received_at, status, devices_count) VALUES (1, ${NOW}, ${NOW}, 'active', 3);
      INSERT INTO batches (agent, journal_id, seq, content_hash, received, stored, duplicates, stored_at)
        VALUES (1, '${JOURNAL}', 1, x'${'00'.repeat(32)}', 4, 4, 1, ${NOW});
      INSERT INTO journals (agent, journal_id, last_seq) VALUES (1, '${JOURNAL}', 1);
      INSERT INTO devices (device_id, agent, serial, status, first_seen, last_seen, received_at)
        VALUES ('d', 1, 'S1', 'offline', ${NOW}, ${NOW}, ${NOW})`)
    old.close()
    const store = openSqliteStore(file)
    onTestFinished(() => store.close())
    expect((await readdir(join(file, '..'))).filter((name) => name.includes('.before-'))).toEqual(['old.db.before-2'])
    expect(connect(`${file}.before-2`).pragma('user_version', { simple: true })).toBe(1)
    expect(connect(file).pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    const { problems } = await store.check()
    // the rows above have no entries in the audit log
    expect(problems.filter((problem) => !problem.startsWith('audit_end'))).toEqual([])
    expect(await store.findAgent('site-1', OFFLINE_AFTER, NOW)).toMatchObject({ reported_status: null, other: {} })
    const health = await store.listAgentHealth({ agent_id: 'site-1', limit: 10 })
    expect(health?.items).toMatchObject([{ reported_status: 'active', reported_devices_count: 3, other: {} }])
    expect(await listAll(store)).toMatchObject([{ status: 'offline', offline_reason: null }])
    // the first answer, as it was
    const again = newBatch('site-1', 'metrics', [], { journal_id: JOURNAL, seq: 1, content_hash: new Uint8Array(32) })
    expect(await ingest(store, again)).toEqual([
      { outcome: 'repeated', received: 4, stored: 4, duplicates: 1, passed_over: 0, stored_at: NOW, last_seq: 1 },
    ])
  })

  it('what was dropped of the newest schema is told', async () => {
    const { store, file } = await openTemporary()
    connect(file).exec('DROP INDEX audit_log_by_resource_type')
    expect((await store.check()).problems).toEqual(['The index audit_log_by_resource_type is missing.'])
  })

  it('the copy has its name only when it is whole', async () => {
    const { store, file, directory } = await openTemporary()
    await enrolAgent(store, 'site-1')
    await store.close()
    const db = openDatabase(file)
    onTestFinished(() => void db.close())
    const copies = () => readdirSync(directory).filter((name) => name.includes('.before-'))
    let whileCopying: string[] | undefined
    const { prototype } = Database
    const { prepare } = prototype
    onTestFinished(() => void Object.assign(prototype, { prepare }))
    prototype.prepare = function (this: Database.Database, sql: string) {
      const statement = prepare.call(this, sql)
      if (!sql.startsWith('VACUUM')) return statement
      return {
        run: (path: string) => {
          statement.run(path)
          whileCopying = copies()
        },
      }
    } as typeof prepare
    migrate(db, file, [...MIGRATIONS, SECOND])
    expect(whileCopying).toEqual([expect.stringMatching(/\.part-[0-9a-f]+$/)])
    expect(copies()).toEqual([`printmaster.db.before-${MIGRATIONS.length + 1}`])
  })

  it('of several processes one makes the copy, and it alone', async () => {
    const file = join(await makeDirectory(), 'old.db')
    migrateFile(file, MIGRATIONS.slice(0, 1))
    const db = openDatabase(file)
    onTestFinished(() => void db.close())
    const pragma = db.pragma.bind(db)
    let isFirst = true
    db.pragma = ((source: string, options?: Database.PragmaOptions) => {
      // between the look at the schema and the change of it
      if (source.startsWith('journal_mode') && isFirst) {
        isFirst = false
        migrateFile(file, MIGRATIONS)
      }
      return pragma(source, options)
    }) as typeof db.pragma
    migrate(db, file, MIGRATIONS)
    expect(isFirst).toBe(false)
    expect((await readdir(join(file, '..'))).filter((name) => name.includes('.before-'))).toEqual(['old.db.before-2'])
    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
  })

  it('nobody gets in between the copy and the change', async () => {
    const { store, file } = await openTemporary()
    await store.close()
    const db = openDatabase(file)
    onTestFinished(() => void db.close())
    const other = connect(file)
    other.pragma('busy_timeout = 0')
    const attempts: unknown[] = []
    const { prototype } = Database
    const { prepare } = prototype
    onTestFinished(() => void Object.assign(prototype, { prepare }))
    prototype.prepare = function (this: Database.Database, sql: string) {
      if (sql.startsWith('VACUUM')) attempts.push(attempt(() => other.exec('BEGIN IMMEDIATE; ROLLBACK')))
      return prepare.call(this, sql)
    } as typeof prepare
    migrate(db, file, [...MIGRATIONS, SECOND])
    expect(attempts).toEqual([expect.objectContaining({ code: 'SQLITE_BUSY' })])
  })

  it('where no copy can be made, the schema stays as it is', async () => {
    const { store, file, directory } = await openTemporary()
    await enrolAgent(store, 'site-1')
    await store.close()
    const db = openDatabase(file)
    onTestFinished(() => void db.close())
    // as long as a name of a file can be: what is longer than that cannot be made
    const long = join(directory, 'x'.repeat(250))
    const error = attempt(() => migrate(db, long, [...MIGRATIONS, SECOND]))
    expect(error).toEqual(refusal('unavailable'))
    expect((error as Error).message).toContain('so the schema stays as it is')
    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    expect((await readdir(directory)).filter((name) => name.includes('.before-'))).toEqual([])
  })

  it('one that fails leaves the schema before it', async () => {
    const { store, file } = await openTemporary()
    await enrolAgent(store, 'site-1')
    await store.close()
    expect(attempt(() => migrateFile(file, [...MIGRATIONS, `${SECOND} SELECT nonsense;`]))).toBeInstanceOf(Error)
    const again = openSqliteStore(file)
    expect(await again.findAgent('site-1', OFFLINE_AFTER, NOW)).not.toBeNull()
    expect((await again.check()).problems).toEqual([])
    await again.close()
  })

  it('a reader does not migrate', async () => {
    const { store, file } = await openTemporary()
    await store.close()
    const db = openDatabase(file, { readonly: true })
    onTestFinished(() => void db.close())
    expect(attempt(() => migrate(db, file, [...MIGRATIONS, SECOND]))).toEqual(refusal('unavailable'))
  })

  it('policies stand in the database only where somebody set them', async () => {
    const { store, file } = await openTemporary()
    expect(connect(file).prepare('SELECT count(*) FROM retention_policies').pluck().get()).toBe(0)
    const policy = {
      site_id: '*',
      metric_type: 'audit',
      keep_detailed_days: 9,
      keep_summary_days: 9,
      delete_after_days: 9,
    }
    await store.setPolicy(policy, { type: 'local', id: 'root', ip_address: null }, 1)
    expect(await store.listPolicies()).toEqual([policy])
  })
})

describe('damage and want', () => {
  it('a full disk refuses the batch and takes nothing of it', async () => {
    const file = join(await makeDirectory(), 'small.db')
    const db = openDatabase(file)
    migrate(db, file)
    const store = composeStore(db, file)
    onTestFinished(() => store.close())
    const agent_id = await enrolAgent(store)
    await ingest(store, newBatch(agent_id, 'metrics', [printer('S0')]))
    db.pragma(`max_page_count = ${(db.pragma('page_count', { simple: true }) as number) + 10}`)
    const many = Array.from({ length: 1000 }, (_, i) => printer(`SN${i}`, { note: 'x'.repeat(500) }))
    const refused = ingest(store, newBatch(agent_id, 'metrics', many))
    await expect(refused).rejects.toEqual(refusal('unavailable'))
    await expect(refused).rejects.toThrow(file)
    expect(await listAll(store)).toMatchObject([{ serial: 'S0' }])
    // room again: what was made up for the refused batch is not remembered
    db.pragma('max_page_count = 1000000')
    expect(await ingest(store, newBatch(agent_id, 'metrics', many))).toMatchObject([
      { outcome: 'stored', stored: 1000 },
    ])
    expect((await store.check()).problems).toEqual([])
  })

  it('a damaged file is told', async () => {
    const { store, file } = await openTemporary()
    const agent_id = await enrolAgent(store)
    await ingest(
      store,
      newBatch(
        agent_id,
        'metrics',
        Array.from({ length: 500 }, (_, i) => printer(`SN${i}`)),
      ),
    )
    await store.close()
    const { size } = await stat(file)
    const handle = await open(file, 'r+')
    for (let page = Math.ceil(size / 8192); page < size / 4096; page += 5)
      await handle.write(randomBytes(4096), 0, 4096, page * 4096)
    await handle.close()
    const damaged = openSqliteStore(file)
    onTestFinished(() => damaged.close())
    expect((await damaged.check()).problems.length).toBeGreaterThan(0)
    await expect(damaged.backup(`${file}.copy`)).rejects.toEqual(refusal('corrupt'))
  })

  it.each([
    ['a changed body', "UPDATE audit_log SET body = replace(body, 'site-2', 'site-9') WHERE seq = 4"],
    ['a changed column', "UPDATE audit_log SET actor = 'nobody' WHERE seq = 4"],
    ['a removed entry', 'DELETE FROM audit_log WHERE seq = 3'],
    ['a removed first entry', 'DELETE FROM audit_log WHERE seq = 1'],
    ['a removed end', 'DELETE FROM audit_log WHERE seq >= 5'],
    [
      'entries in another order',
      'UPDATE audit_log SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3); UPDATE audit_log SET seq = -seq WHERE seq < 0',
    ],
    [
      'an entry of somebody else',
      "INSERT INTO audit_log (seq, event_id, recorded_at, agent_id, actor, action, resource_type, resource_id, body, hash) SELECT seq + 1, 'x', recorded_at, agent_id, actor, action, resource_type, resource_id, body, hash FROM audit_log ORDER BY seq DESC LIMIT 1",
    ],
  ])('the chain of the audit log shows %s', async (_, damage) => {
    const { store, file } = await openTemporary()
    for (const id of ['site-1', 'site-2', 'site-3']) await enrolAgent(store, id)
    expect((await store.check()).problems).toEqual([])
    connect(file).exec(damage)
    const { problems } = await store.check()
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.join(' ')).toMatch(/[Aa]udit/)
  })

  it('a row that refers to nothing is told', async () => {
    const { store, file } = await openTemporary()
    await enrolAgent(store)
    const db = connect(file)
    db.pragma('foreign_keys = OFF')
    db.exec('UPDATE agents SET enrolled_with = 4711')
    expect((await store.check()).problems).toEqual([expect.stringContaining('agents refers to a row of tokens')])
  })
})

describe('a database that is not where it was', () => {
  const put = async (store: SqliteStore, agent_id: string, serial: string) =>
    ingest(store, newBatch(agent_id, 'metrics', [printer(serial)]))

  it.each([
    ['removed', (file: string) => rm(file)],
    ['moved', (file: string) => rename(file, `${file}.elsewhere`)],
    ['replaced', (file: string) => copyFile(file, `${file}.copy`).then(() => rename(`${file}.copy`, file))],
    [
      'gone with its directory',
      (file: string) => rename(join(file, '..'), join(file, '..', '..', `${randomUUID()}.away`)),
    ],
  ])('takes nothing more: %s', async (_, disturb) => {
    const directory = join(await makeDirectory(), 'data')
    const file = join(directory, 'printmaster.db')
    const store = openSqliteStore(file)
    onTestFinished(() => store.close())
    const agent_id = await enrolAgent(store)
    await put(store, agent_id, 'S1')
    await disturb(file)
    const writes = [
      () => put(store, agent_id, 'S2'),
      () => store.createToken(newToken(), ADMIN, NOW),
      () => store.tryWrite(NOW),
      () => store.recordHeartbeats([]),
    ]
    for (const write of writes) {
      const refused = write()
      await expect(refused).rejects.toEqual(refusal('unavailable'))
      await expect(refused).rejects.toThrow(/printmaster\.db was removed, moved or replaced .* put it back, or restart/)
    }
    // nothing of it is left in the connection either
    expect((await listAll(store)).map(({ serial }) => serial)).toEqual(['S1'])
  })

  it('goes on once it is back', async () => {
    const { store, file } = await openTemporary()
    const agent_id = await enrolAgent(store)
    await rename(file, `${file}.elsewhere`)
    await expect(put(store, agent_id, 'S1')).rejects.toEqual(refusal('unavailable'))
    await rename(`${file}.elsewhere`, file)
    expect(await put(store, agent_id, 'S1')).toMatchObject([{ outcome: 'stored', stored: 1 }])
    expect(await listAll(store)).toMatchObject([{ serial: 'S1' }])
  })
})

describe('backup', () => {
  it('is a whole store, and writes over nothing', async () => {
    const { store, directory } = await openTemporary()
    const agent_id = await enrolAgent(store)
    await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
    const target = join(directory, 'copy.db')
    const { bytes } = await store.backup(target)
    const { size, mode } = await stat(target)
    expect([size, mode & 0o777]).toEqual([bytes, 0o600])
    await ingest(store, newBatch(agent_id, 'metrics', [printer('S2')]))
    const copy = openSqliteStore(target)
    onTestFinished(() => copy.close())
    expect(await listAll(copy)).toMatchObject([{ serial: 'S1' }])
    expect((await copy.describe()).store_id).toBe((await store.describe()).store_id)
    await expect(store.backup(target)).rejects.toThrow(`${target} is there already`)
    expect((await readdir(directory)).filter((name) => name.includes('.part-'))).toEqual([])
  })

  it('says where it cannot be written', async () => {
    const { store, directory } = await openTemporary()
    const target = join(directory, 'none', 'copy.db')
    await expect(store.backup(target)).rejects.toEqual(refusal('unavailable'))
  })

  it('works from a reader while the writer writes', async () => {
    const { store, file, directory } = await openTemporary()
    const agent_id = await enrolAgent(store)
    const reader = openSqliteStore(file, { readonly: true })
    onTestFinished(() => reader.close())
    await Promise.all([
      reader.backup(join(directory, 'copy.db')),
      ingest(store, newBatch(agent_id, 'metrics', [printer('S1')])),
    ])
    const copy = openSqliteStore(join(directory, 'copy.db'), { readonly: true })
    onTestFinished(() => copy.close())
    expect((await copy.check()).problems).toEqual([])
  })
})

describe('two processes', () => {
  const child = new URL('./write-batches.ts', import.meta.url)

  it('write at the same time, and none loses a batch', async () => {
    const { store, file } = await openTemporary()
    const agents = ['site-1', 'site-2']
    for (const id of agents) await enrolAgent(store, id)
    const children = agents.map((id) => fork(child, [file, id, '40'], { execArgv: [] }))
    const codes = await Promise.all(children.map(async (each) => (await once(each, 'exit'))[0]))
    expect(codes).toEqual([0, 0])
    for (const id of agents) {
      expect(await store.findAgent(id, OFFLINE_AFTER, NOW)).toMatchObject({ metrics_count: 400 })
    }
    // both read the same ten printers
    expect(await listAll(store)).toHaveLength(10)
    expect((await store.check()).problems).toEqual([])
  })

  it('may make the file at the same time', async () => {
    const file = join(await makeDirectory(), 'new.db')
    const run = promisify(execFile)
    const script = `import { openSqliteStore } from ${JSON.stringify(new URL('../../src/core/store/sqlite/sqlite-store.ts', import.meta.url).href)}
      const store = openSqliteStore(${JSON.stringify(file)})
      console.log((await store.describe()).store_id)
      await store.close()`
    const outputs = await Promise.all(
      [1, 2, 3, 4].map(() => run(process.execPath, ['--input-type=module', '-e', script])),
    )
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1)
  })

  it('what one revokes the other sees', async () => {
    const { store, file } = await openTemporary()
    const other = openSqliteStore(file)
    onTestFinished(() => other.close())
    const token = newToken({ scope: 'viewer' })
    const { token_id } = await store.createToken(token, ADMIN, NOW)
    const version = await other.tokensVersion()
    await store.revokeToken(token_id, ADMIN, NOW)
    expect(await other.tokensVersion()).toBeGreaterThan(version)
    expect(await other.findToken(token.hash)).toMatchObject({ revoked_at: NOW })
  })

  it('a lock that stays is told after a while, not waited for', { timeout: 20_000 }, async () => {
    const { store, file } = await openTemporary()
    const db = connect(file)
    db.exec('BEGIN IMMEDIATE')
    const refused = store.createToken(newToken(), ADMIN, NOW)
    await expect(refused).rejects.toEqual(refusal('unavailable'))
    await expect(refused).rejects.toThrow('locked')
    // what stands behind it does not wait as long again, each for itself
    const began = performance.now()
    const behind = [
      () => store.createToken(newToken(), ADMIN, NOW),
      () => ingest(store, newBatch('site-1', 'metrics', [printer('S1')])),
      () => store.tryWrite(NOW),
    ]
    for (const write of behind) await expect(write()).rejects.toEqual(refusal('unavailable'))
    expect(performance.now() - began).toBeLessThan(2500)
    // that it can be read says nothing
    expect(await listAll(store)).toEqual([])
    await expect(store.tryWrite(NOW)).rejects.toEqual(refusal('unavailable'))
    expect(performance.now() - began).toBeLessThan(2500)
    db.exec('ROLLBACK')
    await store.createToken(newToken(), ADMIN, NOW)
  })

  it('after a write that works a lock is waited for again', { timeout: 20_000 }, async () => {
    const file = join(await makeDirectory(), 'x.db')
    const own = openDatabase(file)
    migrate(own, file)
    const store = composeStore(own, file)
    onTestFinished(() => store.close())
    const waits = () => own.pragma('busy_timeout', { simple: true })
    own.pragma('busy_timeout = 1')
    const db = connect(file)
    db.exec('BEGIN IMMEDIATE')
    await expect(store.tryWrite(NOW)).rejects.toEqual(refusal('unavailable'))
    expect(waits()).toBe(0)
    db.exec('ROLLBACK')
    await store.tryWrite(NOW)
    expect(waits()).toBe(5000)
  })
})

it('keys of a batch that no schema names stand beside its answer', async () => {
  const { store, file } = await openTemporary()
  const agent_id = await enrolAgent(store)
  const journal_id = '01970000-0000-7000-8000-000000000001'
  const other = '{"site":"Berlin"}'
  await ingest(
    store,
    newBatch(agent_id, 'metrics', [printer('S1')], { journal_id, seq: 1, other }),
    newBatch(agent_id, 'metrics', [printer('S1')], { journal_id, seq: 2 }),
  )
  const kept = connect(file).prepare('SELECT other FROM batches ORDER BY seq').pluck().all()
  expect(kept).toEqual([other, null])
})

it('only so many changes are kept, and none is numbered twice', async () => {
  const { store, file } = await openTemporary()
  const agent_id = await enrolAgent(store)
  await ingest(store, newBatch(agent_id, 'metrics', [printer('S1')]))
  const db = connect(file)
  const last = () => db.prepare('SELECT max(seq) FROM changes').pluck().get() as number
  const before = last()
  db.prepare("INSERT INTO changes (seq, kind, id, at) VALUES (?, 'agent', 1, ?)").run(before + 200_000, NOW)
  await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', { sampled_at: at(NOW) })]))
  expect(last()).toBeGreaterThan(before + 200_000)
  expect(db.prepare('SELECT min(seq) FROM changes').pluck().get()).toBe(before + 200_000)
})
