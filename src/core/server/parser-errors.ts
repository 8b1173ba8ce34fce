import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError, type ApiErrorCode } from '../protocol/api-error.ts'

interface Meaning {
  readonly status: string
  readonly code: ApiErrorCode
  readonly message: string
}

const BROKEN: Meaning = { status: '400 Bad Request', code: 'invalid_request', message: 'this is not HTTP/1.1' }
const MEANINGS: Readonly<Record<string, Meaning>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'invalid_request',
    message: 'the headers are too large',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: '413 Content Too Large',
    code: 'body_too_large',
    message: 'the chunk extensions are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'invalid_request',
    message: 'the request took too long to arrive',
  },
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
  const message = 'this server is no proxy'
  answerSocket(socket, { status: '405 Method Not Allowed', code: 'method_not_allowed', message })
}

function answerSocket(socket: Socket, { status, code, message }: Meaning): void {
  const body = JSON.stringify(new ApiError(code, message).toAnswer())
  const head = [
    `HTTP/1.1 ${status}`,
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
  const body = JSON.stringify(new ApiError('invalid_request', 'only Expect: 100-continue is known').toAnswer())
  const type = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }
  response.writeHead(417, { ...type, connection: 'close' }).end(body)
}
