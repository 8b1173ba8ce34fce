import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PrintMasterError } from '../../../src/core/model/error.ts'
import {
  readArchive,
  readManifest,
  verifyArchive,
  writeArchive,
} from '../../../src/core/retention/archive/archive-file.ts'
import { openDirectoryPlace } from '../../../src/core/retention/archive/directory-place.ts'
import { parseManifest } from '../../../src/core/retention/archive/manifest.ts'
import { formatRow, parseRow } from '../../../src/core/retention/archive/row-lines.ts'
import { asPart, collect, DATA, HEAD, makeDirectory, makeRows } from './sample-rows.ts'

test('what is written is what is read, closed to others', async () => {
  const directory = await makeDirectory()
  const place = openDirectoryPlace(join(directory, 'archive'))
  const rows = makeRows(12_345)
  const manifest = await writeArchive(place, HEAD, asPart(rows))
  expect(await collect(readArchive(place, manifest))).toEqual(rows)
  expect(await readManifest(place, DATA)).toEqual(manifest)
  expect(statSync(join(directory, 'archive', DATA)).mode & 0o777).toBe(0o600)
  expect(statSync(join(directory, 'archive')).mode & 0o777).toBe(0o700)
  expect(
    readdirSync(join(directory, 'archive'), { recursive: true }).filter((name) => String(name).includes('partial')),
  ).toEqual([])
})

test('no rows are an archive as well', async () => {
  const place = openDirectoryPlace(await makeDirectory())
  const manifest = await writeArchive(place, HEAD, asPart([]))
  expect(await collect(readArchive(place, manifest))).toEqual([])
})

test('a change anywhere is found, and no row of it is believed', async () => {
  const directory = await makeDirectory()
  const place = openDirectoryPlace(directory)
  const manifest = await writeArchive(place, HEAD, asPart(makeRows(300)))
  const file = join(directory, DATA)
  const whole = readFileSync(file)
  const missed: number[] = []
  for (let i = 0; i < whole.length; i += 1) {
    const bytes = Buffer.from(whole)
    bytes[i] = (bytes[i] as number) ^ (1 << (i % 8))
    writeFileSync(file, bytes)
    const got: unknown[] = []
    try {
      for await (const row of readArchive(place, manifest)) got.push(row)
      missed.push(i)
    } catch (error) {
      if (!(error instanceof PrintMasterError) || error.code !== 'archive_damaged' || got.length > 0) missed.push(i)
    }
  }
  expect(missed).toEqual([])
  for (const length of [0, 1, whole.length >> 1, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length))
    await expect(verifyArchive(place, manifest)).rejects.toMatchObject({ code: 'archive_damaged' })
  }
  writeFileSync(file, Buffer.concat([whole, whole]))
  await expect(verifyArchive(place, manifest)).rejects.toMatchObject({ code: 'archive_damaged' })
  writeFileSync(file, whole)
  for (const lie of [
    { rows: 299 },
    { rows: 301 },
    { bytes: 1 },
    { sha256: '0'.repeat(64) },
    { content_sha256: '0'.repeat(64) },
  ]) {
    await expect(verifyArchive(place, { ...manifest, ...lie })).rejects.toMatchObject({ code: 'archive_damaged' })
  }
})

test('a manifest that names another file is refused', async () => {
  const directory = await makeDirectory()
  const place = openDirectoryPlace(directory)
  await writeArchive(place, HEAD, asPart(makeRows(3)))
  const other = DATA.replace('0001.ndjson', '0002.ndjson')
  writeFileSync(join(directory, `${other}.manifest.json`), readFileSync(join(directory, `${DATA}.manifest.json`)))
  await expect(readManifest(place, other)).rejects.toMatchObject({ code: 'archive_damaged' })
})

test('where it cannot be written is told, and nothing half-written stays', async () => {
  const directory = await makeDirectory()
  writeFileSync(join(directory, 'file'), '')
  const place = openDirectoryPlace(join(directory, 'file'))
  await expect(writeArchive(place, HEAD, asPart(makeRows(3)))).rejects.toMatchObject({ code: 'archive_failed' })
  const failing = openDirectoryPlace(join(directory, 'good'))
  const rows = (async function* () {
    yield* makeRows(3)
    throw new Error('the database is gone')
  })()
  await expect(writeArchive(failing, HEAD, { rows, span: () => ({ first_at: null, last_at: null }) })).rejects.toThrow(
    'the database is gone',
  )
  expect(
    readdirSync(join(directory, 'good'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile()),
  ).toEqual([])
})

test('strangers as manifests and rows give a sentence, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(() => parseManifest(bytes, 'name')).toThrow(PrintMasterError)
      },
    ),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      try {
        parseRow(line, 'file')
      } catch (error) {
        expect(error).toBeInstanceOf(PrintMasterError)
      }
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.uint8Array())),
      (row) => {
        const plain = Object.fromEntries(Object.entries(row).filter(([name]) => name !== '__proto__'))
        const wanted = Object.fromEntries(
          Object.entries(plain).map(([name, value]) => [
            name,
            value instanceof Uint8Array ? Buffer.from(value) : value,
          ]),
        )
        expect(parseRow(formatRow(plain).slice(0, -1), 'file')).toEqual(wanted)
      },
    ),
  )
})
