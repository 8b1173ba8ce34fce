import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { request } from 'undici'
import type { Secret } from '../model/secret.ts'
import { describeFailure } from './describe-failure.ts'
import { parseAnswer, type Refusal, readRefusal } from './read-refusal.ts'
import { readRetryAfter } from './retry-after.ts'
import { createServerDispatcher, type DispatcherOptions } from './server-dispatcher.ts'
import { apiBase } from './server-url.ts'

/** How long one request may take, in milliseconds of this machine. */
export interface AgentClientTimes {
  readonly connect_ms: number
  /** From the first byte sent to the last received, for small bodies. */
  readonly small_ms: number
  /** The same for batches: the server gives them two minutes to arrive. */
  readonly batch_ms: number
}

export const AGENT_CLIENT_TIMES: AgentClientTimes = { connect_ms: 10_000, small_ms: 30_000, batch_ms: 150_000 }

/** A refused batch names its items, each with what is wrong. */
const LARGEST_ANSWER = 4 * 1024 * 1024

export type AgentClientOptions = Pick<DispatcherOptions, 'url' | 'tls' | 'proxy'> & {
  readonly times?: AgentClientTimes
}

export type AgentAnswer<T> =
  | { readonly kind: 'ok'; readonly body: T }
  /** Any other answer, also a 2xx whose body is not what it should be. */
  | (Refusal & { readonly kind: 'refused'; readonly retry_after_ms: number | null })
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface AgentRequest<S extends TSchema> {
  /** Below /api/v1. */
  readonly path: string
  readonly token: Secret
  /** What the answer has to be; whatever else is in it does not matter where the schema is open. */
  readonly schema: S
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly size: 'small' | 'batch'
}

export interface AgentClient {
  /** Never rejects. Redirects are not followed: they would take the token elsewhere. */
  post<S extends TSchema>(call: AgentRequest<S>, signal: AbortSignal): Promise<AgentAnswer<Static<S>>>
  /** Lets what is under way come to its end. */
  close(): Promise<void>
  destroy(): Promise<void>
}

/** @throws Error for a certificate, key or proxy that cannot be used */
export function createAgentClient({ times = AGENT_CLIENT_TIMES, ...options }: AgentClientOptions): AgentClient {
  const { connect_ms } = times
  const dispatcher = createServerDispatcher({ ...options, connect_ms, largest_answer: LARGEST_ANSWER })
  const base = apiBase(options.url)
  return {
    async post({ path, token, schema, body, headers, size }, signal) {
      const limit = size === 'batch' ? times.batch_ms : times.small_ms
      const deadline = startDeadline(limit, signal)
      try {
        const answer = await request(base + path, {
          dispatcher,
          method: 'POST',
          headers: {
            authorization: `Bearer ${token.reveal()}`,
            accept: 'application/json',
            'content-type': 'application/json',
            ...headers,
          },
          body,
          headersTimeout: limit,
          bodyTimeout: limit,
          signal: deadline.signal,
        })
        const parsed = parseAnswer(await answer.body.text())
        const isGood = answer.statusCode >= 200 && answer.statusCode < 300
        if (isGood && validatorOf(schema).Check(parsed)) return { kind: 'ok', body: parsed as Static<typeof schema> }
        const retry_after_ms = readRetryAfter(answer.headers)
        return { kind: 'refused', ...readRefusal(answer.statusCode, parsed), retry_after_ms }
      } catch (error) {
        if (deadline.isOver()) return { kind: 'unreachable', reason: `no answer within ${limit / 1000} s` }
        const reason = describeFailure(error, { connect_ms, answer_ms: limit, ca: '[server] ca' })
        return { kind: 'unreachable', reason }
      } finally {
        deadline.clear()
      }
    },
    close: () => dispatcher.close(),
    destroy: () => dispatcher.destroy(),
  }
}

const validators = new WeakMap<object, Validator>()

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema) ?? (Compile(schema) as Validator)
  validators.set(schema, known)
  return known
}

/** Ends a request whose answer drips in, byte by byte, for ever. */
function startDeadline(milliseconds: number, outer: AbortSignal) {
  const controller = new AbortController()
  let isOver = false
  const abort = () => controller.abort()
  const timer = setTimeout(() => {
    isOver = true
    abort()
  }, milliseconds)
  if (outer.aborted) abort()
  outer.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    isOver: () => isOver,
    clear() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}
