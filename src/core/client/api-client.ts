import { Agent, request } from 'undici'
import { PrintMasterError } from '../model/error.ts'
import type { Secret } from '../model/secret.ts'
import { quoteText } from '../targets/quote-text.ts'
import { describeFailure } from './describe-failure.ts'
import { parseAnswer, readRefusal, refusalOf } from './read-refusal.ts'
import { apiBase, judgeServerUrl, type ServerUrlFault, showServerUrl } from './server-url.ts'

const CONNECT_TIMEOUT = 10_000
const ANSWER_TIMEOUT = 30_000
const LARGEST_ANSWER = 16 * 1024 * 1024
const WORDS = { connect_ms: CONNECT_TIMEOUT, answer_ms: ANSWER_TIMEOUT, ca: '--ca FILE' }

export interface ApiClient {
  /**
   * @param path below /api/v1, for example `/tokens`; parts of it are escaped by the caller
   * @returns the JSON of a 2xx answer; null when it is empty
   * @throws PrintMasterError server_unreachable; server_refused with the server's own words, its cause a Refusal
   */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

export interface ApiClientOptions {
  /** `https://printers.example`, with a path where the server is below one. */
  readonly url: string
  readonly token: Secret
  /** PEM text of a private authority; null for those that the system knows. */
  readonly ca: string | null
  readonly allow_plaintext: boolean
}

/**
 * A client of one server. The token goes to that server alone: redirects are answers like any other.
 * @throws PrintMasterError bad_flag for an URL that is none, or plain HTTP beyond loopback
 */
export function createApiClient({ url, token, ca, allow_plaintext }: ApiClientOptions): ApiClient {
  const base = judgeServerUrl(url, allow_plaintext)
  if (typeof base === 'string') throw new PrintMasterError('bad_flag', `--server: ${URL_FAULTS[base](url)}`)
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT, ...(ca !== null && { ca }) },
    headersTimeout: ANSWER_TIMEOUT,
    bodyTimeout: ANSWER_TIMEOUT,
    maxResponseSize: LARGEST_ANSWER,
  })
  return {
    async send(method, path, body) {
      let status: number
      let text: string
      try {
        const answer = await request(apiBase(base) + path, {
          dispatcher,
          method,
          headers: {
            authorization: `Bearer ${token.reveal()}`,
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        status = answer.statusCode
        text = await answer.body.text()
      } catch (error) {
        throw new PrintMasterError(
          'server_unreachable',
          `cannot reach ${base.origin}: ${describeFailure(error, WORDS)}`,
          {
            cause: error,
          },
        )
      }
      const parsed = parseAnswer(text)
      if (status >= 200 && status < 300 && parsed !== undefined) return parsed
      const refusal = readRefusal(status, parsed)
      throw new PrintMasterError('server_refused', `${base.origin}: ${refusal.message}`, { cause: refusal })
    },
    close: () => dispatcher.destroy(),
  }
}

/** Why a request of such a client failed, without the URL: for places that show it already. */
export function wordFailure(error: unknown): string {
  if (error instanceof PrintMasterError && error.code === 'server_unreachable')
    return describeFailure(error.cause, WORDS)
  return refusalOf(error)?.message ?? (error instanceof Error ? error.message : String(error))
}

const URL_FAULTS: Readonly<Record<ServerUrlFault, (text: string) => string>> = {
  no_url: (text) =>
    `${quoteText(showServerUrl(text))} is no URL of a server; write for example https://printers.example:9090`,
  has_credentials: () => 'the URL holds a name or a password; the token comes from a file or the environment',
  has_query: (text) => `${quoteText(showServerUrl(text))}: leave out what follows ? or #`,
  plaintext: (text) => `${quoteText(text)}: the token could be read on the way; use https://, or add --allow-plaintext`,
}
