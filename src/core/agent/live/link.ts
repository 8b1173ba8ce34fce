import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { AgentAnswer } from '../../client/agent-client.ts'
import type { LiveClient } from '../../client/live-client.ts'
import type { Clock } from '../../lifecycle/clock.ts'
import { Secret } from '../../model/secret.ts'
import type { HeartbeatAnswer } from '../../protocol/agents.ts'
import type { Command } from '../../protocol/commands.ts'
import { CLOSE_CODES } from '../../protocol/live.ts'
import { judgeAnswer, type Verdict } from '../uplink/judge-answer.ts'
import type { UplinkLog } from '../uplink/status.ts'
import { GOOD_LIFE_MS, REPLACED_MS, waitToReconnect } from './reconnect-wait.ts'
import { type AskedMessage, createSession, type Session } from './session.ts'

/** The WebSocket to the server: opened again and again, for as long as the agent may. */
export interface Link {
  /** The server has said welcome. */
  readonly isOpen: boolean
  /** Nobody knows yet whether it can be opened: heartbeats wait for that. */
  readonly isUntried: boolean
  /** Never rejects. Ends with the signal. */
  run(signal: AbortSignal): Promise<void>
  /** Sends over the open connection and gives what HTTP would have answered. Never rejects. */
  ask<S extends TSchema>(type: AskedMessage, data: object, schema: S): Promise<AgentAnswer<Static<S>>>
  /** Sends what needs no answer; nothing where it is not open. */
  tell(type: AskedMessage, data: object): void
  /** Opens anew, with what is known now: another token, other options. */
  renew(): void
  /** The server answers again after it did not: there may be a way now. */
  retrySoon(): void
  /** The token was taken over HTTP: one that a socket was closed for may be tried again, and there is a way beside. */
  accepted(): void
}

export interface LinkParts {
  readonly clock: Clock
  readonly log: UplinkLog
  /** Sleeps until something may be different. */
  readonly bell: { ring(): void; pause(milliseconds: number, signal: AbortSignal): Promise<void> }
  readonly answer_ms: number
  random(): number
  /** Null where none can be made. */
  client(): LiveClient | null
  /** Null while there is none, or while the uplink is halted. */
  readToken(): string | null
  composeHello(): object
  /** The server took the token and knows who speaks. @param sent what was said */
  onWelcome(answer: HeartbeatAnswer): void
  /** A connection that was there is gone, or could not be opened: heartbeats go over HTTP until it is back. */
  onFellBack(): void
  /** The server answers, over HTTP too. */
  isUp(): boolean
  onRejected(token: string, verdict: Extract<Verdict<never>, { kind: 'register' | 'revoked' }>): void
  onCommand(command: Command): void
  onStrangeCommand(command_id: string): void
}

/** After these it is no use to come back soon. All others are a line that was cut, or a server that comes back. */
const { replaced, token_refused } = CLOSE_CODES

export function createLink(parts: LinkParts): Link {
  const { clock, log, bell, random } = parts
  let session: Session | null = null
  let isOpen = false
  let isUntried = true
  let failures = 0
  let not_before = 0
  /** A socket was closed for its token: what that means, HTTP says. */
  let isDoubted = false
  let told: 'fell back' | 'replaced' | null = null
  /** Ends the connection that is there, or on its way. */
  let given = new AbortController()

  /** Why it cannot be opened; null while nobody has tried since it was. */
  let reason: string | null = null

  const tellFallBack = () => {
    if (told !== null || reason === null) return
    told = 'fell back'
    log.info({ reason }, 'no WebSocket to the server: heartbeats go over HTTP until there is one')
  }
  const failed = (why: string, asked_ms: number | null = null) => {
    reason = why
    failures += 1
    not_before = clock.monotonic() + waitToReconnect(failures, asked_ms, random)
  }

  const closed = (code: number, began: number) => {
    if (clock.monotonic() - began >= GOOD_LIFE_MS) failures = 0
    if (code === replaced.code) {
      failures = 0
      not_before = clock.monotonic() + REPLACED_MS
      if (told === 'replaced') return
      told = 'replaced'
      const minutes = REPLACED_MS / 60_000
      log.warn({ minutes }, 'another connection with the token of this agent took the place of this one')
      return
    }
    if (code === token_refused.code) isDoubted = true
    failures += 1
    not_before = clock.monotonic() + waitToReconnect(failures, null, random)
  }

  const attempt = async (client: LiveClient, token: string, outer: AbortSignal) => {
    const current = createSession(parts)
    session = current
    given = new AbortController()
    const signal = AbortSignal.any([outer, given.signal])
    try {
      const opening = await client.connect(new Secret(token), current.handlers, signal)
      if (signal.aborted) return
      if (opening.kind !== 'open') {
        const verdict = judgeAnswer<never>(opening, true)
        if (verdict.kind === 'register' || verdict.kind === 'revoked') parts.onRejected(token, verdict)
        failed(opening.kind === 'unreachable' ? opening.reason : opening.message, askedWait(opening))
        parts.onFellBack()
        return
      }
      const began = clock.monotonic()
      current.begin(opening.socket)
      // who opens anew does not end: the server takes its word for it
      signal.addEventListener('abort', () => (outer.aborted ? current.close('going_away') : current.terminate()))
      await speak(current, token)
      const code = await current.ended
      if (signal.aborted) return
      const wasOpen = isOpen
      isOpen = false
      const isWord = code === replaced.code || code === token_refused.code
      if (wasOpen || isWord) closed(code, began)
      if (!wasOpen || isWord) parts.onFellBack()
    } finally {
      if (session === current) {
        session = null
        isOpen = false
        isUntried = false
      }
      bell.ring()
    }
  }

  /** Says hello, and is open once that is answered well. */
  const speak = async (current: Session, token: string) => {
    const answer = await current.ask('hello', parts.composeHello())
    if (session !== current) return
    if (answer.kind === 'ok') {
      isOpen = true
      isUntried = false
      if (told !== null) log.info({}, 'the WebSocket to the server is open again')
      told = null
      reason = null
      parts.onWelcome(answer.body as HeartbeatAnswer)
      bell.ring()
      return
    }
    const verdict = judgeAnswer<never>(answer as AgentAnswer<never>, true)
    if (verdict.kind === 'register' || verdict.kind === 'revoked') parts.onRejected(token, verdict)
    failed(answer.kind === 'unreachable' ? 'the server did not say welcome' : answer.message, askedWait(answer))
    current.terminate()
  }

  return {
    get isOpen() {
      return isOpen
    },
    get isUntried() {
      return isUntried
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          const [client, token] = [parts.client(), isDoubted ? null : parts.readToken()]
          const wait = client === null || token === null ? Number.POSITIVE_INFINITY : not_before - clock.monotonic()
          if (client === null || token === null || wait > 0) await bell.pause(wait, signal)
          else await attempt(client, token, signal)
        } catch (error) {
          // of the journal; the lanes say it
          failed(error instanceof Error ? error.message : String(error))
        }
      }
    },
    async ask(type, data, schema) {
      const answer = isOpen && session !== null ? await session.ask(type, data) : NOT_OPEN
      if (answer.kind !== 'ok' || Check(schema, answer.body)) return answer as AgentAnswer<Static<typeof schema>>
      const message = 'it answers, but not as a PrintMaster server does'
      return { kind: 'refused', status: 200, code: null, message, details: {}, retry_after_ms: null }
    },
    tell(type, data) {
      if (isOpen) session?.tell(type, data)
    },
    renew() {
      failures = 0
      not_before = 0
      isUntried = true
      isDoubted = false
      told = null
      session = null
      isOpen = false
      given.abort()
      bell.ring()
    },
    retrySoon() {
      if (isOpen || session !== null || reason === null) return
      failures = 0
      reason = null
      not_before = Math.min(not_before, clock.monotonic() + waitToReconnect(1, null, random))
      bell.ring()
    },
    accepted() {
      if (!isOpen && parts.isUp()) tellFallBack()
      if (!isDoubted) return
      isDoubted = false
      bell.ring()
    },
  }
}

const NOT_OPEN = { kind: 'unreachable', reason: 'the connection was cut' } as const

const askedWait = (answer: { readonly kind: string; readonly retry_after_ms?: number | null }): number | null =>
  answer.retry_after_ms ?? null
