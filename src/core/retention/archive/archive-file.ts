import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { PrintMasterError } from '../../model/error.ts'
import type { ArchivedRow } from '../../store/retention.ts'
import { type Manifest, manifestName, parseManifest } from './manifest.ts'
import type { ArchivePlace } from './place.ts'
import { formatRow, parseRow } from './row-lines.ts'

/** What is known of an archive before its first row. */
export interface ArchiveHead {
  readonly archive_id: string
  readonly store_id: string
  readonly schema_version: number
  readonly source: string
  /** Milliseconds. */
  readonly created_at: number
}

/** Rows, and what turns out with the last of them. */
export interface ArchiveRows {
  readonly rows: AsyncIterable<ArchivedRow>
  /** Milliseconds; asked for behind the last row. */
  span(): { readonly first_at: number | null; readonly last_at: number | null }
}

const CHUNK = 65_536
const LONGEST_LINE = 16 * 1024 * 1024

const utc = (time: number | null) => (time === null ? null : new Date(time).toISOString())

/**
 * Writes rows as NDJSON, compressed (zstd), then reads all of it back from where it lies now, and only then says what is
 * there. What an attempt of before left under the same name is replaced.
 * @throws PrintMasterError archive_failed, archive_damaged
 */
export async function writeArchive(
  place: ArchivePlace,
  head: ArchiveHead,
  { rows, span }: ArchiveRows,
): Promise<Manifest> {
  const { archive_id, source, created_at } = head
  const day = (utc(created_at) as string).slice(0, 10)
  const data = `${source}/${day.slice(0, 4)}/${day.slice(5, 7)}/${archive_id}.ndjson.zst`
  const content = createHash('sha256')
  const file = createHash('sha256')
  let [count, bytes] = [0, 0]
  const lines = async function* () {
    let text = ''
    for await (const row of rows) {
      text += formatRow(row)
      count += 1
      if (text.length < CHUNK) continue
      content.update(text)
      yield text
      text = ''
    }
    content.update(text)
    yield text
  }
  const packed = createZstdCompress()
  const source_stream = Readable.from(lines())
  const piped = new Promise<void>((done, fail) =>
    pipeline(source_stream, packed, (error) => (error ? fail(error) : done())),
  )
  piped.catch(() => undefined)
  const counted = async function* () {
    for await (const chunk of packed as AsyncIterable<Uint8Array>) {
      file.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    await piped
  }
  await place.write(data, counted())
  const { first_at, last_at } = span()
  const manifest: Manifest = {
    format: 1,
    ...head,
    data,
    rows: count,
    bytes,
    sha256: file.digest('hex'),
    content_sha256: content.digest('hex'),
    first_at: utc(first_at),
    last_at: utc(last_at),
    created_at: utc(created_at),
  }
  await verifyArchive(place, manifest)
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await place.write(manifestName(data), Readable.from([text]) as AsyncIterable<Uint8Array>)
  return manifest
}

/** Reads a file of rows to its end. @throws PrintMasterError archive_failed, archive_damaged */
export async function verifyArchive(place: ArchivePlace, manifest: Manifest): Promise<void> {
  for await (const _row of readRows(place, manifest));
}

/**
 * The rows of an archive, after one reading of it from end to end has shown that it is whole.
 * @throws PrintMasterError archive_failed, archive_damaged
 */
export async function* readArchive(place: ArchivePlace, manifest: Manifest): AsyncGenerator<ArchivedRow> {
  await verifyArchive(place, manifest)
  yield* readRows(place, manifest)
}

/** Throws behind the last row where the file is not what the manifest says. */
async function* readRows(place: ArchivePlace, manifest: Manifest): AsyncGenerator<ArchivedRow> {
  const { data } = manifest
  const where = `${data} at ${place.describe()}`
  const damaged = (what: string, cause?: unknown) =>
    new PrintMasterError(
      'archive_damaged',
      `${where} ${what}: it was changed or is damaged; nothing is deleted for it`,
      {
        cause,
      },
    )
  const file = createHash('sha256')
  const content = createHash('sha256')
  let [rows, bytes] = [0, 0]
  const raw = async function* () {
    for await (const chunk of place.read(data)) {
      file.update(chunk)
      bytes += chunk.length
      if (bytes > manifest.bytes) throw damaged('is longer than its manifest says')
      yield chunk
    }
  }
  const plain = createZstdDecompress()
  const source = Readable.from(raw())
  let failure: Error | null = null
  pipeline(source, plain, (error) => {
    failure = error ?? null
  })
  try {
    let open = ''
    const text = new TextDecoder('utf-8', { fatal: true })
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      content.update(chunk)
      const lines = (open + text.decode(chunk, { stream: true })).split('\n')
      open = lines.pop() as string
      if (open.length > LONGEST_LINE) throw damaged('has a line that is too long')
      for (const line of lines) {
        rows += 1
        if (rows > manifest.rows) throw damaged('has more rows than its manifest says')
        yield parseRow(line, where)
      }
    }
    if (failure !== null) throw failure
    if (open !== '') throw damaged('ends within a row')
  } catch (error) {
    const cause = failure ?? error
    throw cause instanceof PrintMasterError ? cause : damaged('cannot be unpacked', cause)
  } finally {
    source.destroy()
    plain.destroy()
  }
  if (rows !== manifest.rows) throw damaged(`has ${rows} rows, and its manifest says ${manifest.rows}`)
  if (bytes !== manifest.bytes || file.digest('hex') !== manifest.sha256) throw damaged('does not fit its SHA-256')
  if (content.digest('hex') !== manifest.content_sha256) throw damaged('does not fit the SHA-256 of its content')
}

/** @throws PrintMasterError archive_failed, archive_damaged */
export async function readManifest(place: ArchivePlace, data: string): Promise<Manifest> {
  const name = manifestName(data)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of place.read(name)) {
    parts.push(chunk)
    size += chunk.length
    if (size > 65_536) break
  }
  const where = `${name} at ${place.describe()}`
  const manifest = parseManifest(Buffer.concat(parts), where)
  if (manifest.data === data && data.startsWith(`${manifest.source}/`)) return manifest
  throw new PrintMasterError('archive_damaged', `${where} is the manifest of another file`)
}

/**
 * The manifest of an archive, if it is the one that was recorded when it was written.
 * @throws PrintMasterError archive_failed, archive_damaged
 */
export async function readRecorded(
  place: ArchivePlace,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
): Promise<Manifest> {
  const manifest = await readManifest(place, name)
  if (manifest.sha256 === sha256) return manifest
  throw new PrintMasterError(
    'archive_damaged',
    `${name} at ${place.describe()}: its manifest is not the one that was written`,
  )
}
