import type { Clock } from '../../lifecycle/clock.ts'
import { cleanText } from '../../output/clean-text.ts'
import type { UplinkFacts } from '../agent-facts.ts'

/** One line an event; pino fits. */
export interface UplinkLog {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

export type LaneName = 'heartbeat' | 'upload' | 'events'
type State = Exclude<UplinkFacts['state'], 'off'>

/** Of a sentence that somebody else's words are in, in a line of the log. */
const LONGEST_REASON = 300

/** A reason as it may stand in the log: its controls gone, and cut where it is long. */
export function logReason(reason: string): string {
  const text = cleanText(reason)
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON - 1).trimEnd()}…`
}

/** How the uplink is. A change is logged once, however many tries follow. */
export interface UplinkStatus {
  /** The server knows the token and answers. Requests other than heartbeats wait for this. */
  readonly isUp: boolean
  /** Why nothing is asked any more; null while it goes on. */
  readonly halted: string | null
  succeeded(lane: LaneName): void
  failed(lane: LaneName, reason: string): void
  registering(): void
  /** @param sentence what is wrong, and what to do */
  halt(sentence: string): void
  resume(): void
  facts(): Pick<UplinkFacts, 'state' | 'since' | 'reason'>
}

export function createStatus(clock: Clock, log: UplinkLog, readUrl: () => string): UplinkStatus {
  const failing = new Map<LaneName, string>()
  let halted: string | null = null
  let isUp = false
  let isRegistering = false
  let logged: string | null = null
  let known: string = 'waiting'
  let since = clock.now()

  const readState = (): State => {
    if (halted !== null) return 'halted'
    if (failing.size > 0) return 'waiting'
    if (isUp) return 'connected'
    return isRegistering ? 'registering' : 'waiting'
  }
  // while the line is down, why it is says more than what failed on it before
  const readReason = () =>
    halted ?? (isUp ? undefined : failing.get('heartbeat')) ?? failing.values().next().value ?? null

  const note = () => {
    const state = readState()
    const key = halted ?? state
    if (key === known) return
    known = key
    since = clock.now()
    // registering is on the way to something, and waiting without a reason the beginning
    if (state === 'registering' || (state === 'waiting' && failing.size === 0) || key === logged) return
    logged = key
    const fields = { url: readUrl() }
    if (state === 'connected') log.info(fields, 'the server takes readings')
    else if (state === 'halted') log.error({ ...fields, reason: halted }, 'the uplink is halted; readings are kept')
    else
      log.warn(
        { ...fields, reason: logReason(readReason() ?? '') },
        'readings do not get to the server now; they are kept and tried again',
      )
  }

  return {
    get isUp() {
      return isUp && halted === null
    },
    get halted() {
      return halted
    },
    succeeded(lane) {
      failing.delete(lane)
      if (lane === 'heartbeat') isUp = true
      note()
    },
    failed(lane, reason) {
      failing.set(lane, reason)
      if (lane === 'heartbeat') isUp = false
      note()
    },
    registering() {
      isRegistering = true
      isUp = false
      note()
    },
    halt(sentence) {
      halted = sentence
      isUp = false
      note()
    },
    resume() {
      halted = null
      isUp = false
      failing.clear()
      note()
    },
    facts: () => ({ state: readState(), since: new Date(since).toISOString(), reason: readReason() }),
  }
}
