import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { openAuditSource } from '../../src/cli/audit-source.ts'
import { type EarlierHead, verifyAudit } from '../../src/cli/audit-verify.ts'
import { hashEntry } from '../../src/core/audit/chain.ts'
import { openHead, signStub } from '../../src/core/audit/head.ts'
import { pruneAudit } from '../../src/core/audit/prune.ts'
import { openSigningKey } from '../../src/core/audit/signing-key.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { NOW } from '../store/sample-batches.ts'

const ENTRIES = 1000

interface Row {
  readonly seq: number
  readonly body: string
  readonly hash: Buffer
}

/** A log of a thousand entries, a head that was exported, and the ways of somebody who can write the database. */
async function openLog() {
  const { store, file, directory } = await openTemporary()
  writeFileSync(join(directory, 'config.ini'), '')
  const events = Array.from({ length: ENTRIES }, (_, i) => ({
    event_id: null,
    actor: { type: 'server', id: 'server', ip_address: null } as const,
    agent_id: null,
    action: 'tested',
    resource_type: 'test',
    resource_id: `number ${i}`,
    outcome: 'success',
    details: { i },
    occurred_at: NOW + i,
    recorded_at: NOW + i,
  }))
  await store.recordAudit(events)
  const flags = { database: file, config: join(directory, 'config.ini') }
  const source = await openAuditSource(flags, { test: true }, () => undefined)
  onTestFinished(() => source.close())
  const head: EarlierHead = { where: 'earlier', signed: (await source.head()).head }
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.pragma('synchronous = OFF')
  const rows = db.prepare('SELECT seq, body, hash FROM audit_log ORDER BY seq').all() as Row[]
  const last = rows.at(-1) as Row
  return {
    store,
    directory,
    db,
    source,
    head,
    rows,
    last,
    /** Changes the log, looks whether that is found, and puts everything back. */
    async tryOut(change: () => void, heads: readonly EarlierHead[] = []): Promise<readonly string[]> {
      db.exec('SAVEPOINT tampering')
      change()
      db.exec('RELEASE tampering')
      const { problems } = await verifyAudit(source, heads, null)
      return problems
    },
    restore() {
      const put = db.prepare(
        'INSERT OR REPLACE INTO audit_log (seq, event_id, recorded_at, actor, action, resource_type, resource_id, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      db.transaction(() => {
        db.exec('DELETE FROM audit_log')
        for (const { seq, body, hash } of rows) {
          const { event_id, recorded_at, actor, action, resource_type, resource_id } = JSON.parse(body)
          put.run(seq, event_id, recorded_at, actor, action, resource_type, resource_id, body, hash)
        }
        writeEnd(db, last)
      })()
    },
  }
}

const writeEnd = (db: Database.Database, { seq, hash }: Pick<Row, 'seq' | 'hash'>) =>
  db.prepare("UPDATE meta SET value = ? WHERE key = 'audit_end'").run(`${seq} ${hash.toString('hex')}`)

test('a log that nobody touched verifies, with its head and without', async () => {
  const { source, head } = await openLog()
  expect(await verifyAudit(source, [head], null)).toMatchObject({ entries: ENTRIES + 1, problems: [] })
})

const setBody = 'UPDATE audit_log SET body = ? WHERE seq = ?'
const WAYS: ReadonlyArray<
  readonly [name: string, change: (db: Database.Database, rows: readonly Row[], i: number) => void]
> = [
  [
    'body',
    (db, rows, i) =>
      db
        .prepare(setBody)
        .run(
          (rows[i] as Row).body.replace('"tested"', '"testee"').replace('audit_viewed', 'audit_vieweb'),
          (rows[i] as Row).seq,
        ),
  ],
  [
    'column',
    (db, rows, i) => db.prepare("UPDATE audit_log SET actor = 'nobody' WHERE seq = ?").run((rows[i] as Row).seq),
  ],
  [
    'hash',
    (db, rows, i) => db.prepare('UPDATE audit_log SET hash = zeroblob(32) WHERE seq = ?').run((rows[i] as Row).seq),
  ],
  ['deleted', (db, rows, i) => db.prepare('DELETE FROM audit_log WHERE seq = ?').run((rows[i] as Row).seq)],
  [
    'reordered',
    (db, rows, i) => {
      const [one, other] = [rows[i] as Row, rows[(i + 1) % rows.length] as Row]
      db.prepare(setBody).run(other.body, one.seq)
      db.prepare(setBody).run(one.body, other.seq)
    },
  ],
]

test.each(WAYS)(
  'every entry of a thousand: %s',
  async (_name, change) => {
    const { db, rows, tryOut, restore } = await openLog()
    const missed: number[] = []
    for (const [i, { seq }] of rows.entries()) {
      const problems = await tryOut(() => change(db, rows, i))
      const names = problems.join('\n')
      const isNamed = [seq - 1, seq, seq + 1, (rows[0] as Row).seq].some((each) => names.includes(String(each)))
      if (problems.length === 0 || !isNamed) missed.push(seq)
      restore()
    }
    expect(missed).toEqual([])
  },
  240_000,
)

test('cut off at every length, with the end written down anew: the head that was exported finds it', async () => {
  const { db, rows, tryOut, restore, head } = await openLog()
  const missed: number[] = []
  for (let length = rows.length - 1; length > 0; length -= 1) {
    const end = rows[length - 1] as Row
    const cut = () => {
      db.prepare('DELETE FROM audit_log WHERE seq > ?').run(end.seq)
    }
    const plain = await tryOut(cut)
    const clever = await tryOut(() => void writeEnd(db, end), [head])
    if (plain.length === 0 || clever.length === 0) missed.push(length)
    if (length % 50 === 0) restore()
  }
  expect(missed).toEqual([])
}, 480_000)

test('the whole chain written anew: the head finds it, and so does the stub', async () => {
  const { store, directory, db, rows, source, head, tryOut } = await openLog()
  const key = () => openSigningKey(join(directory, 'printmaster.db.audit-key'))
  while ((await pruneAudit(store, key, 100, NOW)) > 0);
  expect((await verifyAudit(source, [head], null)).problems).toEqual([])
  const forge = () => {
    let before: Buffer = (rows[99] as Row).hash
    for (const { seq, body } of rows.slice(100)) {
      const forged = body.replace('"success"', '"denied"')
      before = hashEntry(before, forged)
      db.prepare('UPDATE audit_log SET body = ?, hash = ? WHERE seq = ?').run(forged, before, seq)
    }
    writeEnd(db, { seq: (rows.at(-1) as Row).seq, hash: before })
  }
  expect(await tryOut(forge, [head])).toEqual([expect.stringContaining('the log was written anew')])
  // entries that left are in the stub: who forges it has not the key
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  void privateKey
  const stub = db.prepare('SELECT body FROM audit_stubs').pluck().get() as string
  const change = () => db.prepare('UPDATE audit_stubs SET body = ?').run(stub.replace('"to_seq":100', '"to_seq":101'))
  expect((await tryOut(change)).join()).toContain('signature of the stub')
  db.prepare('UPDATE audit_stubs SET body = ?').run(stub)
  const other = openSigningKey(join(directory, 'other.pem'))
  const said = JSON.parse(stub)
  const forged = signStub(other, { store_id: said.store_id, to_seq: said.to_seq, hash: said.hash, at: said.at })
  db.prepare('UPDATE audit_stubs SET public_key = ?, signature = ?').run(
    forged.public_key,
    Buffer.from(forged.signature, 'hex'),
  )
  expect((await tryOut(() => undefined)).join()).toContain('signed by another key')
  expect(
    openHead({ ...head.signed, public_key: publicKey.export({ type: 'spki', format: 'pem' }) as string }),
  ).toContain('signature of the head does not fit')
})
