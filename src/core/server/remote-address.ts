import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../model/is-loopback.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * Where a request came from: the address of the connection, or what a trusted proxy says. An IPv4-mapped address is given
 * as IPv4 (RFC 4291, section 2.5.5.2).
 */
export function readRemoteAddress(request: FastifyRequest): string {
  const peer = request.raw.socket.remoteAddress ?? 'unknown'
  const said = plain(request.ip ?? peer)
  return isIP(said) === 0 ? plain(peer) : said
}

const SAID_BY_PROXIES = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']
const LOOPBACK_HOST = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)(:\d+)?$/i

/**
 * True for a peer on this machine that speaks for itself and for nobody behind it: a proxy passes on the name that it was
 * asked for, and so does a browser that a foreign name was led here.
 */
export function isLocalPeer(
  { raw: { headers, socket } }: FastifyRequest,
  { trusted_proxies }: ServerOptions['listen'],
): boolean {
  return (
    trusted_proxies.length === 0 &&
    isLoopback(socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(headers.host ?? '') &&
    !SAID_BY_PROXIES.some((name) => name in headers)
  )
}

function plain(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
