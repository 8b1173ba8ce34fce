import type { AgentAnswer } from '../../client/agent-client.ts'
import type { LiveHandlers, LiveSocket } from '../../client/live-client.ts'
import { readRefusal } from '../../client/read-refusal.ts'
import type { Clock } from '../../lifecycle/clock.ts'
import type { HeartbeatAnswer } from '../../protocol/agents.ts'
import { API_ERRORS } from '../../protocol/api-error.ts'
import type { Command } from '../../protocol/commands.ts'
import { type CloseReason, PING_SECONDS, SILENCE_SECONDS } from '../../protocol/live.ts'
import { checkServerMessage } from './check-message.ts'

/** Nothing heard for so long: a ping asks whether the other side is there. */
const PING_AFTER_MS = PING_SECONDS * 1000
const SILENCE_MS = SILENCE_SECONDS * 1000

/** What an agent says that is answered. */
export type AskedMessage = 'hello' | 'heartbeat' | 'events' | 'command_update'

export interface SessionParts {
  readonly clock: Clock
  /** How long an answer may take, in milliseconds of this machine. */
  readonly answer_ms: number
  onCommand(command: Command): void
  /** A command that this agent cannot read, of a newer server perhaps. */
  onStrangeCommand(command_id: string): void
}

/** One connection, from its first message to its end. */
export interface Session {
  readonly handlers: LiveHandlers
  /** Takes the socket over; silence counts from now on. */
  begin(socket: LiveSocket): void
  /** The close code, once it is over. */
  readonly ended: Promise<number>
  readonly isOver: boolean
  /** Sends and waits for the ack. Never rejects: an end of the connection is `unreachable`. */
  ask(type: AskedMessage, data: object): Promise<AgentAnswer<unknown>>
  /** Sends what needs no answer. */
  tell(type: AskedMessage, data: object): void
  close(reason: CloseReason): void
  terminate(): void
}

const CUT = { kind: 'unreachable', reason: 'the connection was cut' } as const

export function createSession({ clock, answer_ms, onCommand, onStrangeCommand }: SessionParts): Session {
  const waiting = new Map<string, (answer: AgentAnswer<unknown>) => void>()
  const over = new AbortController()
  const end = Promise.withResolvers<number>()
  let socket: LiveSocket | null = null
  let numbers = 0
  let heard = clock.monotonic()
  let hello: string | null = null

  const settle = (id: string | undefined, answer: AgentAnswer<unknown>) => {
    if (id === undefined) return
    waiting.get(id)?.(answer)
    waiting.delete(id)
  }

  const watchSilence = async () => {
    let pinged = Number.NEGATIVE_INFINITY
    while (!over.signal.aborted) {
      const silent = clock.monotonic() - heard
      if (silent >= SILENCE_MS) return socket?.terminate()
      const rests = heard > pinged
      if (silent >= PING_AFTER_MS && rests) {
        pinged = clock.monotonic()
        socket?.ping()
      }
      const next = silent < PING_AFTER_MS ? PING_AFTER_MS : SILENCE_MS
      await clock.sleep(next - silent, over.signal)
    }
  }

  const onMessage = (received: unknown) => {
    const message = checkServerMessage(received)
    if (message === 'unknown') return
    if (message === null) return onStrange(received)
    switch (message.type) {
      case 'welcome':
        return settle(hello ?? undefined, { kind: 'ok', body: message.data satisfies HeartbeatAnswer })
      case 'ack':
        return settle(message.id, { kind: 'ok', body: message.data.answer })
      case 'error':
        return settle(message.id, refusalOf(message.data))
      case 'command':
        return onCommand(message.data)
    }
  }
  const onStrange = (received: unknown) => {
    const { type, data } = (received ?? {}) as { type?: unknown; data?: { command_id?: unknown } }
    const command_id = data?.command_id
    if (type === 'command' && typeof command_id === 'string' && command_id.length <= 64) onStrangeCommand(command_id)
  }

  const send = (type: AskedMessage, data: object, id?: string): boolean => {
    const timestamp = new Date(clock.now()).toISOString()
    return socket?.send({ type, ...(id !== undefined && { id }), data, timestamp }) ?? false
  }

  return {
    handlers: {
      onMessage,
      onHeard() {
        heard = clock.monotonic()
      },
      onClose(code) {
        over.abort()
        for (const answer of waiting.values()) answer(CUT)
        waiting.clear()
        end.resolve(code)
      },
    },
    begin(opened) {
      socket = opened
      heard = clock.monotonic()
      void watchSilence()
    },
    ended: end.promise,
    get isOver() {
      return over.signal.aborted
    },
    async ask(type, data) {
      const id = String(++numbers)
      if (over.signal.aborted) return CUT
      if (type === 'hello') hello = id
      const { promise, resolve } = Promise.withResolvers<AgentAnswer<unknown>>()
      waiting.set(id, resolve)
      // who answers nothing in so long is not there, whatever the system says of the connection
      const timer = setTimeout(() => socket?.terminate(), answer_ms)
      if (!send(type, data, id)) socket?.terminate()
      return promise.finally(() => clearTimeout(timer))
    },
    tell(type, data) {
      send(type, data)
    },
    close: (reason) => socket?.close(reason),
    terminate: () => socket?.terminate(),
  }
}

function refusalOf(error: { code: string; message: string; details?: object }) {
  const status = Object.hasOwn(API_ERRORS, error.code) ? API_ERRORS[error.code as keyof typeof API_ERRORS].status : 400
  const wait = (error.details as Record<string, unknown> | undefined)?.retry_after_seconds
  const retry_after_ms = typeof wait === 'number' && wait >= 0 ? wait * 1000 : null
  return { kind: 'refused', ...readRefusal(status, { error }), retry_after_ms } as const
}
