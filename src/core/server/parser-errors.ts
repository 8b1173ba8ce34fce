import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from '../protocol/api-error.ts'

const BROKEN = new ApiError('invalid_request', 'this is not HTTP/1.1')
const MEANINGS: Readonly<Record<string, ApiError>> = {
  HPE_HEADER_OVERFLOW: new ApiError('headers_too_large', 'the headers are too large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new ApiError('body_too_large', 'the chunk extensions are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError('request_timeout', 'the request took too long to arrive'),
}

/** Answers what never became a request, in the one shape, and ends the connection. */
export function answerParserError(error: Error & { code?: string }, socket: Socket, answering: boolean): void {
  if (error.code === 'ECONNRESET' || !socket.writable || answering) {
    socket.destroy()
    return
  }
  answerSocket(socket, MEANINGS[error.code ?? ''] ?? BROKEN)
}

/** Nobody gets a tunnel through here. */
export function answerConnect(socket: Socket): void {
  answerSocket(socket, new ApiError('method_not_allowed', 'this server is no proxy'))
}

export function answerSocket(socket: Socket, refusal: ApiError): void {
  const body = JSON.stringify(refusal.toAnswer())
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** An Expect header that nobody can meet (RFC 9110, section 10.1.1). */
export function answerExpectation(response: ServerResponse): void {
  const refusal = new ApiError('expectation_failed', 'only Expect: 100-continue is known')
  const body = JSON.stringify(refusal.toAnswer())
  const type = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }
  response.writeHead(refusal.status, { ...type, connection: 'close' }).end(body)
}
