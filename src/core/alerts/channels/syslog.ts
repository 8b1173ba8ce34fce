import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls } from 'node:tls'
import type { SyslogOptions } from '../alert-options.ts'
import type { Channel } from './channel.ts'
import { describeSocketError } from './describe-socket-error.ts'
import { composeSyslogLine } from './syslog-line.ts'

const TIMEOUT = 10_000

/** RFC 5424 over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425). Syslog has no receipts. */
export function createSyslog(options: SyslogOptions): Channel {
  return {
    async send(notice, signal) {
      const bytes = Buffer.from(composeSyslogLine(notice, options.facility, hostname()))
      if (options.protocol === 'udp') await sendDatagram(options, bytes)
      else await sendStream(options, Buffer.concat([Buffer.from(`${bytes.byteLength} `), bytes]), signal)
      return `sent ${bytes.byteLength} bytes by ${options.protocol.toUpperCase()}`
    },
  }
}

async function sendDatagram({ host, port }: SyslogOptions, bytes: Buffer): Promise<void> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.send(bytes, port, host, (error) => (error === null ? resolve() : reject(error)))
    })
  } catch (error) {
    throw new Error(describeSocketError(error))
  } finally {
    socket.close()
  }
}

/** Done when the other side closed as well, so that what it refused is noticed; one that leaves it open has it too. */
async function sendStream(options: SyslogOptions, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const socket = await connect(options)
  const cut = () => void socket.destroy(new Error('the server stops'))
  signal.addEventListener('abort', cut)
  let isSent = false
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(TIMEOUT, () =>
        isSent ? resolve() : socket.destroy(new Error(`no connection within ${TIMEOUT / 1000} s`)),
      )
      socket.once('error', reject)
      socket.once('close', (hadError) => {
        if (!hadError && isSent) resolve()
        else reject(new Error('the connection was cut'))
      })
      socket.once(options.protocol === 'tls' ? 'secureConnect' : 'connect', () => {
        socket.end(bytes, () => {
          isSent = true
          socket.setTimeout(1000)
        })
      })
      socket.resume()
    })
  } catch (error) {
    throw new Error(describeSocketError(error))
  } finally {
    signal.removeEventListener('abort', cut)
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

async function connect({ host, port, protocol, ca }: SyslogOptions): Promise<Socket> {
  if (protocol === 'tcp') return connectTcp({ host, port })
  return connectTls({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== null && { ca: await readFile(ca, 'utf8') }),
  })
}
