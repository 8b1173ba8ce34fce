import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type HttpTimes, MAX_UNSENT_BYTES } from './http-limits.ts'

/** Smaller ones are not counted: a connection has so few of them that they come to nothing. */
const SMALL_BYTES = 2048
/** Larger ones are lists, and not sent any more when too much waits. */
const LIST_BYTES = 65_536

/** Answers that wait to be taken by those who asked, over all connections. */
export interface UnsentAnswers {
  /** So much waits that no lists are given. */
  readonly isFull: boolean
  /** Whether an answer of this size may be sent. */
  hasRoom(bytes: number): boolean
  /** Counts an answer until all of it is handed over, and ends a connection that takes nothing of it, or too slowly. */
  add(response: ServerResponse, socket: Socket, bytes: number): void
}

/** Who asks for lists and does not read them must not make the server keep them. */
export function createUnsentAnswers({ unread_ms, answer_ms, idle_ms }: HttpTimes): UnsentAnswers {
  const waiting = new WeakMap<Socket, Set<() => void>>()
  let total = 0

  const begin = (socket: Socket): Set<() => void> => {
    const open = new Set<() => void>()
    waiting.set(socket, open)
    // answers that stand behind another one are not told that their connection is over
    socket.once('close', () => {
      for (const finish of open) finish()
    })
    return open
  }
  return {
    get isFull() {
      return total > MAX_UNSENT_BYTES
    },
    hasRoom: (bytes) => bytes <= LIST_BYTES || total <= MAX_UNSENT_BYTES,
    add(response, socket, bytes) {
      if (bytes <= SMALL_BYTES || socket.destroyed) return
      const open = waiting.get(socket) ?? begin(socket)
      total += bytes
      socket.setTimeout(unread_ms)
      const deadline = setTimeout(() => socket.destroy(), answer_ms).unref()
      const finish = () => {
        clearTimeout(deadline)
        if (!open.delete(finish)) return
        total -= bytes
        if (open.size === 0 && !socket.destroyed) socket.setTimeout(idle_ms)
      }
      open.add(finish)
      // before node:http, which sets the time that an idle connection has
      response.prependOnceListener('finish', finish)
    },
  }
}
