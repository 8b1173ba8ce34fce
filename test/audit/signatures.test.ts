import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EarlierHead } from '../../src/cli/audit-signatures.ts'
import { readAuditOf } from '../../src/cli/audit-source.ts'
import { describeResult, verifyAudit } from '../../src/cli/audit-verify.ts'
import { signHead } from '../../src/core/audit/head.ts'
import { pruneAudit } from '../../src/core/audit/prune.ts'
import { isSameKey, openSigningKey, parsePublicKey } from '../../src/core/audit/signing-key.ts'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { openTemporary } from '../store/open-temporary.ts'
import { NOW } from '../store/sample-batches.ts'
import { recordEvents } from './sample-events.ts'

const noKey = () => {
  throw new PrintMasterError('file_unreadable', 'there is no key of the audit log at /nowhere')
}

/** A log of so many entries, its key and another one. */
async function openLog(entries: number) {
  const { store, directory } = await openTemporary()
  await recordEvents(store, entries)
  const key = openSigningKey(join(directory, 'key'))
  const source = readAuditOf(store, () => key)
  return {
    store,
    directory,
    key,
    foreign: openSigningKey(join(directory, 'foreign')).public_key,
    source,
    /** The same log where its key is not. */
    keyless: readAuditOf(store, () => key, noKey),
    takeHead: async (where: string): Promise<EarlierHead> => ({ where, signed: (await source.head()).head }),
    prune: (upto: number) => pruneAudit(store, key, upto, NOW),
  }
}

test('a log without stub and earlier heads is held against the trusted key by its current head', async () => {
  const { source, key, foreign } = await openLog(3)
  const good = await verifyAudit(source, [], key.public_key)
  expect(good).toMatchObject({ problems: [], unchecked: [], head_checked: true })
  expect(describeResult(good, true).join()).toContain('the log is signed by the trusted key')
  const bad = await verifyAudit(source, [], foreign)
  expect(bad.problems).toEqual(['the current head of the log is signed by another key'])
})

test('a current head that was made up is found', async () => {
  const { source, key } = await openLog(3)
  const ends = await source.ends()
  const last = ends.end as { seq: number; hash: string }
  const say = (head: NonNullable<typeof ends.head>) =>
    verifyAudit({ ...source, ends: async () => ({ ...ends, head }) }, [], key.public_key)
  const head = ends.head as NonNullable<typeof ends.head>
  const signed = { store_id: ends.store_id, at: new Date(NOW).toISOString(), ...last }
  expect((await say({ ...head, body: `${head.body} ` })).problems.join()).toContain('signature of the head')
  expect((await say(signHead(key, { ...signed, seq: 2 }))).problems.join()).toContain('does not end with entry 2')
  expect((await say(signHead(key, { ...signed, store_id: 'other' }))).problems.join()).toContain('another database')
})

test('a head that cannot be signed: what is held against the trusted key in its place, or that nothing is', async () => {
  const { keyless, key, foreign, takeHead, prune } = await openLog(9)
  expect(await verifyAudit(keyless, [], null)).toMatchObject({ problems: [], unchecked: [], head_checked: false })
  const nothing = await verifyAudit(keyless, [], key.public_key)
  expect(nothing.problems).toEqual([
    'the trusted key was held against nothing: the current head cannot be signed, as there is no key of the audit log at /nowhere',
  ])
  const head = await takeHead('earlier')
  const unchecked = [
    'the current head was not checked: it cannot be signed, as there is no key of the audit log at /nowhere',
  ]
  for (const trusted of [key.public_key, null]) {
    const held = await verifyAudit(keyless, [head], trusted)
    expect(held).toMatchObject({ problems: [], unchecked, heads: 1, public_key: key.public_key })
    expect(describeResult(held, true).join()).not.toContain('trusted key')
  }
  expect((await verifyAudit(keyless, [head], foreign)).problems).toEqual(['earlier: is signed by another key'])
  await prune(4)
  expect(await verifyAudit(keyless, [], key.public_key)).toMatchObject({ problems: [], unchecked })
  expect((await verifyAudit(keyless, [], foreign)).problems).toHaveLength(1)
})

test('a head whose entry was let go is told, not counted; its signature is checked all the same', async () => {
  const { store, source, key, foreign, takeHead, prune } = await openLog(17)
  const gone = await takeHead('gone')
  await recordEvents(store, 1)
  const edge = await takeHead('edge')
  await recordEvents(store, 4)
  const there = await takeHead('there')
  expect(await prune(18)).toBe(18)
  const told = 'gone: entry 17 was let go since; this head cannot be compared with it'
  const alone = await verifyAudit(source, [gone], key.public_key)
  expect(alone).toMatchObject({ problems: [], unchecked: [told], heads: 0, entries: 4 })
  expect(describeResult(alone, true)).toEqual([expect.stringContaining('no earlier head was held against it'), told])
  // the stub still has the hash of the last one that left
  expect(await verifyAudit(source, [gone, edge, there], null)).toMatchObject({ heads: 2, unchecked: [told] })
  expect((await verifyAudit(source, [gone], foreign)).problems).toContain('gone: is signed by another key')
  const body = gone.signed.body.replace('"seq":17', '"seq":16')
  const forged = await verifyAudit(source, [{ where: 'gone', signed: { ...gone.signed, body } }], null)
  expect(forged).toMatchObject({ problems: [expect.stringContaining('signature of the head')], unchecked: [] })
})

test('a head of the empty log fits whatever was let go', async () => {
  const { store, directory } = await openTemporary()
  const key = openSigningKey(join(directory, 'key'))
  const source = readAuditOf(store, () => key)
  const empty = { where: 'empty', signed: (await source.head()).head }
  await recordEvents(store, 3)
  await pruneAudit(store, key, 2, NOW)
  expect(await verifyAudit(source, [empty], null)).toMatchObject({ problems: [], unchecked: [], heads: 1 })
})

test('a public key is one whatever its file looks like; a private one is none', async () => {
  const { directory, key, foreign } = await openLog(1)
  expect(parsePublicKey(`comment\r\n${key.public_key.replaceAll('\n', '\r\n')}\r\n`)).toBe(key.public_key)
  expect(isSameKey(key.public_key.trim(), key.public_key)).toBe(true)
  expect(isSameKey(key.public_key, foreign)).toBe(false)
  expect(isSameKey('', '')).toBe(false)
  const file = join(directory, 'key')
  for (const text of ['', 'hello', readFileSync(file, 'utf8'), key.public_key.replace('MCowB', 'MCowA')]) {
    writeFileSync(file, text)
    expect(parsePublicKey(text)).toBeNull()
  }
})
