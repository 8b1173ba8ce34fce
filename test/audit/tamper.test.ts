import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { EarlierHead } from '../../src/cli/audit-signatures.ts'
import { readAuditOf } from '../../src/cli/audit-source.ts'
import { verifyAudit } from '../../src/cli/audit-verify.ts'
import { hashEntry } from '../../src/core/audit/chain.ts'
import { openHead, signStub } from '../../src/core/audit/head.ts'
import { pruneAudit } from '../../src/core/audit/prune.ts'
import { openSigningKey, signingKeyPath } from '../../src/core/audit/signing-key.ts'
import { composeStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { NOW } from '../store/sample-batches.ts'
import { recordEvents } from './sample-events.ts'

const ENTRIES = 1000

interface Row {
  readonly seq: number
  readonly body: string
  readonly hash: Buffer
}

/** A log of a thousand entries, a head that was exported, and the ways of somebody who can write the database. */
async function openLog() {
  const { store, file, directory } = await openTemporary()
  await recordEvents(store, ENTRIES)
  const db = new Database(file)
  onTestFinished(() => void db.close())
  // what is tampered with is read on the same connection and never committed
  const source = readAuditOf(composeStore(db, file), () => openSigningKey(signingKeyPath(file)))
  const head: EarlierHead = { where: 'earlier', signed: (await source.head()).head }
  const rows = db.prepare('SELECT seq, body, hash FROM audit_log ORDER BY seq').all() as Row[]
  return {
    store,
    file,
    directory,
    db,
    source,
    head,
    rows,
    /** Changes the log, looks whether that is found, and takes it back. */
    async tryOut(change: () => void, heads: readonly EarlierHead[] = []): Promise<readonly string[]> {
      db.exec('SAVEPOINT tampering')
      try {
        change()
        return (await verifyAudit(source, heads, null)).problems
      } finally {
        db.exec('ROLLBACK TO tampering; RELEASE tampering')
      }
    },
  }
}

const writeEnd = (db: Database.Database, { seq, hash }: Pick<Row, 'seq' | 'hash'>) =>
  db.prepare("UPDATE meta SET value = ? WHERE key = 'audit_end'").run(`${seq} ${hash.toString('hex')}`)

test('a log that nobody touched verifies, with its head and without', async () => {
  const { source, head } = await openLog()
  expect(await verifyAudit(source, [head], null)).toMatchObject({ entries: ENTRIES, problems: [] })
})

const setBody = 'UPDATE audit_log SET body = ? WHERE seq = ?'
const WAYS: ReadonlyArray<
  readonly [name: string, change: (db: Database.Database, rows: readonly Row[], i: number) => void]
> = [
  [
    'body',
    (db, rows, i) =>
      db.prepare(setBody).run((rows[i] as Row).body.replace('"tested"', '"testee"'), (rows[i] as Row).seq),
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
    const { db, rows, tryOut } = await openLog()
    const missed: number[] = []
    for (const [i, { seq }] of rows.entries()) {
      const problems = await tryOut(() => change(db, rows, i))
      const names = problems.join('\n')
      const isNamed = [seq - 1, seq, seq + 1, (rows[0] as Row).seq].some((each) => names.includes(String(each)))
      if (problems.length === 0 || !isNamed) missed.push(seq)
    }
    expect(missed).toEqual([])
  },
  120_000,
)

test('cut off at every length, with the end written down anew: the head that was exported finds it', async () => {
  const { db, rows, tryOut, head } = await openLog()
  const missed: number[] = []
  for (let length = rows.length - 1; length > 0; length -= 1) {
    const end = rows[length - 1] as Row
    const cut = () => {
      db.prepare('DELETE FROM audit_log WHERE seq > ?').run(end.seq)
    }
    const plain = await tryOut(cut)
    const forge = () => {
      cut()
      writeEnd(db, end)
    }
    const clever = await tryOut(forge, [head])
    if (plain.length === 0 || clever.length === 0) missed.push(length)
  }
  expect(missed).toEqual([])
}, 120_000)

test('the whole chain written anew: the head finds it, and so does the stub', async () => {
  const { store, file, directory, db, rows, source, head, tryOut } = await openLog()
  const key = () => openSigningKey(signingKeyPath(file))
  while ((await pruneAudit(store, key(), 100, NOW)) > 0);
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
  const { publicKey } = generateKeyPairSync('ed25519')
  const stub = db.prepare('SELECT body FROM audit_stubs').pluck().get() as string
  const change = () =>
    void db.prepare('UPDATE audit_stubs SET body = ?').run(stub.replace('"to_seq":100', '"to_seq":101'))
  expect((await tryOut(change)).join()).toContain('signature of the stub')
  const other = openSigningKey(join(directory, 'other.pem'))
  const said = JSON.parse(stub)
  const forged = signStub(other, { store_id: said.store_id, to_seq: said.to_seq, hash: said.hash, at: said.at })
  const resign = () =>
    void db
      .prepare('UPDATE audit_stubs SET public_key = ?, signature = ?')
      .run(forged.public_key, Buffer.from(forged.signature, 'hex'))
  expect((await tryOut(resign)).join()).toContain('signed by another key')
  expect(
    openHead({ ...head.signed, public_key: publicKey.export({ type: 'spki', format: 'pem' }) as string }),
  ).toContain('signature of the head does not fit')
})
