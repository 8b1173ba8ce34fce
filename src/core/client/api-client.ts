import { Agent, request } from 'undici'
import { PrintMasterError } from '../model/error.ts'
import { isLoopback } from '../model/is-loopback.ts'
import type { Secret } from '../model/secret.ts'
import { cleanText } from '../output/clean-text.ts'
import { quoteText } from '../targets/quote-text.ts'

const CONNECT_TIMEOUT = 10_000
const ANSWER_TIMEOUT = 30_000
const LARGEST_ANSWER = 16 * 1024 * 1024

export interface ApiClient {
  /**
   * @param path below /api/v1, for example `/tokens`; parts of it are escaped by the caller
   * @returns the JSON of a 2xx answer; null when it is empty
   * @throws PrintMasterError server_unreachable, server_refused with the server's own words
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
  const base = readServerUrl(url, allow_plaintext)
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT, ...(ca !== null && { ca }) },
    headersTimeout: ANSWER_TIMEOUT,
    bodyTimeout: ANSWER_TIMEOUT,
    maxResponseSize: LARGEST_ANSWER,
  })
  return {
    async send(method, path, body) {
      const target = `${base.origin}${base.pathname.replace(/\/+$/, '')}/api/v1${path}`
      let status: number
      let text: string
      try {
        const answer = await request(target, {
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
        throw new PrintMasterError('server_unreachable', `cannot reach ${base.origin}: ${describeFailure(error)}`, {
          cause: error,
        })
      }
      const parsed = parseJson(text)
      if (status >= 200 && status < 300 && parsed !== undefined) return parsed
      throw new PrintMasterError('server_refused', `${base.origin}: ${describeRefusal(status, parsed)}`)
    },
    close: () => dispatcher.destroy(),
  }
}

/** @throws PrintMasterError bad_flag */
function readServerUrl(text: string, allow_plaintext: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw refuseUrl(`${quoteText(text)} is no URL of a server; write for example https://printers.example:9090`)
  }
  if (url.username !== '' || url.password !== '') {
    throw refuseUrl('the URL holds a name or a password; the token comes from a file or the environment')
  }
  if (url.search !== '' || url.hash !== '') throw refuseUrl(`${quoteText(text)}: leave out what follows ? or #`)
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allow_plaintext) {
    throw refuseUrl(
      `${quoteText(text)}: the admin token could be read on the way; use https://, or add --allow-plaintext`,
    )
  }
  return url
}

function refuseUrl(problem: string): PrintMasterError {
  return new PrintMasterError('bad_flag', `--server: ${problem}`)
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name service does not answer',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that machine',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: `no connection within ${CONNECT_TIMEOUT / 1000} s`,
  UND_ERR_HEADERS_TIMEOUT: `no answer within ${ANSWER_TIMEOUT / 1000} s`,
  UND_ERR_BODY_TIMEOUT: `no answer within ${ANSWER_TIMEOUT / 1000} s`,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is too large',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name its authority with --ca FILE',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not known; name it with --ca FILE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not known; name it with --ca FILE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known; name it with --ca FILE',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it http://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS; is it http://?',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP; is it https://?',
}

function describeFailure(error: unknown): string {
  const found = error instanceof AggregateError ? error.errors[0] : error
  const code = found instanceof Error && 'code' in found ? String(found.code) : ''
  return FAILURES[code] ?? (code || cleanText(found instanceof Error ? found.message : String(found)))
}

function describeRefusal(status: number, answer: unknown): string {
  const { error } = (typeof answer === 'object' && answer !== null ? answer : {}) as { error?: unknown }
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  if (typeof message === 'string') return `${cleanText(message)} (${cleanText(String(code))})`
  return `it answers ${status}, but not as a PrintMaster server does`
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}
