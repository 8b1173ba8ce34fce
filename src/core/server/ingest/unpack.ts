import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { ApiError } from '../../protocol/api-error.ts'

/** Bytes that a batch may have unpacked: 5,000 readings of 12 KiB. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024

/** As the header Accept-Encoding of an answer lists them. */
export const READ_ENCODINGS = 'gzip, zstd, br, deflate, identity'

type Decompress = (packed: Uint8Array, options: { maxOutputLength: number }) => Buffer

const DECODERS: Readonly<Record<string, Decompress>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/**
 * The bytes behind a Content-Encoding (null for none), at most `limit` of them: a bomb ends there.
 * @throws ApiError unsupported_encoding, body_too_large, invalid_request
 */
export function unpack(body: Uint8Array, encoding: string | null, limit: number = MAX_UNPACKED_BYTES): Uint8Array {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') {
    if (body.byteLength > limit) throw tooLarge(limit)
    return body
  }
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined
  if (decode === undefined) {
    throw new ApiError('unsupported_encoding', `this Content-Encoding is not read; use one of ${READ_ENCODINGS}`)
  }
  try {
    return decode(body, { maxOutputLength: limit })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit)
    throw new ApiError('invalid_request', `the body is not what Content-Encoding: ${name} says`)
  }
}

/**
 * Holds the bytes against a Content-Digest header (RFC 9530), as far as it uses sha-256 or sha-512.
 * @throws ApiError digest_mismatch
 */
export function checkDigest(body: Uint8Array, header: string | null): void {
  for (const algorithm of ['sha-256', 'sha-512']) {
    const sent = [...(header ?? '').matchAll(new RegExp(`${algorithm}=:([A-Za-z0-9+/=]*):`, 'g'))]
    if (sent.length === 0) continue
    const found = createHash(algorithm.replace('-', '')).update(body).digest('base64')
    if (sent.some(([, digest]) => digest !== found)) {
      throw new ApiError('digest_mismatch', 'the bytes that arrived do not fit Content-Digest')
    }
  }
}

function tooLarge(limit: number): ApiError {
  return new ApiError('body_too_large', `unpacked, the body has more than ${limit} bytes`, { limit })
}
