import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

/** What came, and a way to wait for more of it. */
export interface Inbox<T> {
  readonly port: number
  readonly received: readonly T[]
  /** Resolves once so many came. */
  waitFor(count: number): Promise<readonly T[]>
}

export function createInbox<T>() {
  const received: T[] = []
  const waiting = new Set<() => void>()
  return {
    received,
    add(one: T) {
      received.push(one)
      for (const look of waiting) look()
    },
    waitFor: (count: number) =>
      new Promise<readonly T[]>((resolve) => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
      }),
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export interface Posted {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** @param answer the status for each request, by its number from 0; null never answers */
export async function receiveHttp(answer: (index: number) => number | null = () => 204): Promise<Inbox<Posted>> {
  const inbox = createInbox<Posted>()
  const server = createHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      const status = answer(inbox.received.length)
      inbox.add({ path: request.url as string, headers: request.headers, body })
      if (status !== null) response.writeHead(status, { location: '/elsewhere' }).end()
    })
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, received: inbox.received, waitFor: inbox.waitFor }
}

export async function receiveUdp(): Promise<Inbox<string>> {
  const inbox = createInbox<string>()
  const socket = createSocket('udp4')
  socket.on('message', (bytes) => inbox.add(bytes.toString()))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return { port: socket.address().port, received: inbox.received, waitFor: inbox.waitFor }
}

/** PEM texts of a receiver that encrypts. */
export interface ReceiverCertificate {
  readonly cert: string
  readonly key: string
}

/** Whole connections as text. */
export async function receiveTcp(tls?: ReceiverCertificate): Promise<Inbox<string>> {
  const inbox = createInbox<string>()
  const take = (socket: Socket) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    socket.on('end', () => inbox.add(text))
    socket.on('error', () => undefined)
  }
  const server = tls === undefined ? createServer(take) : createTlsServer(tls, take)
  const port = await listen(server)
  onTestFinished(() => void server.close())
  return { port, received: inbox.received, waitFor: inbox.waitFor }
}

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
  readonly isEncrypted: boolean
  /** What AUTH PLAIN said. */
  readonly login: string | null
}

/**
 * As much of RFC 5321 as a mail needs, of RFC 3207 where it has a certificate, and of RFC 4954.
 * @param refuses answers DATA with 451
 * @param isImplicit encrypts from the first byte
 */
export async function receiveMail(
  refuses: () => boolean = () => false,
  tls?: ReceiverCertificate & { readonly isImplicit?: boolean },
): Promise<Inbox<Mail>> {
  const inbox = createInbox<Mail>()
  const serve = (socket: Socket, isEncrypted: boolean, isGreeted = false) => {
    let login: string | null = null
    let mail = { from: '', to: [] as string[], data: '' }
    let isData = false
    let rest = ''
    const say = (line: string) => void socket.write(`${line}\r\n`)
    const take = (line: string) => {
      if (isData) {
        if (line !== '.') {
          mail.data += `${line}\n`
          return
        }
        isData = false
        inbox.add({ ...mail, isEncrypted, login })
        mail = { from: '', to: [], data: '' }
        return say('250 2.0.0 queued as 42')
      }
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'EHLO' || verb === 'HELO') {
        const more = tls === undefined ? [] : isEncrypted ? ['AUTH PLAIN'] : ['STARTTLS']
        return ['mail.example', ...more].forEach((word, i) => {
          say(`250${i === more.length ? ' ' : '-'}${word}`)
        })
      }
      if (verb === 'AUTH') {
        login = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .replaceAll('\0', '/')
        return say('235 welcome')
      }
      if (verb === 'MAIL') mail.from = /<(.*?)>/.exec(line)?.[1] ?? ''
      if (verb === 'RCPT') mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? '')
      if (verb === 'DATA') {
        if (refuses()) return say('451 4.3.0 come back later')
        isData = true
        return say('354 go ahead')
      }
      if (verb === 'STAR') {
        if (tls === undefined || isEncrypted) return say('502 not here')
        say('220 go ahead')
        socket.removeAllListeners('data')
        return serve(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) }), true, true)
      }
      if (verb === 'QUIT') {
        say('221 bye')
        return socket.end()
      }
      say('250 ok')
    }
    socket.on('error', () => undefined)
    socket.setEncoding('utf8').on('data', (part) => {
      const lines = (rest + part).split('\r\n')
      rest = lines.pop() as string
      lines.forEach(take)
    })
    if (!isGreeted) say('220 mail.example ESMTP')
  }
  const server = tls?.isImplicit
    ? createTlsServer(tls, (socket) => serve(socket, true))
    : createServer((socket) => serve(socket, false))
  const port = await listen(server)
  onTestFinished(() => void server.close())
  return { port, received: inbox.received, waitFor: inbox.waitFor }
}

/** A port of this machine where nothing listens. */
export async function findClosedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}
