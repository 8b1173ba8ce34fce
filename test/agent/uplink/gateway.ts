import { createServer, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { request } from 'undici'
import { onTestFinished } from 'vitest'

export interface Passing {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As it came. */
  readonly body: Buffer
  /** Unpacked and parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly json: any
}

export interface OwnAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
  /** An object is sent as JSON, text as HTML. */
  readonly body?: unknown
}

export type Intercept = (passing: Passing) => OwnAnswer | null | Promise<OwnAnswer | null>

export interface Gateway {
  readonly url: string
  readonly requests: readonly Passing[]
  /** Null lets a request through to the server. */
  intercept: Intercept
  target: string
}

/** What stands before a server: passes requests on, or answers them itself. */
export async function startGateway(target: string, intercept: Intercept = () => null): Promise<Gateway> {
  const requests: Passing[] = []
  const server = createServer(async (incoming, outgoing) => {
    // as many that stand before servers, it knows no WebSocket
    if (incoming.headers.upgrade !== undefined) return void outgoing.writeHead(404).end()
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const text = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const passing = { path: incoming.url ?? '', headers: incoming.headers, body, json: parse(text.toString()) }
    requests.push(passing)
    const own = await gateway.intercept(passing)
    if (own !== null) {
      const isText = typeof own.body === 'string'
      outgoing.writeHead(own.status, { 'content-type': isText ? 'text/html' : 'application/json', ...own.headers })
      outgoing.end(isText ? own.body : own.body === undefined ? '' : JSON.stringify(own.body))
      return
    }
    const { connection, 'content-length': _, 'transfer-encoding': __, host: ___, ...headers } = incoming.headers
    try {
      const answer = await request(gateway.target + passing.path, {
        method: incoming.method as 'POST',
        headers: headers as Record<string, string>,
        body,
      })
      outgoing.writeHead(answer.statusCode, { 'content-type': 'application/json' })
      outgoing.end(await answer.body.text())
    } catch {
      // the server is gone, as it is at the end of a test
      outgoing.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    requests,
    intercept,
    target,
  }
  return gateway
}

export const errorOf = (status: number, code: string, details?: object): OwnAnswer => ({
  status,
  body: { error: { code, message: `the server says ${code}`, ...(details && { details }) } },
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
