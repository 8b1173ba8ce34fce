import { request } from 'undici'
import type { Secret } from '../model/secret.ts'
import { describeFailure } from './describe-failure.ts'
import { parseAnswer, readRefusal } from './read-refusal.ts'
import { createServerDispatcher, type DispatcherOptions } from './server-dispatcher.ts'
import { apiBase } from './server-url.ts'

const TIMEOUT = 5000
const LARGEST_ANSWER = 1024 * 1024

/** Why an agent could not use a server as config has it. */
export interface ServerTrouble {
  /** One sentence. */
  readonly problem: string
  /** The server is well and refuses the token, for this; null for all other trouble. */
  readonly refusal: 'token_unknown' | 'token_expired' | 'token_revoked' | 'scope_insufficient' | null
}

export interface TriedToken {
  /** What it is called: `the token of this agent`. */
  readonly name: string
  readonly token: Secret
}

const REFUSALS = ['token_unknown', 'token_expired', 'token_revoked'] as const

/**
 * Asks a server how it is, on the way that an agent takes and without changing anything there, five seconds at most a
 * question. Neither an agent's token nor one to register with opens anything that is only read: a refusal for its scope
 * shows that the server knows it, and no use of it is spent.
 * @param tried null to ask nothing about a token
 * @returns null when nothing is wrong
 */
export async function tryServer(
  { url, tls, proxy }: Pick<DispatcherOptions, 'url' | 'tls' | 'proxy'>,
  tried: TriedToken | null,
): Promise<ServerTrouble | null> {
  const tell = (what: string, refusal: ServerTrouble['refusal'] = null): ServerTrouble => ({
    problem: `[server] ${url.href}: ${what}`,
    refusal,
  })
  let dispatcher: ReturnType<typeof createServerDispatcher>
  try {
    dispatcher = createServerDispatcher({ url, tls, proxy, connect_ms: TIMEOUT, largest_answer: LARGEST_ANSWER })
  } catch (error) {
    return tell(describeFailure(error, { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: 'ca' }))
  }
  const ask = async (target: string, headers: Record<string, string>) => {
    const { statusCode, body } = await request(target, { dispatcher, headers, signal: AbortSignal.timeout(TIMEOUT) })
    return { status: statusCode, answer: parseAnswer(await body.text()) }
  }
  try {
    const health = await ask(apiBase(url).replace(/\/api\/v1$/, '/healthz'), {})
    const { status } = (health.answer ?? {}) as { status?: unknown }
    if (typeof status !== 'string') return tell(readRefusal(health.status, health.answer).message)
    if (health.status !== 200) return tell(`it answers that it does not work (${health.status})`)
    if (tried === null) return null
    const headers = { authorization: `Bearer ${tried.token.reveal()}` }
    const list = await ask(`${apiBase(url)}/agents/list?limit=1`, headers)
    if (list.status === 200) return tell(`${tried.name} is one to look with, not an agent's`, 'scope_insufficient')
    const { code, message } = readRefusal(list.status, list.answer)
    if (code === 'scope_insufficient') return null
    return tell(`${tried.name}: ${message}`, REFUSALS.find((known) => known === code) ?? null)
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return tell(`no answer within ${TIMEOUT / 1000} s`)
    return tell(describeFailure(error, { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: '[server] ca' }))
  } finally {
    await dispatcher.destroy()
  }
}
