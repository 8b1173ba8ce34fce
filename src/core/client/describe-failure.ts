import { cleanText } from '../output/clean-text.ts'

/** What the words of a failure depend on. */
export interface FailureContext {
  /** Milliseconds that a connection, or an answer, may take. */
  readonly connect_ms: number
  readonly answer_ms: number
  /** How a private authority is named: `--ca FILE`. */
  readonly ca: string
}

type Words = string | ((context: FailureContext) => string)

const unknownAuthority = ({ ca }: FailureContext) => `the authority of its certificate is not known; name it with ${ca}`
const late = ({ answer_ms }: FailureContext) => `no answer within ${answer_ms / 1000} s`
const noTls = 'it does not speak TLS; is it http://?'
const noClientCertificate = 'it wants a client certificate that it knows'

const FAILURES: Readonly<Record<string, Words>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name service does not answer',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that machine',
  ETIMEDOUT: 'the machine does not answer',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_PRX_CONN: 'the proxy cut the connection',
  ERR_PROXY_TUNNEL: 'the proxy does not let us through',
  ERR_PROXY_INVALID_CONFIG: 'the URL of the proxy cannot be used; write for example http://proxy.example:3128',
  UND_ERR_CONNECT_TIMEOUT: ({ connect_ms }) => `no connection within ${connect_ms / 1000} s`,
  UND_ERR_HEADERS_TIMEOUT: late,
  UND_ERR_BODY_TIMEOUT: late,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is too large',
  DEPTH_ZERO_SELF_SIGNED_CERT: ({ ca }) => `its certificate is signed by itself; name its authority with ${ca}`,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is the clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: noClientCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: noClientCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority of our client certificate',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP; is it https://?',
}

/** Why a request got no answer, in a few words. */
export function describeFailure(error: unknown, context: FailureContext): string {
  const found = error instanceof AggregateError ? error.errors[0] : error
  const code = found instanceof Error && 'code' in found ? String(found.code) : ''
  const words = FAILURES[code]
  if (words !== undefined) return typeof words === 'string' ? words : words(context)
  const tunnel = /Proxy response \((\d{3})\)/.exec(found instanceof Error ? found.message : '')
  if (tunnel !== null) return `the proxy answers ${tunnel[1]}`
  return code || cleanText(found instanceof Error ? found.message : String(found))
}
