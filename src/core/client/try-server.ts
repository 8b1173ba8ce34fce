import { request } from 'undici'
import type { Secret } from '../model/secret.ts'
import { describeFailure } from './describe-failure.ts'
import { parseAnswer, readRefusal } from './read-refusal.ts'
import { createServerDispatcher, type DispatcherOptions } from './server-dispatcher.ts'
import { apiBase } from './server-url.ts'

const TIMEOUT = 5000
const LARGEST_ANSWER = 1024 * 1024

/**
 * Asks a server how it is, on the way that an agent takes and without changing anything there, five seconds at most a
 * question. The agent's token may open nothing that is only read, so that a refusal for its scope shows that it is good.
 * @param token the agent's own; null to ask nothing about it
 * @returns what is wrong, in one sentence; null when nothing is
 */
export async function tryServer(
  { url, tls, proxy }: Pick<DispatcherOptions, 'url' | 'tls' | 'proxy'>,
  token: Secret | null,
): Promise<string | null> {
  const where = `[server] ${url.href}`
  let dispatcher: ReturnType<typeof createServerDispatcher>
  try {
    dispatcher = createServerDispatcher({ url, tls, proxy, connect_ms: TIMEOUT, largest_answer: LARGEST_ANSWER })
  } catch (error) {
    return `${where}: ${describeFailure(error, { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: 'ca' })}`
  }
  const ask = async (target: string, headers: Record<string, string>) => {
    const { statusCode, body } = await request(target, { dispatcher, headers, signal: AbortSignal.timeout(TIMEOUT) })
    return { status: statusCode, answer: parseAnswer(await body.text()) }
  }
  try {
    const health = await ask(apiBase(url).replace(/\/api\/v1$/, '/healthz'), {})
    const { status } = (health.answer ?? {}) as { status?: unknown }
    if (typeof status !== 'string') {
      return `${where}: ${readRefusal(health.status, health.answer).message}`
    }
    if (health.status !== 200) return `${where}: it answers that it does not work (${health.status})`
    if (token === null) return null
    const list = await ask(`${apiBase(url)}/agents/list?limit=1`, { authorization: `Bearer ${token.reveal()}` })
    if (list.status === 200) return null
    const refusal = readRefusal(list.status, list.answer)
    return refusal.code === 'scope_insufficient' ? null : `${where}: the token of this agent: ${refusal.message}`
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return `${where}: no answer within ${TIMEOUT / 1000} s`
    return `${where}: ${describeFailure(error, { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: '[server] ca' })}`
  } finally {
    await dispatcher.destroy()
  }
}
