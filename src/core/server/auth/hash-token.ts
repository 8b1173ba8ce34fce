import { createHash } from 'node:crypto'

/** SHA-256 of a token, the only form in which it is kept. 256 random bits need no salt and no slow hash. */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token, 'utf8').digest())
}
