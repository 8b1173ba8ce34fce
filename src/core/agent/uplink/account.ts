import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { AgentClient } from '../../client/agent-client.ts'
import type { Clock } from '../../lifecycle/clock.ts'
import type { Secret } from '../../model/secret.ts'
import type { RegisterRequest } from '../../protocol/agents.ts'
import type { UplinkOptions } from '../agent-options.ts'
import type { Journal } from '../journal/journal.ts'
import { RegisteredSchema } from './answers.ts'
import { describeHalt, type Halt, isHalt } from './halts.ts'
import { judgeAnswer, type Verdict } from './judge-answer.ts'
import type { Lane } from './lane.ts'
import type { UplinkLog, UplinkStatus } from './status.ts'

/** What an agent says of itself and its machine when it registers. */
export type AgentDescription = Omit<RegisterRequest, 'agent_id' | 'registration_key'>

/** So long a token that the server never took is kept; then another one is asked for. */
const FRESH_MS = 3_600_000

export interface AccountParts {
  readonly journal: Journal
  readonly log: UplinkLog
  readonly status: UplinkStatus
  readonly clock: Clock
  /** Registrations and heartbeats take turns. */
  readonly lane: Lane
  options(): Pick<UplinkOptions, 'agent_id' | 'enrolment_token'>
  client(): AgentClient | null
  describeAgent(): AgentDescription
}

/** The agent's standing with the server: its token, how it gets one, and when it gives up. */
export interface Account {
  readonly hasToken: boolean
  /** Halts where that was journalled and nothing is new since, or where there is no way in. */
  review(): void
  /** Forgets that it was halted. */
  forgive(): void
  accepted(): void
  rejected(verdict: Extract<Verdict<never>, { kind: 'register' | 'revoked' }>): void
  register(signal: AbortSignal): Promise<void>
  /** Registers under another agent_id; until that is done, it stays who it is. Gives a sentence where it failed. */
  becomeAnother(agent_id: string, signal: AbortSignal): Promise<string | null>
}

export function createAccount({
  journal,
  log,
  status,
  clock,
  lane,
  options,
  client,
  describeAgent,
}: AccountParts): Account {
  // one that a server refuses before it ever took it has to wait for the next
  let isFresh = false
  let registeredAt = Number.NEGATIVE_INFINITY

  const settleAgentId = (): string => {
    const known = journal.recall('agent_id')
    if (known !== null) return known
    const agent_id = options().agent_id ?? randomUUID()
    journal.remember('agent_id', agent_id)
    return agent_id
  }

  const halt = (code: Halt, enrolment: Secret | null) => {
    if (enrolment !== null) journal.remember('spent_enrolment', hashOf(enrolment))
    journal.remember('halted', code)
    status.halt(describeHalt(code, settleAgentId()))
  }

  /** An enrolment token that was neither registered with nor refused may open what is shut. */
  const hasNewEnrolment = () => {
    const { enrolment_token } = options()
    return enrolment_token !== null && hashOf(enrolment_token) !== journal.recall('spent_enrolment')
  }

  const forgive = () => {
    if (journal.recall('halted') === null) return
    journal.remember('agent_token', null)
    journal.remember('halted', null)
  }

  const review = () => {
    const code = journal.recall('halted')
    if (code !== null && !hasNewEnrolment()) {
      status.halt(describeHalt(isHalt(code) ? code : 'token_revoked', settleAgentId()))
      return
    }
    forgive()
    if (options().enrolment_token !== null || journal.recall('agent_token') !== null) return
    status.halt(describeHalt('no_enrolment_token', settleAgentId()))
  }

  return {
    get hasToken() {
      return journal.recall('agent_token') !== null
    },

    review,
    forgive,

    accepted() {
      isFresh = false
    },

    rejected({ kind, reason }) {
      if (kind === 'revoked' && !hasNewEnrolment()) {
        halt('token_revoked', options().enrolment_token)
        return
      }
      // one that was just given out is no sooner known for being given out again
      if (isFresh && clock.monotonic() - registeredAt < FRESH_MS) return lane.failed(reason)
      journal.remember('agent_token', null)
      status.registering()
      review()
    },

    async register(signal) {
      const { enrolment_token } = options()
      const channel = client()
      if (enrolment_token === null) return review()
      if (channel === null) return
      status.registering()
      const agent_id = settleAgentId()
      const answer = await ask(channel, enrolment_token, agent_id, settleRegistrationKey(journal), signal)
      // it may have become somebody else on the way
      if (signal.aborted || journal.recall('agent_id') !== agent_id) return
      if (answer.kind === 'refused' && isHalt(answer.code)) return halt(answer.code, enrolment_token)
      const verdict = judgeAnswer(answer, true)
      if (verdict.kind === 'retry') return lane.failed(verdict.reason, verdict.asked_ms)
      if (verdict.kind !== 'ok')
        return lane.failed(`the server does not take the enrolment token: ${reasonOf(verdict)}`)
      if (verdict.body.agent_id !== agent_id) return lane.failed('the server registered another agent than this one')
      journal.remember('spent_enrolment', hashOf(enrolment_token))
      journal.remember('agent_token', verdict.body.token)
      isFresh = true
      registeredAt = clock.monotonic()
      log.info({ agent_id }, 'registered with the server')
    },

    async becomeAnother(agent_id, signal) {
      const { enrolment_token } = options()
      const channel = client()
      if (enrolment_token === null) return '[server] enrolment_token is not set'
      if (channel === null) return 'there is no way to the server now'
      const former = journal.recall('agent_id')
      const registration_key = makeRegistrationKey()
      const answer = await ask(channel, enrolment_token, agent_id, registration_key, signal)
      if (signal.aborted || journal.recall('agent_id') !== former) return 'this agent has other things to do now'
      const verdict = judgeAnswer(answer, true)
      if (verdict.kind !== 'ok') return reasonOf(verdict)
      if (verdict.body.agent_id !== agent_id) return 'the server registered another agent than this one'
      // whatever of it reaches the disk, the former token is good, or the new name is registered with this key
      journal.remember('registration_key', registration_key)
      journal.remember('agent_id', agent_id)
      journal.remember('agent_token', verdict.body.token)
      return null
    },
  }

  function ask(channel: AgentClient, token: Secret, agent_id: string, registration_key: string, signal: AbortSignal) {
    const body = JSON.stringify({ ...describeAgent(), agent_id, registration_key })
    return channel.post({ path: '/agents/register', token, schema: RegisteredSchema, body, size: 'small' }, signal)
  }
}

/** Written down before it is sent: with the same key the server knows this agent again, whatever became of its answer. */
function settleRegistrationKey(journal: Journal): string {
  const known = journal.recall('registration_key')
  if (known !== null) return known
  const made = makeRegistrationKey()
  journal.remember('registration_key', made)
  return made
}

const makeRegistrationKey = () => randomBytes(32).toString('base64url')

function reasonOf(verdict: Exclude<Verdict<unknown>, { kind: 'ok' }>): string {
  return verdict.kind === 'refused' ? verdict.message : verdict.reason
}

const hashOf = (token: Secret) => createHash('sha256').update(token.reveal()).digest('hex')
