import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection on which a test writes what it likes. */
export interface RawConnection {
  readonly socket: Socket
  write(text: string | Uint8Array): void
  /** All that came, once `text` is in it. */
  received(text: string): Promise<string>
  /** All that came, once the other end has closed. */
  closed(): Promise<string>
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  let ended = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  socket.on('data', (bytes) => {
    text += bytes
    wake()
  })
  socket.on('error', () => undefined) // the other end may cut it
  socket.on('close', () => {
    ended = true
    wake()
  })
  onTestFinished(() => void socket.destroy())
  await new Promise((resolve) => socket.once('connect', resolve))
  const until = (isThere: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!isThere() && !ended) return
        waiting.delete(look)
        if (isThere()) resolve(text)
        else reject(new Error(`closed after: ${text}`))
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    write: (data) => void socket.write(data),
    received: (wanted) => until(() => text.includes(wanted)),
    closed: () => until(() => ended),
  }
}

/** The body of the last answer in what came. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
export function bodyOf(text: string): any {
  return JSON.parse(text.slice(text.lastIndexOf('\r\n\r\n') + 4))
}
