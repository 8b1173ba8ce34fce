import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../../src/core/model/secret.ts'
import {
  readArchive,
  readManifest,
  verifyArchive,
  writeArchive,
} from '../../../src/core/retention/archive/archive-file.ts'
import { openS3Place } from '../../../src/core/retention/archive/s3-place.ts'
import { ACCESS_KEY, REGION, startStore } from './s3-store.ts'
import { asPart, collect, DATA, HEAD, makeRows } from './sample-rows.ts'

interface Other {
  bucket?: string
  id?: string
  secret?: string
  prefix?: string
}

async function openPlace(endpoint: string, more: Other = {}) {
  const place = await openS3Place({
    kind: 's3',
    bucket: more.bucket ?? 'printers',
    prefix: more.prefix ?? 'site/one',
    endpoint,
    region: REGION,
    access_key: { id: more.id ?? ACCESS_KEY.id, secret: new Secret(more.secret ?? ACCESS_KEY.secret) },
  })
  onTestFinished(() => place.close())
  return place
}

/** Names of the objects in the store. */
const listObjects = (directory: string) =>
  readdirSync(join(directory, 'printers'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('._S3rver_object'))
    .map((name) => name.slice(0, -'._S3rver_object'.length))
    .sort()

test('written, read back and written again', async () => {
  const { endpoint, directory } = await startStore()
  const place = await openPlace(endpoint)
  const rows = makeRows(5000)
  const manifest = await writeArchive(place, HEAD, asPart(rows))
  expect(manifest).toMatchObject({ rows: 5000, data: DATA })
  expect(await collect(readArchive(place, manifest))).toEqual(rows)
  expect(await readManifest(place, DATA)).toEqual(manifest)
  expect(listObjects(directory)).toEqual([`site/one/${DATA}`, `site/one/${DATA}.manifest.json`])
  const again = await writeArchive(place, HEAD, asPart(rows.slice(0, 10)))
  expect(await collect(readArchive(place, again))).toHaveLength(10)
})

test('a prefix of any letters is signed as it is sent', async () => {
  const { endpoint } = await startStore()
  const place = await openPlace(endpoint, { prefix: 'Büro 1/a+b (c)' })
  const rows = makeRows(10)
  const manifest = await writeArchive(place, HEAD, asPart(rows))
  expect(await collect(readArchive(place, manifest))).toEqual(rows)
  expect(await readManifest(place, DATA)).toEqual(manifest)
})

test('an object that was changed is found', async () => {
  const { endpoint, directory } = await startStore()
  const place = await openPlace(endpoint)
  const manifest = await writeArchive(place, HEAD, asPart(makeRows(1000)))
  const file = join(directory, 'printers', `site/one/${DATA}._S3rver_object`)
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  writeFileSync(file, bytes)
  await expect(verifyArchive(place, manifest)).rejects.toMatchObject({ code: 'archive_damaged' })
})

test.each([
  ['an access key that is not known', { id: 'SOMEBODY' }, 'the access key is not known there'],
  ['a secret that is not the one', { secret: 'another-secret' }, 'the secret does not fit the access key'],
  ['a bucket that is not there', { bucket: 'nobody' }, 'there is no such bucket'],
] as const)('%s is told in a sentence, without the secret', async (_name, more: Other, sentence) => {
  const { endpoint } = await startStore()
  const place = await openPlace(endpoint, more)
  const error = await writeArchive(place, HEAD, asPart(makeRows(10))).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'archive_failed', message: expect.stringContaining(sentence) })
  expect(String((error as Error).message)).not.toContain(more.secret ?? ACCESS_KEY.secret)
})

test('a store that is down is told', async () => {
  const probe = createServer()
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as { port: number }
  await new Promise((done) => probe.close(done))
  const place = await openPlace(`http://127.0.0.1:${port}`)
  await expect(writeArchive(place, HEAD, asPart(makeRows(10)))).rejects.toMatchObject({
    code: 'archive_failed',
    message: expect.stringContaining('nothing listens there'),
  })
})
