import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../model/is-loopback.ts'

/**
 * Where a request came from: the address of the connection, or what a trusted proxy says. An IPv4-mapped address is given
 * as IPv4 (RFC 4291, section 2.5.5.2).
 */
export function readRemoteAddress(request: FastifyRequest): string {
  const peer = request.raw.socket.remoteAddress ?? 'unknown'
  const said = plain(request.ip ?? peer)
  return isIP(said) === 0 ? plain(peer) : said
}

/** True for a peer on this machine that speaks for itself and for nobody behind it. */
export function isLocalPeer(request: FastifyRequest): boolean {
  const { headers, socket } = request.raw
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some(
    (name) => headers[name],
  )
  return !forwarded && isLoopback(socket.remoteAddress ?? '')
}

function plain(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
