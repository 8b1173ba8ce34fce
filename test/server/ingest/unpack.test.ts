import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkDigest, unpack } from '../../../src/core/server/ingest/unpack.ts'

const text = Buffer.from(JSON.stringify({ metrics: Array.from({ length: 100 }, (_, i) => ({ serial: `PM${i}` })) }))

describe('unpack', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', text],
    [null, text],
  ])('reads %s', (encoding, body) => {
    expect(Buffer.from(unpack(body, encoding)).equals(text)).toBe(true)
  })

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity'])('ends a bomb of %s at the limit', (encoding) => {
    const zeros = Buffer.alloc(5_000_000)
    const pack = {
      gzip: gzipSync,
      deflate: deflateSync,
      br: brotliCompressSync,
      zstd: zstdCompressSync,
      identity: (b: Buffer) => b,
    }
    const body = pack[encoding as keyof typeof pack](zeros)
    expect(() => unpack(body, encoding, 1_000_000)).toThrow(
      expect.objectContaining({ code: 'body_too_large', details: { limit: 1_000_000 } }),
    )
    expect(unpack(body, encoding, 5_000_000)).toHaveLength(5_000_000)
  })

  it.each(['gzip', 'deflate', 'br', 'zstd'])('refuses what is no %s', (encoding) => {
    expect(() => unpack(text, encoding)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    const cut = gzipSync(text).subarray(0, 40)
    expect(() => unpack(cut, 'gzip')).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  it.each(['compress', 'gzip, gzip', 'constructor', '__proto__'])(
    'names what it reads when asked for %s',
    (encoding) => {
      expect(() => unpack(text, encoding)).toThrow(expect.objectContaining({ code: 'unsupported_encoding' }))
    },
  )
})

describe('checkDigest', () => {
  const digest = (algorithm: string, body: Buffer) => createHash(algorithm).update(body).digest('base64')

  it('takes what fits, and what it does not know', () => {
    checkDigest(text, null)
    checkDigest(text, `sha-256=:${digest('sha256', text)}:`)
    checkDigest(text, `md5=:AAAA:, sha-512=:${digest('sha512', text)}:`)
  })

  it('refuses what does not fit', () => {
    const other = digest('sha256', Buffer.from('other'))
    expect(() => checkDigest(text, `sha-256=:${other}:`)).toThrow(expect.objectContaining({ code: 'digest_mismatch' }))
  })
})
