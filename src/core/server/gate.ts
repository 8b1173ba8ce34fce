import type { FastifyRequest } from 'fastify'
import { ApiError } from '../protocol/api-error.ts'
import type { Scope } from '../protocol/tokens.ts'
import type { Principal } from './auth/door.ts'
import { READ_ENCODINGS } from './ingest/unpack.ts'
import { MAX_PENDING_BATCHES, MAX_PENDING_BYTES, MAX_URL_LENGTH } from './limits/http-limits.ts'
import { findTicket } from './live/tickets.ts'
import { refuseOverload } from './read-body.ts'
import { recordAccess, recordMismatch, recordRefusal } from './record-access.ts'
import { isLocalPeer } from './remote-address.ts'
import type { Services } from './services.ts'

/** Which methods a path takes; empty for a path that is none. */
export type FindMethods = (path: string) => readonly string[]

const ENCODINGS = new Set([...READ_ENCODINGS.split(', '), 'x-gzip', ''])

/**
 * Looks at a request before its body is read: who is asking, and whether there is room.
 * @throws ApiError
 */
export async function passGate(request: FastifyRequest, services: Services, findMethods: FindMethods): Promise<void> {
  checkForm(request, services)
  const { scope, localIsOpen, batch } = request.routeOptions.config
  if (scope === null || (localIsOpen && isLocalPeer(request, services.options.listen))) return
  const principal =
    readTicket(request) === null
      ? await authenticate(request, readToken(request), services, scope === 'enrolment')
      : await redeemTicket(request, services)
  checkRate(principal, services)
  if (scope === undefined) throw refusePath(request, findMethods)
  await checkScope(request, principal, scope, services)
  if (principal.agent_id === null) return
  await checkAgent(request, principal.agent_id, services)
  checkEncoding(request)
  if (batch !== undefined) checkRoom(services)
}

/** The same for a path that cannot be read: only who has a token is told so. @throws ApiError */
export async function passUnreadable(request: FastifyRequest, services: Services): Promise<void> {
  checkForm(request, services)
  checkRate(await authenticate(request, readToken(request), services, false), services)
}

/** Asks again once the body is there: it may have been long on its way. @throws ApiError */
export async function passAgain(request: FastifyRequest, services: Services): Promise<void> {
  // a ticket is good once
  if (request.principal === null || readTicket(request) !== null) return
  await authenticate(request, readToken(request), services, request.routeOptions.config.scope === 'enrolment')
}

/**
 * The principal of a token, kept with the request. Refused tokens are counted by address; a good one never is.
 * @throws ApiError token_unknown, token_expired, token_revoked, too_many_attempts
 */
export async function authenticate(
  request: FastifyRequest,
  token: string,
  services: Services,
  enrolling: boolean,
): Promise<Principal> {
  try {
    request.principal = await services.door.open(token, enrolling)
    return request.principal
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw countRefusal(request, error, services)
  }
}

/** A ticket stands for the token that it was given for. @throws ApiError token_unknown, token_revoked, too_many_attempts */
async function redeemTicket(request: FastifyRequest, services: Services): Promise<Principal> {
  try {
    request.principal = await services.tickets.redeem(readTicket(request) as string)
    return request.principal
  } catch (error) {
    throw error instanceof ApiError ? countRefusal(request, error, services) : error
  }
}

/** Of a browser that asks for a socket; null for everybody who can send a token. */
function readTicket({ headers, routeOptions }: FastifyRequest): string | null {
  if (routeOptions.config.takesTicket !== true || headers.authorization !== undefined) return null
  return findTicket(headers['sec-websocket-protocol'])
}

/** What a refused token is answered with: the refusal, or after too many of them how long to wait. */
export function countRefusal(request: FastifyRequest, refusal: ApiError, services: Services): ApiError {
  const { attempts, client, log, instruments } = services
  instruments.refusedTokens.inc()
  const over = attempts.count(request.remote_address)
  if (over === null) return refusal
  if (over.begins) {
    log.warn({ address: request.remote_address }, 'too many refused tokens from this address')
    const blocked = { action: 'auth_blocked', resource_type: 'address', resource_id: request.remote_address }
    recordAccess(client.store, request, { ...blocked, outcome: 'denied' }).catch((error: Error) => {
      log.error({ reason: error.message }, 'auth_blocked could not be recorded')
    })
  }
  return new ApiError('too_many_attempts', `too many refused tokens from this address; wait ${over.wait} s`, {
    retry_after_seconds: over.wait,
  })
}

function checkForm(request: FastifyRequest, { closing }: Services): void {
  if (closing) throw new ApiError('shutting_down', 'the server is about to stop; try again in a moment')
  if (request.raw.url !== undefined && request.raw.url.length > MAX_URL_LENGTH) {
    throw new ApiError('uri_too_long', `the path and the query have more than ${MAX_URL_LENGTH} characters`)
  }
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
    throw new ApiError('invalid_request', 'the Host header is missing')
  }
  const once = request.raw.rawHeaders
    .filter((_, i) => i % 2 === 0)
    .map((name) => name.toLowerCase())
    .filter((name) => name === 'authorization' || name === 'host')
  if (new Set(once).size < once.length) {
    throw new ApiError('invalid_request', 'the Authorization or the Host header is there more than once')
  }
}

function readToken(request: FastifyRequest): string {
  const match = /^bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')
  if (match === null) throw new ApiError('token_missing', 'send the header Authorization: Bearer TOKEN')
  return match[1] as string
}

function refusePath(request: FastifyRequest, findMethods: FindMethods): ApiError {
  const methods = findMethods((request.raw.url ?? '').split('?', 1)[0] as string)
  if (methods.length === 0) return new ApiError('not_found', 'no such route')
  const allow = methods.join(', ')
  return new ApiError('method_not_allowed', `this path takes ${allow}`, { allow })
}

async function checkScope(
  request: FastifyRequest,
  { scope, token_id }: Principal,
  needed: Scope,
  { refusals, client }: Services,
): Promise<void> {
  if (scope === needed || (scope === 'admin' && needed === 'viewer')) return
  const { refused } = request.routeOptions.config
  const recorded = refused && refusals.take(token_id)
  if (recorded) await recordRefusal(client.store, request, refused, { scope, needed, ...recorded })
  throw new ApiError('scope_insufficient', `this wants a token of scope ${needed}`, { needed })
}

/**
 * Takes a request from what its agent, or the token of people, may make.
 * @param more what it is worth beyond one, once that was taken
 * @throws ApiError rate_limited
 */
export function checkRate(principal: Principal, { requestRate }: Pick<Services, 'requestRate'>, more?: number): void {
  const wait = requestRate.take(principal, more)
  if (wait !== null) throw refuseRate(`too many requests ${describeWho(principal)}`, wait)
}

/** @param wait whole seconds */
export function refuseRate(problem: string, wait: number): ApiError {
  return new ApiError('rate_limited', `${problem}; wait ${wait} s`, { retry_after_seconds: wait })
}

const describeWho = ({ agent_id }: Principal) => (agent_id === null ? 'with this token' : 'of this agent')

async function checkAgent(request: FastifyRequest, agent_id: string, services: Services): Promise<void> {
  const claimed = request.headers['x-agent-id']
  if (claimed === undefined || claimed === agent_id) return
  await recordMismatch(services.client.store, request, String(claimed))
  throw new ApiError('agent_mismatch', 'X-Agent-ID is not the agent of the token')
}

function checkEncoding(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (ENCODINGS.has(encoding)) return
  throw new ApiError('unsupported_encoding', `this Content-Encoding is not read; use one of ${READ_ENCODINGS}`)
}

function checkRoom({ client, bodies }: Services): void {
  const { batches, bytes } = client.pending()
  if (batches <= MAX_PENDING_BATCHES && bytes + bodies.bytes <= MAX_PENDING_BYTES) return
  throw refuseOverload()
}
