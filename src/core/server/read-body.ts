import type { IncomingMessage } from 'node:http'
import { ApiError } from '../protocol/api-error.ts'
import { isDeeperThan } from './ingest/depth.ts'
import { unpack } from './ingest/unpack.ts'
import { MAX_BODY_DEPTH, MAX_PENDING_BYTES } from './limits/http-limits.ts'

/** Counts the bytes of all bodies that are being read and share it. */
export interface BodyMeter {
  bytes: number
}

export function refuseOverload(): ApiError {
  return new ApiError('overloaded', 'more is waiting to be written than the server takes')
}

/**
 * The bytes of a body, in memory of their own. A client that goes away leaves nothing behind.
 * @throws ApiError body_too_large, invalid_request when it breaks off, overloaded when all of them together are too much
 */
export function readBytes(
  request: IncomingMessage,
  limit: number,
  meter: BodyMeter = { bytes: 0 },
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit))
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let length = 0
    const finish = () => {
      request.off('data', take).off('end', end).off('error', breakOff).off('close', breakOff)
      chunks = []
      meter.bytes -= length
    }
    const take = (chunk: Buffer) => {
      length += chunk.byteLength
      meter.bytes += chunk.byteLength
      const refusal = length > limit ? tooLarge(limit) : meter.bytes > MAX_PENDING_BYTES ? refuseOverload() : null
      if (refusal === null) {
        chunks.push(chunk)
        return
      }
      finish()
      reject(refusal)
    }
    const end = () => {
      const body = new Uint8Array(length)
      let offset = 0
      for (const chunk of chunks) {
        body.set(chunk, offset)
        offset += chunk.byteLength
      }
      finish()
      resolve(body)
    }
    const breakOff = () => {
      finish()
      reject(new ApiError('invalid_request', 'the connection broke off within the body'))
    }
    if (request.destroyed) breakOff()
    else request.on('data', take).on('end', end).on('error', breakOff).on('close', breakOff)
  })
}

/**
 * The JSON of a small body: unpacked by its Content-Encoding (null for none), UTF-8, of bounded depth.
 * @throws ApiError invalid_json, invalid_body, unsupported_encoding, body_too_large, invalid_request
 */
export function parseBody(bytes: Uint8Array, encoding: string | null, limit: number): unknown {
  const value = parseJson(unpack(bytes, encoding, limit))
  if (typeof value === 'object' && value !== null && isDeeperThan(value, MAX_BODY_DEPTH)) {
    throw new ApiError('invalid_body', `the body has more than ${MAX_BODY_DEPTH} levels of arrays and objects`)
  }
  return value
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) throw new ApiError('invalid_json', 'the body is empty')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    // the parser's own message repeats what was sent
    throw new ApiError('invalid_json', error instanceof SyntaxError ? 'the body is not JSON' : 'the body is not UTF-8')
  }
}

function tooLarge(limit: number): ApiError {
  return new ApiError('body_too_large', `the body has more than ${limit} bytes`, { limit })
}
