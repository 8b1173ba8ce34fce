import { createHmac } from 'node:crypto'
import type { Secret } from '../../model/secret.ts'

/**
 * `t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY`. Whoever checks it compares in constant time and refuses what is
 * older than a few minutes.
 * @param seconds since 1970
 */
export function signBody(body: string, secret: Secret, seconds: number): string {
  const mac = createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${mac}`
}
