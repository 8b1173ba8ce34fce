import type { RouteShorthandOptions } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import { API_ERRORS, type ApiErrorCode, ErrorAnswerSchema } from '../protocol/api-error.ts'
import type { Scope } from '../protocol/tokens.ts'
import type { Principal } from './auth/door.ts'
import { MAX_SMALL_BYTES } from './limits/http-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where the route wants a token. */
    principal: Principal | null
    /** Milliseconds since 1970, when its headers were there. */
    received_at: number
    /** At the same moment, by a clock that nobody sets. */
    arrived_at: number
    remote_address: string
  }
  interface FastifyContextConfig extends RouteConfig {}
}

/** What the audit log has of somebody whose token does not open a route. */
export interface RefusedAction {
  readonly action: string
  readonly resource_type: string
  /** The path parameter with the id of the resource. */
  readonly param: string
}

interface RouteConfig {
  /** The scope that opens it; null for everybody. Absent: no route. */
  readonly scope?: Scope | null
  /** Needs no token from this machine itself. */
  readonly localIsOpen?: boolean
  /** A ticket among its subprotocols opens it as well. */
  readonly takesTicket?: boolean
  readonly refused?: RefusedAction
  readonly reads?: boolean
  readonly body_limit?: number
  /** The body goes to the worker as it came; this describes it. */
  readonly batch?: TSchema
}

/** What a route is, for the gate, for the checks and for the OpenAPI page. */
export interface RouteAbout {
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly tag: 'agents' | 'devices' | 'alerts' | 'audit' | 'tokens' | 'server'
  readonly scope: Scope | null
  readonly localIsOpen?: boolean
  readonly takesTicket?: boolean
  /** Refusals for want of scope are audited as this. */
  readonly refused?: RefusedAction
  /** Reads from the database for people: so much of it at one time, and no more. */
  readonly reads?: boolean
  readonly body?: TSchema
  readonly body_limit?: number
  readonly batch?: TSchema
  readonly query?: TSchema
  /** Name of the path parameter. */
  readonly param?: string
  readonly answer: TSchema
  readonly status?: number
  /** The same answer with 503 says that it is not well. */
  readonly failing?: boolean
  /** Beyond what every route of its kind can answer. */
  readonly errors?: readonly ApiErrorCode[]
  readonly hide?: boolean
}

const ALWAYS: readonly ApiErrorCode[] = [
  'invalid_request',
  'request_timeout',
  'uri_too_long',
  'expectation_failed',
  'rate_limited',
  'headers_too_large',
  'internal',
  'shutting_down',
]
const WITH_TOKEN: readonly ApiErrorCode[] = [
  'token_missing',
  'token_unknown',
  'token_expired',
  'token_revoked',
  'scope_insufficient',
  'too_many_attempts',
  'store_unavailable',
]
const WITH_BODY: readonly ApiErrorCode[] = [
  'invalid_json',
  'invalid_body',
  'body_too_large',
  'unsupported_media_type',
  'unsupported_encoding',
]
const OF_AGENTS: readonly ApiErrorCode[] = ['agent_mismatch']

/** The options of a Fastify route. */
export function describeRoute(about: RouteAbout): Required<Pick<RouteShorthandOptions, 'schema' | 'config'>> {
  const { scope, localIsOpen, reads, takesTicket, refused, body, batch, query, param } = about
  const codes = new Set<ApiErrorCode>([
    ...ALWAYS,
    ...(scope === null ? [] : WITH_TOKEN),
    ...(scope === 'agent' ? OF_AGENTS : []),
    ...(reads ? (['overloaded'] as const) : []),
    ...(body !== undefined || batch !== undefined ? WITH_BODY : []),
    ...(query === undefined ? [] : (['invalid_query'] as const)),
    ...(query !== undefined && 'cursor' in ((query as { properties?: object }).properties ?? {})
      ? (['invalid_cursor'] as const)
      : []),
    ...(about.errors ?? []),
  ])
  return {
    config: {
      scope,
      body_limit: about.body_limit ?? MAX_SMALL_BYTES,
      ...(localIsOpen && { localIsOpen }),
      ...(takesTicket && { takesTicket }),
      ...(refused && { refused }),
      ...(reads && { reads }),
      ...(batch !== undefined && { batch }),
    },
    schema: {
      operationId: about.id,
      summary: about.summary,
      description: describeAccess(about),
      tags: [about.tag],
      hide: about.hide ?? false,
      security: scope === null ? [] : [{ token: [] }],
      ...(body !== undefined && { body }),
      ...(query !== undefined && { querystring: query }),
      ...(param !== undefined && { params: Type.Object({ [param]: Type.String() }) }),
      response: {
        [about.status ?? 200]: about.answer,
        ...describeErrors(codes),
        ...(about.failing && describeFailing(about)),
      },
    },
  }
}

function describeAccess({ scope, localIsOpen, description }: RouteAbout): string {
  const tokens: Readonly<Record<Scope, string>> = {
    enrolment: 'Wants an enrolment token.',
    agent: 'Wants an agent token, which decides the agent.',
    viewer: 'Wants a viewer or an admin token.',
    admin: 'Wants an admin token.',
  }
  const access = scope === null ? 'Wants no token in the header.' : tokens[scope]
  return [description, access, localIsOpen ? 'From the machine itself it needs none.' : '']
    .filter((text) => text)
    .join(' ')
}

function describeFailing({ answer }: RouteAbout): Record<number, TSchema> {
  const description = `Not well. \`shutting_down\`: ${API_ERRORS.shutting_down.why}`
  return { 503: { anyOf: [answer, ErrorAnswerSchema], description } as TSchema }
}

function describeErrors(codes: ReadonlySet<ApiErrorCode>): Record<number, TSchema> {
  const byStatus = Map.groupBy(codes, (code) => API_ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, list]) => {
        const description = list.map((code) => `\`${code}\`: ${API_ERRORS[code].why}`).join('\n\n')
        return [status, { ...ErrorAnswerSchema, description }]
      }),
  )
}
