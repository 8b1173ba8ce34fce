import { createHash } from 'node:crypto'

/**
 * A UUID that follows from what it stands for: the first half of SHA-256 over the parts, in the layout of version 8
 * (RFC 9562, section 5.8). The lengths are hashed too, so that no two lists of parts are the same text.
 */
export function deriveId(parts: readonly string[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:${part}`)
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes
}

/** The bytes of a UUID in its usual notation. */
export const uuidToBytes = (text: string): Buffer => Buffer.from(text.replaceAll('-', ''), 'hex')

export function uuidToText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
