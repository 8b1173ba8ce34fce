import { request } from 'undici'
import type { Secret } from '../model/secret.ts'
import { describeFailure } from './describe-failure.ts'
import { createServerDispatcher } from './server-dispatcher.ts'

const TIMEOUT = 10_000
const LARGEST_ANSWER = 64 * 1024
const WORDS = { connect_ms: TIMEOUT, answer_ms: TIMEOUT, ca: 'its key ca' }

export interface WebhookPost {
  readonly url: Secret
  /** PEM text of a private authority; null for those that the system knows. */
  readonly ca: string | null
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * Posts once, within ten seconds in all; redirects are not followed.
 * @returns the status that came, a 2xx
 * @throws Error in a few words; the URL, which may be a secret, is not in them
 */
export async function postWebhook({ url, ca, body, headers, signal }: WebhookPost): Promise<string> {
  const target = new URL(url.reveal())
  const dispatcher = createServerDispatcher({
    url: target,
    tls: { ca, client: null },
    proxy: null,
    connect_ms: TIMEOUT,
    largest_answer: LARGEST_ANSWER,
  })
  const late = AbortSignal.timeout(TIMEOUT)
  let status: number
  try {
    const answer = await request(target, {
      dispatcher,
      method: 'POST',
      headers,
      body,
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
      signal: AbortSignal.any([signal, late]),
    })
    status = answer.statusCode
    await answer.body.dump({ limit: LARGEST_ANSWER })
  } catch (error) {
    if (late.aborted) throw new Error(`no answer within ${TIMEOUT / 1000} s`)
    if (signal.aborted) throw new Error('the server stops')
    throw new Error(describeFailure(error, WORDS))
  } finally {
    await dispatcher.destroy()
  }
  if (status >= 200 && status < 300) return `HTTP ${status}`
  if (status >= 300 && status < 400) throw new Error(`it answers ${status}; redirects are not followed`)
  throw new Error(`it answers ${status}`)
}
