import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PrintMasterError } from '../model/error.ts'
import { isLoopback } from '../model/is-loopback.ts'

const LONGEST_WAIT_MS = 5000
const MAX_CONNECTIONS = 64

export interface HealthPage {
  /** With the port that it listens on. */
  readonly url: string
  close(): Promise<void>
}

export interface HealthPageContent {
  /** False is answered with 503. */
  isHealthy(): boolean
  /** JSON of `/status`. */
  status(): object
  metrics(): Promise<{ contentType: string; text: string }>
}

/**
 * Answers `GET /healthz`, `/status` and `/metrics` to programs of this machine, without a token. A browser that was led here
 * under another name gets nothing.
 * @throws PrintMasterError port_in_use, permission_denied, bad_config
 */
export async function openHealthPage(
  { address, port }: { address: string; port: number },
  content: HealthPageContent,
): Promise<HealthPage> {
  if (!isLoopback(address)) {
    throw new PrintMasterError('bad_config', `[agent] health_address: ${address} is not of this machine alone`)
  }
  const server = createServer(
    { requestTimeout: LONGEST_WAIT_MS, headersTimeout: LONGEST_WAIT_MS },
    (request, answer) => void respond(request, answer, content),
  )
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListen(error, address, port)))
    server.listen({ host: address, port }, resolve)
  })
  const bound = server.address() as AddressInfo
  const host = bound.address.includes(':') ? `[${bound.address}]` : bound.address
  return {
    url: `http://${host}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(request: IncomingMessage, answer: ServerResponse, content: HealthPageContent): Promise<void> {
  const send = (status: number, type: string, text: string) => {
    answer.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    answer.end(request.method === 'HEAD' ? undefined : text)
  }
  const refuse = (status: number, message: string) => send(status, 'application/json', JSON.stringify({ message }))
  if (!isLoopback(hostOf(request))) return refuse(421, 'ask by the address of this machine')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET')
  switch (request.url) {
    case '/healthz': {
      const ok = content.isHealthy()
      return send(ok ? 200 : 503, 'application/json', JSON.stringify({ status: ok ? 'ok' : 'failing' }))
    }
    case '/status':
      return send(200, 'application/json', JSON.stringify(content.status()))
    case '/metrics': {
      const { contentType, text } = await content.metrics()
      return send(200, contentType, text)
    }
    default:
      return refuse(404, 'there are /healthz, /status and /metrics')
  }
}

/** The name or address in the Host header, without the port. */
function hostOf({ headers }: IncomingMessage): string {
  const host = `http://${headers.host ?? ''}`
  return URL.canParse(host) ? new URL(host).hostname.replace(/^\[|\]$/g, '') : ''
}

function explainListen(error: NodeJS.ErrnoException, address: string, port: number): Error {
  const where = `${address} port ${port}`
  if (error.code === 'EADDRINUSE') {
    return new PrintMasterError(
      'port_in_use',
      `${where} for the health page is taken by another program; set another [agent] health_port`,
    )
  }
  if (error.code === 'EACCES') {
    return new PrintMasterError(
      'permission_denied',
      `the system does not let this user listen on ${where}; set [agent] health_port above 1023`,
    )
  }
  if (error.code === 'EADDRNOTAVAIL') {
    return new PrintMasterError('bad_config', `[agent] health_address: this machine has no address ${address}`)
  }
  return error
}
